"""The embedded text-to-speech box: pieces of text to a shared synthesiser, audio and word times back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from pipecat.frames.frames import ErrorFrame, Frame, TTSAudioRawFrame, TTSTextFrame
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService
from pipecat.transcriptions.language import Language
from pipecat.utils.errors import ErrorCategory

from processors.embedded.jobs import Line, Speech
from vantum.core.errors import CapacityError, ProviderError

VOICES = {"female": "en-us+f2", "male": "en-us+klatt4"}
DEFAULT_VOICE = "female"
WORDS_PER_MINUTE = 165
CHUNK_SECONDS = 0.08

Words = list[tuple[str, float]]


@dataclass(slots=True)
class _Turn:
    """How long the audio of a turn is so far, and which of its pieces could not be spoken."""

    seconds: float = 0.0
    unspoken: set[str] = field(default_factory=set)


class Speaks(Protocol):
    """Turns a line into speech; raises ProviderError or CapacityError."""

    async def speak(self, line: Line) -> Speech: ...


class LocalTTS(TTSService):
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
            settings=TTSSettings(model="espeak-ng", voice=voice, language=Language.EN),
        )
        self._synthesiser = synthesiser
        self._turns: defaultdict[str, _Turn] = defaultdict(_Turn)

    def can_generate_metrics(self) -> bool:
        """Times to first byte are measured where metrics are on."""
        return True

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        """The frames of one piece; a failure is an error of the turn and a moment of silence."""
        try:
            speech = await self._synthesiser.speak(self._line(text))
        except (ProviderError, CapacityError, ValueError) as error:
            yield ErrorFrame(str(error), category=ErrorCategory.SERVER)
            self._turns[context_id].unspoken.add(text)
            # A turn that ends without audio would be kept open until it times out.
            speech = Speech(bytes(2 * int(CHUNK_SECONDS * self.sample_rate)), ())
        began = self._turns[context_id].seconds
        for words, pcm in chunks(speech, self.sample_rate):
            await self.add_word_timestamps([(word, began + at) for word, at in words], context_id)
            yield TTSAudioRawFrame(pcm, self.sample_rate, 1, context_id=context_id)
        self._turns[context_id].seconds = began + len(speech.pcm) / (2 * self.sample_rate)

    async def push_frame(self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:
        """Push a frame on; but text of which no word was timed is not told as spoken when nothing was spoken."""
        match frame:
            case TTSTextFrame(context_id=str(context_id), text=text) if text in self._unspoken(context_id):
                return
        await super().push_frame(frame, direction)

    async def on_audio_context_completed(self, context_id: str) -> None:
        """The turn was sent: forget it."""
        self._turns.pop(context_id, None)

    async def on_audio_context_interrupted(self, context_id: str) -> None:
        """The turn was cut: forget it."""
        self._turns.pop(context_id, None)

    def _unspoken(self, context_id: str) -> set[str]:
        return self._turns[context_id].unspoken if context_id in self._turns else set()

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
