"""The caller's words and the bot's voice over OpenAI's speech API, or over another that speaks it, such as Groq's."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from openai import AsyncOpenAI, OpenAIError
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InputTransportMessageFrame,
    TranscriptionFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.openai.stt import OpenAISTTService
from pipecat.services.openai.tts import OpenAITTSService
from pipecat.utils.time import time_now_iso8601

from vantum.core.events import CallerLeft, TurnEndedByHand

SPEECH_RATE = 24_000
"""Hertz of the speech that OpenAI makes: it knows no other rate."""
CHUNKS_PER_SECOND = 25

# pipecat makes a client of its own for each service, which would try again by itself and read the root certificates
# each time (20 ms of the event loop); it has no public way to give it one, but for the HTTP client inside.


class OpenAISTT(OpenAISTTService):
    """Has each utterance transcribed when it is over: in one final, with "" for no words. The audio stops here."""

    def __init__(self, client: AsyncOpenAI, model: str, language: str, sample_rate: int) -> None:
        super().__init__(
            api_key=client.api_key,
            http_client=client._client,  # noqa: SLF001
            sample_rate=sample_rate,
            audio_passthrough=False,
            settings=OpenAISTTService.Settings(model=model, language=language),
        )
        self._client = client
        self._being_transcribed = 0
        """Utterances whose words, or whose error, are still to come."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case InputTransportMessageFrame(message=TurnEndedByHand() | CallerLeft()):
                await self._end_by_hand()

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame, None]:
        """The words of an utterance, a WAV file."""
        try:
            heard = await self._transcribe(audio)
        except OpenAIError as error:
            self._being_transcribed -= 1
            yield ErrorFrame(f"The transcription failed: {error}", exception=error)
        else:
            self._being_transcribed -= 1
            yield TranscriptionFrame(heard.text.strip(), self._user_id, time_now_iso8601(), result=heard)

    async def _end_by_hand(self) -> None:
        """The caller says that the utterance is over, whether or not their voice is."""
        if self._user_speaking:
            await self._handle_user_stopped_speaking(VADUserStoppedSpeakingFrame())
        elif not self._being_transcribed:
            # Nothing is being heard: say so, rather than let the turn wait for words.
            await self.push_frame(TranscriptionFrame("", self._user_id, time_now_iso8601()))

    # pipecat tells nobody how many utterances wait to be transcribed.
    async def _handle_user_stopped_speaking(self, frame: VADUserStoppedSpeakingFrame) -> None:
        self._being_transcribed += self.is_usable
        await super()._handle_user_stopped_speaking(frame)


class OpenAITTS(OpenAITTSService):
    """Speaks at ``SPEECH_RATE``, without word times."""

    def __init__(self, client: AsyncOpenAI, model: str, voice: str) -> None:
        super().__init__(
            api_key=client.api_key,
            http_client=client._client,  # noqa: SLF001
            sample_rate=SPEECH_RATE,
            settings=OpenAITTSService.Settings(model=model, voice=voice),
        )
        self._client = client

    @property
    def chunk_size(self) -> int:
        """Bytes of speech that are waited for, so that the first are heard at once."""
        return SPEECH_RATE * 2 // CHUNKS_PER_SECOND

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame, None]:
        """The speech as it comes."""
        try:
            async for frame in super().run_tts(text, context_id):
                yield frame
        except OpenAIError as error:
            yield ErrorFrame(f"The speech failed: {error}", exception=error)
