"""A voice of known speed: a tone instead of speech, with the time of every word."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pipecat.processors.frame_processor import FrameProcessor, FrameProcessorSetup

from processors.failover import Candidate, Desk
from processors.tts.failover import FailoverTTS
from processors.tts.piece import Word
from processors.tts.voice import Voice
from vantum.core.choice import Kind

CHUNK_SECONDS = 0.1
"""How much audio a frame holds."""

_PERIOD = b"\x00\x10" * 32 + b"\x00\xf0" * 32
"""One period of a square wave of 250 Hz: audible, and never mistaken for silence."""


@dataclass(frozen=True, slots=True)
class Stall:
    """After ``audio_seconds`` of a piece, nothing comes for ``seconds``; then the rest does."""

    audio_seconds: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Mute:
    """A piece gives no audio at all, and no word."""


Fault = Stall | Mute
NO_FAULTS: Mapping[int, Fault] = MappingProxyType({})


class ScriptedVoice:
    """Speaks every text with a tone of ``seconds_per_char`` a character; see ``ScriptedTTS``."""

    def __init__(
        self,
        *,
        first_audio: float = 0.2,
        seconds_per_char: float = 0.06,
        speed: float = 10.0,
        faults: Mapping[int, Fault] = NO_FAULTS,
    ) -> None:
        self.spoken: list[str] = []
        self._first_audio = first_audio
        self._seconds_per_char = seconds_per_char
        self._speed = speed
        self._faults = dict(faults)
        self._rate = 0

    async def open(self, owner: FrameProcessor, setup: FrameProcessorSetup, rate: int) -> None:  # noqa: ARG002
        """Speak at ``rate`` hertz."""
        self._rate = rate

    async def speak(self, text: str, context_id: str) -> AsyncGenerator[bytes | Word, None]:  # noqa: ARG002
        """The words and the audio of ``text``, at the pace of the script."""
        self.spoken.append(text)
        fault = self._faults.get(len(self.spoken))
        await asyncio.sleep(self._first_audio)
        if isinstance(fault, Mute):
            return
        for word in self._words(text):
            yield word
        stalls_at = round(fault.audio_seconds / CHUNK_SECONDS) if fault else None
        for number, chunk in enumerate(self._chunks(text)):
            if fault and number == stalls_at:
                await asyncio.sleep(fault.seconds)
            yield chunk
            await asyncio.sleep(len(chunk) / 2 / self._rate / self._speed)

    async def finish(self, context_id: str) -> None:
        """Each piece is a whole."""

    async def abandon(self, context_id: str) -> None:
        """Nothing is kept of a piece."""

    async def follow(self, language: str | None, voice: str | None) -> None:
        """A tone has no language."""

    async def close(self) -> None:
        """Nothing is open."""

    def _words(self, text: str) -> Iterator[Word]:
        for found in re.finditer(r"\S+", text):
            start, end = (round(at * self._seconds_per_char, 9) for at in found.span())
            yield Word(found.group(), start, end)

    def _chunks(self, text: str) -> list[bytes]:
        samples = round(len(text) * self._seconds_per_char * self._rate)
        tone = (_PERIOD * (samples * 2 // len(_PERIOD) + 1))[: samples * 2]
        step = round(CHUNK_SECONDS * self._rate) * 2
        return [tone[at : at + step] for at in range(0, len(tone), step)]


class ScriptedTTS(FailoverTTS):
    """The voice of a call with a scripted one behind it.

    The first audio of a piece of text comes ``first_audio`` seconds after the text, the rest ``speed`` times
    faster than it plays. ``spoken`` holds the texts in order. An interruption stops it like a real service.
    ``faults`` befall what it is asked to speak, by number from 1; a second attempt at a piece counts again.
    """

    def __init__(
        self,
        *,
        first_audio: float = 0.2,
        seconds_per_char: float = 0.06,
        speed: float = 10.0,
        faults: Mapping[int, Fault] = NO_FAULTS,
    ) -> None:
        voice = ScriptedVoice(
            first_audio=first_audio, seconds_per_char=seconds_per_char, speed=speed, faults=faults
        )
        candidate: Candidate[Voice] = Candidate("scripted", lambda: voice)
        super().__init__(Desk(Kind.TTS, [candidate]))
        self.spoken = voice.spoken
