"""A voice by a script, for tests on virtual time: what each attempt gives, fails with, or waits for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pipecat.processors.frame_processor import FrameProcessor, FrameProcessorSetup

from processors.failover import Candidate, Desk
from processors.tts.failover import FailoverTTS
from processors.tts.piece import Word
from processors.tts.voice import Voice
from vantum.core.choice import Kind
from vantum.core.errors import ProviderError
from vantum.core.faults import Fault
from vantum.core.provider_board import ProviderBoard

WORD_SECONDS = 0.25
NEVER = 3600.0
Speech = AsyncGenerator[bytes | Word, None]
Attempt = Callable[["FakeVoice", str], Speech]


async def all_of(voice: FakeVoice, text: str) -> Speech:
    """A word in a quarter of a second, all at once."""
    for word in words_of(text):
        yield word
    for _ in text.split():
        yield voice.audio(WORD_SECONDS)


@dataclass
class FakeVoice:
    """Speaks as ``otherwise``, but for the attempts that ``faults`` befall, counted from 1."""

    faults: Mapping[int, Attempt] = field(default_factory=lambda: MappingProxyType({}))
    otherwise: Attempt = all_of
    asked: list[str] = field(default_factory=list)
    asked_at: list[float] = field(default_factory=list)
    told: list[tuple[str | None, str | None]] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    abandoned: int = 0
    ended: int = 0
    opened: int = 0
    closed: int = 0
    rate: int = 0

    async def open(self, owner: FrameProcessor, setup: FrameProcessorSetup, rate: int) -> None:
        self.opened += 1
        self.rate = rate

    async def speak(self, text: str, context_id: str) -> Speech:
        self.asked.append(text)
        self.asked_at.append(asyncio.get_running_loop().time())
        try:
            async for item in self.faults.get(len(self.asked), self.otherwise)(self, text):
                yield item
        finally:
            self.ended += 1

    async def finish(self, context_id: str) -> None:
        self.finished.append(context_id)

    async def abandon(self, context_id: str) -> None:
        self.abandoned += 1

    async def follow(self, language: str | None, voice: str | None) -> None:
        self.told.append((language, voice))

    async def close(self) -> None:
        self.closed += 1

    def audio(self, seconds: float) -> bytes:
        return b"\1\0" * round(seconds * self.rate)


def tts_of(
    *voices: FakeVoice, board: ProviderBoard | None = None, language: str = "en"
) -> tuple[FailoverTTS, Desk[Voice]]:
    """A call's voice with these behind it, named a, b, c, and the desk that they are at."""

    def made(voice: FakeVoice) -> Callable[[], Voice]:
        return lambda: voice

    names = "abcdefgh"[: len(voices)]
    candidates = [Candidate(name, made(voice)) for name, voice in zip(names, voices, strict=True)]
    desk: Desk[Voice] = Desk(Kind.TTS, candidates, board)
    return FailoverTTS(desk, language=language), desk


# --- what an attempt does --------------------------------------------------------------------------------


def words_of(text: str) -> list[Word]:
    return [Word(word, at * WORD_SECONDS, (at + 1) * WORD_SECONDS) for at, word in enumerate(text.split())]


async def stall(voice: FakeVoice, text: str) -> Speech:
    """A word and a half, and no more."""
    for word in words_of(text):
        yield word
    yield voice.audio(1.5 * WORD_SECONDS)
    await asyncio.sleep(NEVER)


async def early_end(voice: FakeVoice, text: str) -> Speech:
    """A word, and then the end, though there were more."""
    for word in words_of(text):
        yield word
    yield voice.audio(WORD_SECONDS)


async def stall_at_the_end(voice: FakeVoice, text: str) -> Speech:
    """All of it, but not that it is over."""
    async for item in all_of(voice, text):
        yield item
    await asyncio.sleep(NEVER)


async def hang(voice: FakeVoice, text: str) -> Speech:
    await asyncio.sleep(NEVER)
    yield b""


async def words_for_ever(voice: FakeVoice, text: str) -> Speech:
    """The times of the words, one a second, and no audio."""
    while True:
        yield Word("word", 0.0, 0.1)
        await asyncio.sleep(1.0)


async def nothing(voice: FakeVoice, text: str) -> Speech:
    for _ in range(0):
        yield b""


def failing(fault: Fault = Fault.NETWORK, *, after: float = 0.0, wait: float | None = None) -> Attempt:
    async def attempt(voice: FakeVoice, text: str) -> Speech:
        await asyncio.sleep(after)
        if text:
            raise ProviderError("tts", "voice", "out of order", fault, wait)
        yield b""

    return attempt


def raising(error: Exception) -> Attempt:
    async def attempt(voice: FakeVoice, text: str) -> Speech:
        if text:
            raise error
        yield b""

    return attempt


async def untimed(voice: FakeVoice, text: str) -> Speech:
    yield voice.audio(1.0)


async def untimed_stall(voice: FakeVoice, text: str) -> Speech:
    yield voice.audio(0.5)
    await asyncio.sleep(NEVER)
