"""The caller's words from Deepgram: pipecat's service, over a link that never keeps a call waiting."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from functools import partial
from typing import cast

import httpx
from deepgram import AsyncDeepgramClient
from deepgram.listen.v1.socket_client import AsyncV1SocketClient
from deepgram.listen.v1.types.listen_v1results import ListenV1Results
from deepgram.listen.v1.types.listen_v1speech_started import ListenV1SpeechStarted
from deepgram.listen.v1.types.listen_v1utterance_end import ListenV1UtteranceEnd
from deepgram.transport import install_transport
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InputTransportMessageFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.deepgram import stt as pipecat_deepgram
from pipecat.services.deepgram.stt import DeepgramSTTService
from pipecat.transcriptions.language import Language
from pipecat.utils.time import time_now_iso8601

from processors.stt.deepgram_faults import deepgram_error
from processors.stt.deepgram_link import MULAW, WATCH, DeepgramLink, LinkState
from processors.stt.deepgram_signs import Hearing
from processors.stt.heard_tape import COVERED_SECONDS
from processors.weakly import weakly
from vantum.core import languages, mulaw
from vantum.core.events import CallerLeft, Recognised, Sign, TurnEndedByHand

REGIONAL = frozenset(
    (
        "en-AU",
        "en-GB",
        "en-IN",
        "en-NZ",
        "en-US",
        "es-419",
        "de-CH",
        "fr-CA",
        "pt-BR",
        "pt-PT",
        "zh-CN",
        "zh-TW",
    )
)
"""The tags with a region that nova-3 takes; it refuses a link for any other (Models & Languages Overview, 2026)."""


class DeepgramSTT(DeepgramSTTService):
    """Interim and final transcripts over one link for the whole call; the input audio stops here.

    The audio of the pipeline is PCM16 whatever ``encoding`` (``linear16`` or ``mulaw``) the link is to carry. An
    answer to Finalize without words is pushed as a finalized ``TranscriptionFrame("")``. What Deepgram lets know
    beside words goes downstream as ``Recognised``. ``on_connected`` and ``on_disconnected`` tell whether what is sent
    arrives; the metadata of a final transcript say how much of the audio so far it has the words of.
    """

    def __init__(
        self,
        *,
        api_key: str,
        url: str,
        model: str,
        language: str,
        sample_rate: int = 16_000,
        encoding: str = "linear16",
        keyterms: Sequence[str] = (),
    ) -> None:
        self._compress = mulaw.encoded if encoding == MULAW else _as_it_is
        self._hearing = Hearing()
        self._link: DeepgramLink | None = None
        self._given_bytes = 0
        super().__init__(
            api_key=api_key,
            base_url=url,
            encoding=encoding,
            sample_rate=sample_rate,
            audio_passthrough=False,
            settings=DeepgramSTTService.Settings(
                model=model,
                language=language,
                smart_format=True,
                punctuate=True,
                interim_results=True,
                endpointing=300,
                utterance_end_ms=1000,
                keyterm=list(keyterms) or None,
                extra={"vad_events": True},
            ),
        )

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        if isinstance(frame, InputAudioRawFrame):
            # That is all that the bases do with sound, and the way there through all of them is long.
            await self.process_audio_frame(frame, direction)
            return
        await super().process_frame(frame, direction)
        match frame:
            case VADUserStartedSpeakingFrame():
                self._hearing.voice_began()
            case InputTransportMessageFrame(message=TurnEndedByHand() | CallerLeft()):
                await self._finalize()

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        self._given_bytes += len(audio)
        async for frame in super().run_stt(self._compress(audio)):
            yield frame

    async def push_frame(self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:
        if isinstance(frame, TranscriptionFrame) and self._link is not None:
            given = self._given_bytes / 2 / self.sample_rate
            frame.metadata[COVERED_SECONDS] = given - self._link.uncovered_seconds
        await super().push_frame(frame, direction)

    def language_to_service_language(self, language: Language) -> str | None:
        """The tag as it is where Deepgram knows the region, else without the region."""
        return str(language) if language in REGIONAL else languages.base(language)

    async def push_error_frame(self, error: ErrorFrame, force_treat_as_permanent: bool = False) -> None:
        if "Deepgram" not in error.error:
            error.error = f"Deepgram: {error.error}"
        if error.exception is not None:
            error.exception = deepgram_error(error.exception)
        await super().push_error_frame(error, force_treat_as_permanent)

    # pipecat has no public way to the open connection, nor to an answer that it pushes no frame for: what follows
    # is all that reaches into the service.

    async def _connect(self) -> None:
        # The task that makes the link begins in here, and takes our name along.
        token = WATCH.set(weakly(self._link_is))
        try:
            await super()._connect()
        finally:
            WATCH.reset(token)

    async def _link_is(self, link: DeepgramLink, state: LinkState) -> None:
        self._link = link
        connected = state is LinkState.UP
        await self._call_event_handler("on_connected" if connected else "on_disconnected")

    async def _finalize(self) -> None:
        connection = cast("AsyncV1SocketClient | None", self._connection)
        if connection is not None:
            self.request_finalize()
            await connection.send_finalize()

    async def _on_message(self, message: object) -> None:
        await super()._on_message(message)
        answered = self._finalize_pending
        if answered:
            await self.push_frame(TranscriptionFrame("", self._user_id, time_now_iso8601(), result=message))
        sign = self._sign(message, answered=answered)
        if sign is not None:
            await self.push_frame(InputTransportMessageFrame(message=Recognised(sign)))

    def _sign(self, message: object, *, answered: bool) -> Sign | None:
        """``answered``: the message is an answer to Finalize, and has no words."""
        match message:
            case ListenV1SpeechStarted(timestamp=at):
                return self._hearing.speech_started(at)
            case ListenV1UtteranceEnd():
                return self._hearing.utterance_ended()
            case ListenV1Results(is_final=True, start=start, duration=duration):
                final = bool(message.speech_final)
                if any(alternative.transcript for alternative in message.channel.alternatives):
                    return self._hearing.words(speech_final=final)
                return self._hearing.no_words(start + duration, asked=answered, speech_final=final)
            case _:
                return None


def _as_it_is(pcm: bytes) -> bytes:
    return pcm


# pipecat makes an SDK client for every call, and each would read the root certificates for HTTP requests that
# it never sends: 20 to 90 ms of the event loop. They share one HTTP client instead; the links do not use it.
pipecat_deepgram.AsyncDeepgramClient = partial(AsyncDeepgramClient, httpx_client=httpx.AsyncClient())  # type: ignore[assignment, attr-defined]

# The SDK keeps the maker of its sockets per process, not per client, and loads half of itself for it: here,
# not in the first call.
install_transport(async_factory=DeepgramLink)
