"""Silero voice activity for all calls of a process: one network, one batched run per tick.

A call's windows go one after the other, the windows of different calls go together, which costs a quarter of what
they cost one by one. Silence that lasts is not looked at: the network has nothing to say about it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import numpy as np

from processors.silero_model import CONTEXT, STATE_SIZE, WINDOW, Floats, framed, session

TICK_SECONDS = 0.005
MAX_BATCH = 32
"""Windows in one run: below 1 ms, so that the event loop is never held."""

MOST_WAITING_SECONDS = 60.0
"""A client may send a file at once; of what waits beyond this the oldest is not looked at."""
RESET_WINDOWS = 312
"""After 10 s without speech the network's memory starts afresh: it drifts on long noise."""
QUIET = 0.1
FAINT_DB = -60.0
"""RMS level in dBFS: fainter than what the detector takes for speech, whatever the network says of it."""
SETTLED_WINDOWS = 16
"""After half a second of faint windows the network has heard the silence: it is asked again when a sound comes."""

Heard = Callable[[float, float], None]
"""Told of each window: speech probability, RMS level in dBFS."""


class SileroStream:
    """One call's windows: audio not yet looked at, and the network's memory of the call."""

    def __init__(self, batch: SileroBatch, rate: int, heard: Heard) -> None:
        if rate not in WINDOW:
            raise ValueError(f"rate is {rate}; Silero works at 8000 or 16000.")
        self.rate = rate
        self.heard = heard
        self._window_bytes = 2 * WINDOW[rate]
        self._batch = batch
        self._pcm = bytearray()
        self._quiet_windows = self._faint_windows = 0
        self._most_waiting = 2 * int(MOST_WAITING_SECONDS * rate)
        self.forget()

    def feed(self, pcm: bytes) -> None:
        """Take more audio; every complete window will be heard within a tick."""
        self._pcm += pcm
        surplus = len(self._pcm) - self._most_waiting
        if surplus > 0:
            # Whole samples, also behind a client that sends half of one.
            del self._pcm[: surplus + surplus % 2]
        if self.ready:
            self._batch.submit(self)

    def finish(self) -> None:
        """Look at every complete window that still waits, now."""
        self._batch.withdraw(self)
        while self.ready:
            run_batch([self])

    def forget(self) -> None:
        """Begin afresh: drop waiting audio and the network's memory."""
        self._pcm.clear()
        self.context: Floats = np.zeros(CONTEXT[self.rate], np.float32)
        self.state: Floats = np.zeros(STATE_SIZE, np.float32)

    @property
    def ready(self) -> bool:
        """A whole window is waiting."""
        return len(self._pcm) >= self._window_bytes

    def take(self) -> bytearray:
        """The samples of the next window."""
        window = self._pcm[: self._window_bytes]
        del self._pcm[: self._window_bytes]
        return window

    def is_silent(self, level_db: float) -> bool:
        """Whether the next window, of this level, goes on with a silence that the network knows."""
        self._faint_windows = self._faint_windows + 1 if level_db < FAINT_DB else 0
        return self._faint_windows > SETTLED_WINDOWS

    def pass_silence(self, level_db: float, context: Floats) -> None:
        """A window was silent, and the network was not asked."""
        self.context = context
        self.heard(0.0, level_db)

    def settle(self, probability: float, level_db: float, context: Floats, state: Floats) -> None:
        """The network has looked at a window: keep the end of it and the network's memory, and tell the call."""
        self.context, self.state = context, state
        self._quiet_windows = self._quiet_windows + 1 if probability < QUIET else 0
        if self._quiet_windows >= RESET_WINDOWS:
            self._quiet_windows = 0
            self.state = np.zeros_like(state)
        self.heard(probability, level_db)


class SileroBatch:
    """Collects the windows of all calls on one event loop and runs them together, every ``TICK_SECONDS``."""

    def __init__(self) -> None:
        self._waiting: dict[SileroStream, None] = {}
        self._timer: asyncio.TimerHandle | asyncio.Handle | None = None

    def submit(self, stream: SileroStream) -> None:
        """``stream`` has a window ready."""
        self._waiting[stream] = None
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(TICK_SECONDS, self._run)

    def withdraw(self, stream: SileroStream) -> None:
        """``stream``'s call is over."""
        self._waiting.pop(stream, None)

    def _run(self) -> None:
        self._timer = None
        ready = [stream for stream in self._waiting if stream.ready]
        self._waiting.clear()
        if not ready:
            return
        rate = ready[0].rate
        batch = [stream for stream in ready if stream.rate == rate][:MAX_BATCH]
        run_batch(batch)
        chosen = set(batch)
        for stream in ready:
            if stream.ready or stream not in chosen:
                self._waiting[stream] = None
        if self._waiting and self._timer is None:
            # Others get the loop between two runs.
            self._timer = asyncio.get_running_loop().call_soon(self._run)


def run_batch(streams: list[SileroStream]) -> None:
    """Look at one window of each of ``streams`` (all of one rate), in one run of the network."""
    rate = streams[0].rate
    samples = np.frombuffer(b"".join([stream.take() for stream in streams]), np.int16)
    windows = samples.reshape(len(streams), WINDOW[rate]).astype(np.float32) / np.float32(32768.0)
    levels = levels_db(windows).tolist()
    ends = windows[:, -CONTEXT[rate] :]
    asked = []
    for row, (stream, level_db) in enumerate(zip(streams, levels, strict=True)):
        if stream.is_silent(level_db):
            # Copies here and below: a view would keep the whole batch alive.
            stream.pass_silence(level_db, ends[row].copy())
        else:
            asked.append(row)
    if not asked:
        return
    everyone = len(asked) == len(streams)
    probabilities, after = _ask([streams[row] for row in asked], windows if everyone else windows[asked])
    for place, row in enumerate(asked):
        streams[row].settle(probabilities[place], levels[row], ends[row].copy(), after[place].copy())


def _ask(streams: list[SileroStream], windows: Floats) -> tuple[list[float], Floats]:
    """The network's word on each window, and what it remembers after."""
    contexts = np.concatenate([stream.context for stream in streams]).reshape(len(streams), -1)
    state = np.concatenate([stream.state for stream in streams]).reshape(len(streams), STATE_SIZE)
    inputs = {"frames": framed(contexts, windows), "state": state}
    probabilities, after = session(streams[0].rate).run(None, inputs)
    return probabilities[:, 0].tolist(), after


def levels_db(windows: Floats) -> Floats:
    """RMS level of each window in dBFS; silence is -100."""
    power: Floats = np.einsum("ij,ij->i", windows, windows) / np.float32(windows.shape[1])
    decibels: Floats = np.float32(10.0) * np.log10(np.maximum(power, np.float32(1e-10)))
    return decibels
