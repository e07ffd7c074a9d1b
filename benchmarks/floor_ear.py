"""How the floor hears: soxr to Silero's rate, and Silero over the windows of all calls in one run.

It is written apart from the product, so that a slower product never makes a slower yardstick.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache
from importlib.resources import files

import numpy as np
import onnxruntime
import soxr
from numpy.typing import NDArray

TICK_SECONDS = 0.005
MOST_WINDOWS = 32
WINDOW = {8_000: 256, 16_000: 512}
CONTEXT = {8_000: 32, 16_000: 64}
STATE_SHAPE = (2, 128)
LOUD, FAINT = 0.6, 0.45
"""Probabilities from which on a window begins speech, and down to which it goes on."""
START_WINDOWS, STOP_WINDOWS = 6, 6
"""Some 0.2 s each, as in the product."""

Floats = NDArray[np.float32]


@cache
def model() -> onnxruntime.InferenceSession:
    """Silero, which comes with pipecat."""
    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    path = files("pipecat.audio.vad.data").joinpath("silero_vad.onnx")
    return onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])


class Ear:
    """One call's: PCM16 of ``rate`` hertz comes in; told when speech starts and stops."""

    def __init__(
        self, batch: EarBatch, rate: int, on_start: Callable[[], None], on_stop: Callable[[], None]
    ) -> None:
        self.rate = rate if rate in WINDOW else 16_000
        self.context: Floats = np.zeros(CONTEXT[self.rate], np.float32)
        self.state: Floats = np.zeros(STATE_SHAPE, np.float32)
        self._resampler = (
            None if rate == self.rate else soxr.ResampleStream(rate, self.rate, 1, "int16", quality="LQ")
        )
        self._batch = batch
        self._pcm = bytearray()
        self._on_start = on_start
        self._on_stop = on_stop
        self._speaking = False
        self._run = 0

    def feed(self, pcm: bytes) -> None:
        """Take audio; a whole window is looked at in the next run."""
        if self._resampler is not None:
            pcm = self._resampler.resample_chunk(np.frombuffer(pcm, np.int16)).tobytes()
        self._pcm += pcm
        if self.ready:
            self._batch.add(self)

    @property
    def ready(self) -> bool:
        """A whole window waits."""
        return len(self._pcm) >= 2 * WINDOW[self.rate]

    def window(self) -> Floats:
        """Take the next window, -1..1."""
        size = 2 * WINDOW[self.rate]
        taken = np.frombuffer(bytes(self._pcm[:size]), np.int16).astype(np.float32) / 32768.0
        del self._pcm[:size]
        return taken

    def judge(self, probability: float) -> None:
        """Speech starts and stops after some windows in a row."""
        turning = probability < FAINT if self._speaking else probability >= LOUD
        self._run = self._run + 1 if turning else 0
        if self._run < (STOP_WINDOWS if self._speaking else START_WINDOWS):
            return
        self._speaking, self._run = not self._speaking, 0
        if self._speaking:
            self._on_start()
        else:
            self._on_stop()


class EarBatch:
    """The windows of all calls: run together, ``TICK_SECONDS`` after the first is there."""

    def __init__(self) -> None:
        self._waiting: dict[Ear, None] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    def add(self, ear: Ear) -> None:
        """A window of this one is to be looked at."""
        self._waiting[ear] = None
        if self._loop is not None and self._timer is None:
            self._timer = self._loop.call_later(TICK_SECONDS, self._tick)

    def start(self) -> None:
        """Run by itself from now on, on the loop that runs."""
        self._loop = asyncio.get_running_loop()

    def run(self) -> None:
        """Look at every window that waits."""
        while self._waiting:
            first = next(iter(self._waiting))
            ears = [ear for ear in self._waiting if ear.rate == first.rate][:MOST_WINDOWS]
            for ear in ears:
                del self._waiting[ear]
            _look(ears)
            self._waiting |= {ear: None for ear in ears if ear.ready}

    def _tick(self) -> None:
        self._timer = None
        self.run()


def _look(ears: list[Ear]) -> None:
    rate = ears[0].rate
    windows = np.stack([ear.window() for ear in ears])
    audio = np.concatenate((np.stack([ear.context for ear in ears]), windows), axis=1)
    state = np.stack([ear.state for ear in ears], axis=1)
    found, after = model().run(None, {"input": audio, "state": state, "sr": np.array(rate, np.int64)})
    for row, ear in enumerate(ears):
        ear.context, ear.state = windows[row, -CONTEXT[rate] :], after[:, row]
        ear.judge(float(found[row, 0]))
