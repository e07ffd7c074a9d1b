"""The embedded text-to-speech box: pieces of text to a shared synthesiser, audio and word times back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from typing import Protocol

from pipecat.services.settings import TTSSettings
from pipecat.transcriptions.language import Language

from processors.embedded.jobs import Line, Speech
from processors.language_switch import EnglishOnly
from processors.piece import Word
from processors.watched_tts import OPEN_SECONDS, WatchedTTS

VOICES = {"female": "en-us+f2", "male": "en-us+klatt4"}
DEFAULT_VOICE = "female"
WORDS_PER_MINUTE = 165
CHUNK_SECONDS = 0.08

Words = list[tuple[str, float]]


class Speaks(Protocol):
    """Turns a line into speech; raises ProviderError or CapacityError."""

    async def speak(self, line: Line) -> Speech: ...


class LocalTTS(WatchedTTS):
    """Speaks for one call, each piece of a turn as soon as it comes; word times count from the turn's first audio.

    ``voice`` is a name of ``VOICES``; any other name is the default voice, as this provider has no others.
    """

    def __init__(
        self, synthesiser: Speaks, voice: str = DEFAULT_VOICE, sample_rate: int | None = None
    ) -> None:
        super().__init__(
            sample_rate=sample_rate,
            push_text_frames=False,
            push_start_frame=True,
            push_stop_frames=True,
            stop_frame_timeout_s=OPEN_SECONDS,
            settings=TTSSettings(model="espeak-ng", voice=voice, language=Language.EN),
        )
        self._synthesiser = synthesiser
        self._english = EnglishOnly("embedded voice")

    def can_generate_metrics(self) -> bool:
        """Times to first byte are measured where metrics are on."""
        return True

    async def speak(self, text: str, context_id: str) -> AsyncGenerator[bytes | Word, None]:  # noqa: ARG002
        """The words and the audio of one piece, in the order in which they are heard."""
        speech = await self._synthesiser.speak(self._line(text))
        for words, pcm in chunks(speech, self.sample_rate):
            for word, at in words:
                yield Word(word, at)
            yield pcm

    # The base class names this method as the place to react to a change.

    async def _update_settings(self, delta: TTSSettings) -> dict[str, object]:  # type: ignore[override]
        self._english.asked_for(delta.language)
        return await super()._update_settings(replace(delta, language=Language.EN))

    def _line(self, text: str) -> Line:
        name = self._settings.voice if isinstance(self._settings.voice, str) else DEFAULT_VOICE
        return Line(text, VOICES.get(name, VOICES[DEFAULT_VOICE]), WORDS_PER_MINUTE, self.sample_rate)


def chunks(speech: Speech, rate: int) -> Iterator[tuple[Words, bytes]]:
    """Speech cut small enough to stop promptly, each chunk with the words that begin in it."""
    size = 2 * int(CHUNK_SECONDS * rate)
    last = max(0, len(speech.pcm) - 1) // size
    for index in range(last + 1):
        words = [
            (word, at) for word, at in speech.words if min(last, int(2 * int(at * rate) / size)) == index
        ]
        yield words, speech.pcm[index * size : (index + 1) * size]
