"""What the author of a pipeline is given: the facts of the call, and its processors by job.

    def build(call: Call) -> list[FrameProcessor]:
        return [Resampler(), call.vad(), call.stt(), ContextAggregator(...), call.llm(), BreakSplitter(), call.tts()]

This is the one place where providers are chosen.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipecat.processors.frame_processor import FrameProcessor
from pydantic import SecretStr

from processors.cartesia_tts import CartesiaTTS
from processors.deepgram_stt import DeepgramSTT
from processors.local_llm import scripted_client
from processors.local_stt import LocalSTT
from processors.local_tts import LocalTTS
from processors.openai_llm import OpenAILLM
from processors.vad import VAD
from vantum.core.dialogue_script import Script
from vantum.core.errors import PipelineError
from vantum.core.vad import VadSettings
from vantum.services import Services

SCRIPT_MODEL = "script"


@dataclass(slots=True)
class Call:
    """One call, as its pipeline sees it.

    ``id`` is a UUIDv7, ``transport`` the carrier's name (``browser``), ``language`` a tag such as ``en``. A
    pipeline that sets ``record`` to False keeps the sound of this call out of its record.
    """

    id: str
    transport: str
    language: str
    services: Services
    record: bool

    @property
    def context_messages(self) -> int:
        """How many messages the language model is shown at most."""
        return self.services.settings.context_messages

    def vad(
        self,
        *,
        threshold: float | None = None,
        start_seconds: float | None = None,
        stop_seconds: float | None = None,
    ) -> FrameProcessor:
        """The voice activity detector; what is not given comes from the settings."""
        settings = self.services.settings
        chosen = VadSettings(
            threshold=settings.vad_threshold if threshold is None else threshold,
            start_seconds=settings.vad_start_seconds if start_seconds is None else start_seconds,
            stop_seconds=settings.vad_stop_seconds if stop_seconds is None else stop_seconds,
        )
        return VAD(self.services.silero, chosen)

    def stt(self, script: Script | None = None) -> FrameProcessor:
        """The speech recogniser. ``script`` tells the embedded one which phrases to expect."""
        settings = self.services.settings
        if self.services.recogniser is not None:
            return LocalSTT(self.services.recogniser, script.phrases if script else ())
        return DeepgramSTT(
            api_key=_secret(settings.deepgram_api_key),
            url=settings.deepgram_url,
            model=settings.deepgram_model,
            language=self.language,
        )

    def llm(self, script: Script | None = None) -> FrameProcessor:
        """The language model; ``script`` is what the embedded one says instead."""
        settings = self.services.settings
        if self.services.openai is None:
            if script is None:
                raise PipelineError(
                    "The embedded language model has nothing to say without a script.",
                    "Give it one, call.llm(load_script(path)), or set OPENAI_API_KEY or OPENAI_BASE_URL.",
                )
            return OpenAILLM(scripted_client(script), SCRIPT_MODEL)
        return OpenAILLM(
            self.services.openai, settings.llm_model, settings.llm_temperature, settings.llm_max_tokens
        )

    def tts(self) -> FrameProcessor:
        """The voice."""
        settings = self.services.settings
        if self.services.synthesiser is not None:
            return LocalTTS(self.services.synthesiser, settings.cartesia_voice)
        return CartesiaTTS(
            api_key=_secret(settings.cartesia_api_key),
            url=settings.cartesia_url,
            model=settings.cartesia_model,
            voice=settings.cartesia_voice,
            language=self.language,
        )


def _secret(key: SecretStr | None) -> str:
    return key.get_secret_value() if key else ""
