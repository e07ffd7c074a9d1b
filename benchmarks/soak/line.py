"""A caller's line into a call: sound out in real time, the bot's sound in, and the ways in which a line ends.

Times are ``time.monotonic()`` seconds.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from dataclasses import dataclass, field

import numpy as np
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from benchmarks.conversation.speech import RATE, room
from benchmarks.conversation.voice import Pcm
from benchmarks.soak import wire
from benchmarks.soak.speech import RECORDINGS
from benchmarks.soak.wire import GoesOn, Sound, Wipe

CHUNK = RATE // 50
CHUNK_SECONDS = CHUNK / RATE
POLL_SECONDS = 0.02
EARLY_SECONDS = 0.3
"""An answer may begin so long before the last sound of a question: the bot need not hear the end of it."""
MOST_LATE = 500


class CallOverError(Exception):
    """The server has closed the connection, or lets nobody in."""


@dataclass(slots=True)
class Heard:
    """What the caller hears: ``began`` is when the newest utterance did, ``until`` when the last sound ends."""

    began: float = float("-inf")
    until: float = float("-inf")
    _utterance: str = ""
    _going_on: str = ""

    def take(self, told: wire.Told | None, now: float) -> None:
        """A message came."""
        match told:
            case Sound(utterance, seconds):
                if utterance != self._utterance:
                    self._utterance, self.until = utterance, now
                    self.began = self.began if utterance == self._going_on else now
                self.until = max(now, self.until) + seconds
            case GoesOn(utterance):
                self._going_on = utterance
            case Wipe():
                self.until = min(self.until, now)


@dataclass(slots=True)
class Line:
    """An open connection; ``late`` holds by how much the last chunks left too late."""

    socket: ClientConnection
    chance: random.Random
    heard: Heard = field(default_factory=Heard)
    late: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_LATE))
    over: bool = False
    _waiting: deque[Pcm] = field(default_factory=deque)
    _said: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def begin(self) -> None:
        """Speak and listen from here on."""
        self._tasks = [asyncio.create_task(work) for work in (self._speak(), self._listen())]

    async def say(self, text: str) -> float:
        """Say a recording; returns when its last sound has left. Raises CallOverError."""
        pcm = RECORDINGS[text]
        noise = np.random.default_rng(self.chance.getrandbits(32))
        padded = np.concatenate([room(-len(pcm) % CHUNK, noise), pcm])
        self._said.clear()
        self._waiting.extend(padded.reshape(-1, CHUNK))
        await self._said.wait()
        self._check()
        return time.monotonic()

    async def answered(self, asked: float, seconds: float) -> bool:
        """Whether the bot begins to say something within ``seconds`` of ``asked``. Raises CallOverError."""
        while time.monotonic() < asked + seconds:
            if self.heard.began >= asked - EARLY_SECONDS:
                return True
            self._check()
            await asyncio.sleep(POLL_SECONDS)
        return False

    async def silence(self, seconds: float, longest: float) -> None:
        """Wait until the bot has been silent for so long, at most ``longest`` seconds. Raises CallOverError."""
        until = time.monotonic() + longest
        while (now := time.monotonic()) < until and now < self.heard.until + seconds:
            self._check()
            await asyncio.sleep(POLL_SECONDS)

    async def hang_up(self) -> None:
        """Leave in good order."""
        # What the bot says meanwhile must be read, or the goodbye waits behind it.
        self._tasks[0].cancel()
        await self.socket.close()
        await self._stop()

    async def drop(self) -> None:
        """Break off without a word."""
        await self._stop()
        self.socket.transport.abort()

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _check(self) -> None:
        if self.over:
            raise CallOverError

    async def _speak(self) -> None:
        silence = room(CHUNK, np.random.default_rng(self.chance.getrandbits(32)))
        due = time.monotonic()
        try:
            while True:
                due += CHUNK_SECONDS
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                self.late.append(time.monotonic() - due)
                pcm = self._waiting.popleft() if self._waiting else silence
                await self.socket.send(wire.chunk(pcm))
                if not self._waiting:
                    self._said.set()
        except ConnectionClosed:
            pass
        finally:
            self._said.set()

    async def _listen(self) -> None:
        try:
            async for message in self.socket:
                data = message if isinstance(message, bytes) else message.encode()
                self.heard.take(wire.read(data), time.monotonic())
        except ConnectionClosed:
            pass
        finally:
            self.over = True
