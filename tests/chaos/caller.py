"""The caller: speaks recordings into a call in real time, and listens to what a browser would play."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgpack  # type: ignore[import-untyped]
import numpy as np
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from benchmarks.conversation.playout import PlayOut
from benchmarks.conversation.speech import RATE, Stretch, room
from benchmarks.conversation.voice import FRAME_SECONDS, VOCABULARY, WORD_SECONDS, Pcm, frames_heard
from benchmarks.conversation.wires import Sound, VantumWire, Wipe

CHUNK_SECONDS = 0.04
CHUNK = round(CHUNK_SECONDS * RATE)
POLL_SECONDS = 0.02
STATE = "conversation.state.changed"
PEAK_BINS = 2
PURE_SHARE = 0.98
HALF = WORD_SECONDS / FRAME_SECONDS / 2


@dataclass(slots=True)
class Turn:
    """Something that the caller said: when its last sample was spoken, and when the bot was heard after that."""

    text: str
    ended_at: float
    heard_at: float | None = None


@dataclass(slots=True)
class Caller:
    """A caller in a call, until the server closes it or the caller does; times are ``time.monotonic()``."""

    socket: ClientConnection
    heard: PlayOut = field(default_factory=PlayOut)
    turns: list[Turn] = field(default_factory=list)
    events: list[tuple[float, str, dict[str, object]]] = field(default_factory=list)
    began_at: float = field(default_factory=time.monotonic)
    closed_at: float | None = None
    _waiting: deque[Pcm] = field(default_factory=deque)
    _chance: np.random.Generator = field(default_factory=lambda: np.random.default_rng(1))
    _utterance: str = ""

    @property
    def gone(self) -> bool:
        """Whether the server has closed the call."""
        return self.closed_at is not None

    @property
    def state(self) -> str:
        """What the conversation's state is, as the client was told."""
        changes = (payload["to"] for _, event, payload in self.events if event == STATE)
        return str(next(iter(reversed(list(changes))), ""))

    # --- mouth --------------------------------------------------------------------------------------

    async def speak(self) -> None:
        """Send what the microphone picks up, until cancelled or closed."""
        wire, due = VantumWire(), time.monotonic()
        while not self.gone:
            due += CHUNK_SECONDS
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            chunk = self._waiting.popleft() if self._waiting else room(CHUNK, self._chance)
            try:
                await self.socket.send(wire.chunk(chunk))
            except ConnectionClosed:
                return

    def begin(self, stretch: Stretch) -> None:
        """Begin to say something."""
        padded = np.concatenate([room(-len(stretch.pcm) % CHUNK, self._chance), stretch.pcm])
        self._waiting.extend(padded.reshape(-1, CHUNK))

    async def finish(self, stretch: Stretch) -> Turn:
        """Say it to its end."""
        while self._waiting and not self.gone:  # noqa: ASYNC110 - the mouth tells nobody
            await asyncio.sleep(POLL_SECONDS / 2)
        turn = Turn(stretch.text, time.monotonic())
        self.turns.append(turn)
        return turn

    # --- ears ---------------------------------------------------------------------------------------

    async def listen(self) -> None:
        """Play what comes until the connection is closed."""
        wire = VantumWire()
        try:
            async for message in self.socket:
                now = time.monotonic()
                data = message if isinstance(message, bytes) else message.encode()
                match wire.read(data):
                    case Sound(pcm=pcm, rate=rate, utterance_id=utterance):
                        if utterance != self._utterance:
                            self.heard.wipe(now)
                        self._utterance = utterance
                        self.heard.push(now, pcm, rate)
                        continue
                    case Wipe():
                        self.heard.wipe(now)
                event = msgpack.unpackb(data)
                self.events.append((now, event["eventType"], event["payload"]))
        except ConnectionClosed:
            pass
        finally:
            self.closed_at = time.monotonic()
            self.heard.wipe(self.closed_at)

    def first_sound(self, since: float) -> float | None:
        """When the bot was heard from this moment on."""
        now = time.monotonic()
        heard = (max(chunk.at, since) for chunk in self.heard._played if chunk.end > since)
        return min((at for at in heard if at <= now), default=None)

    async def sound_after(self, since: float, seconds: float) -> float | None:
        """When the bot was heard after this moment; None when it was not for so long, or not any more."""
        while (at := self.first_sound(since)) is None:
            if self.gone or time.monotonic() > since + seconds:
                return None
            await asyncio.sleep(POLL_SECONDS)
        return at

    async def silence(self, seconds: float, longest: float) -> None:
        """Wait until the bot has said nothing for so long, or the call is over."""
        until = time.monotonic() + longest
        while not self.gone and (now := time.monotonic()) < until:
            since = self.heard.silent_since(now)
            if since is not None and now - since >= seconds:
                return
            await asyncio.sleep(POLL_SECONDS)

    def words_heard(self, until: float | None = None) -> list[str]:
        """The words of the vocabulary that were heard by then, each at least for half its length."""
        frames: list[int | None] = []
        tones: list[bool] = []
        for sound in self.heard.sounds():
            # A word may come in two parts, when the machine was late with the second.
            pcm = (sound if until is None else sound.until(until)).pcm
            frames += frames_heard(pcm, sound.rate)
            tones += pure(pcm, sound.rate)
        words: list[str] = []
        for number, count in _runs(frames, tones):
            word = VOCABULARY[number]
            if count >= HALF and (not words or words[-1] != word):
                words.append(word)
        return words


def pure(pcm: Pcm, rate: int) -> list[bool]:
    """Whether each frame is a tone, as the words are, and not the speech of a recording."""
    size = round(FRAME_SECONDS * rate)
    frames = pcm[: len(pcm) // size * size].reshape(-1, size).astype(np.float64)
    if not len(frames):
        return []
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)))
    peaks = power.argmax(axis=1)
    near = np.abs(np.arange(power.shape[1])[None, :] - peaks[:, None]) <= PEAK_BINS
    found: list[bool] = ((power * near).sum(axis=1) > PURE_SHARE * power.sum(axis=1)).tolist()
    return found


def _runs(frames: Sequence[int | None], tones: Sequence[bool]) -> list[tuple[int, int]]:
    """Words, with the number of frames for which each was heard in a row."""
    runs: list[tuple[int, int]] = []
    for frame, tone in zip(frames, tones, strict=True):
        if frame is None or frame < 0 or not tone:
            continue
        if runs and runs[-1][0] == frame:
            runs[-1] = (frame, runs[-1][1] + 1)
        else:
            runs.append((frame, 1))
    return runs
