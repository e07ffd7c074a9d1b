"""The embedded voice: pieces of text to a shared synthesiser, audio and word times back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from typing import Protocol

from pipecat.processors.frame_processor import FrameProcessor, FrameProcessorSetup

from processors.embedded.jobs import Line, Speech
from processors.language_switch import EnglishOnly
from processors.tts.piece import Word
from processors.tts.voice import FEMALE, known_voice

VOICES = {"female": "en-us+f2", "male": "en-us+klatt4"}
WORDS_PER_MINUTE = 165
CHUNK_SECONDS = 0.08

Words = list[tuple[str, float]]


class Speaks(Protocol):
    """Turns a line into speech; raises ProviderError or CapacityError."""

    async def speak(self, line: Line) -> Speech: ...


class LocalVoice:
    """Speaks for one call. ``voice`` is a name of ``VOICES``; any other is the female one: there are no others."""

    def __init__(self, synthesiser: Speaks, voice: str = FEMALE) -> None:
        self._synthesiser = synthesiser
        self._voice = known_voice(voice, VOICES)
        self._english = EnglishOnly("embedded voice")
        self._rate = 0

    async def open(self, owner: FrameProcessor, setup: FrameProcessorSetup, rate: int) -> None:  # noqa: ARG002
        """Speak at ``rate`` hertz."""
        self._rate = rate

    async def speak(self, text: str, context_id: str) -> AsyncGenerator[bytes | Word, None]:  # noqa: ARG002
        """The words and the audio of one piece, in the order in which they are heard."""
        speech = await self._synthesiser.speak(Line(text, self._voice, WORDS_PER_MINUTE, self._rate))
        for words, pcm in chunks(speech, self._rate):
            for word, at in words:
                yield Word(word, at)
            yield pcm

    async def finish(self, context_id: str) -> None:
        """Each piece is a whole."""

    async def abandon(self, context_id: str) -> None:
        """Nothing is kept of a piece."""

    async def follow(self, language: str | None, voice: str | None) -> None:
        """Another voice, but English in any case."""
        self._english.asked_for(language)
        if voice is not None:
            self._voice = known_voice(voice, VOICES)

    async def close(self) -> None:
        """The synthesiser is shared by all calls."""


def chunks(speech: Speech, rate: int) -> Iterator[tuple[Words, bytes]]:
    """Speech cut small enough to stop promptly, each chunk with the words that begin in it."""
    size = 2 * int(CHUNK_SECONDS * rate)
    last = max(0, len(speech.pcm) - 1) // size
    for index in range(last + 1):
        words = [
            (word, at) for word, at in speech.words if min(last, int(2 * int(at * rate) / size)) == index
        ]
        yield words, speech.pcm[index * size : (index + 1) * size]
