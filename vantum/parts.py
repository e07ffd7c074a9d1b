"""What the author of a pipeline is given: the facts of the call, and its processors by job.

    def build(call: Call) -> list[FrameProcessor]:
        return [Resampler(), call.vad(), call.stt(), ContextAggregator(...), call.llm(), BreakSplitter(), call.tts()]

This is the one place where providers are chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipecat.processors.frame_processor import FrameProcessor
from pydantic import SecretStr

from processors.cartesia_tts import CartesiaTTS
from processors.deepgram_stt import DeepgramSTT
from processors.end_call import end_call
from processors.local_llm import scripted_client
from processors.local_stt import LocalSTT
from processors.local_tts import LocalTTS
from processors.openai_llm import OpenAILLM
from processors.record_disposition import record_disposition
from processors.send_digits import send_digits
from processors.switch_language import switch_language
from processors.tool import Tool
from processors.transfer_call import transfer_call
from processors.vad import VAD
from vantum.core.audio import PHONE_RATE, PIPELINE_RATE
from vantum.core.call_facts import CallFacts, Direction
from vantum.core.dialogue_script import Script
from vantum.core.errors import PipelineError
from vantum.core.languages import KNOWN
from vantum.core.manners import Manners
from vantum.core.vad import VadSettings
from vantum.services import Services

SCRIPT_MODEL = "script"
HUMAN = "human"


@dataclass(slots=True)
class Call:
    """One call, as its pipeline sees it.

    ``facts`` say who calls whom; ``line_rate`` is the hertz of the carrier's audio. A pipeline that sets
    ``record`` to False keeps the sound of this call out of its record, and one that sets ``voicemail`` leaves
    that message when a machine answers; without one the bot hangs up on machines. One that sets ``language``, a
    tag such as ``de``, before it asks for its parts speaks that unless the client asks for another.
    """

    facts: CallFacts
    services: Services
    record: bool
    line_rate: int = PIPELINE_RATE
    voicemail: str = ""
    language: str = ""

    def __post_init__(self) -> None:
        self.voicemail = self.voicemail or self.facts.voicemail
        self.language = self.language or self.facts.language

    @property
    def id(self) -> str:
        """The call's name, a UUIDv7."""
        return self.facts.id

    @property
    def transport(self) -> str:
        """The carrier's name: ``browser`` or ``twilio``."""
        return self.facts.transport

    @property
    def direction(self) -> Direction:
        """Who called."""
        return self.facts.direction

    @property
    def from_number(self) -> str:
        """The number that called, E.164 where known; "" for a browser."""
        return self.facts.from_number

    @property
    def to_number(self) -> str:
        """The number that was called; "" for a browser."""
        return self.facts.to_number

    @property
    def variables(self) -> Mapping[str, str]:
        """What the one who asked for the call gave the pipeline to know, by name."""
        return self.facts.variables

    @property
    def on_phone(self) -> bool:
        """Whether there is a telephone at the other end: one that has keys and can be transferred."""
        return self.line_rate == PHONE_RATE

    @property
    def hearing_rate(self) -> int:
        """Hertz of the caller's audio in the pipeline: the line's own 8 kHz where the recogniser takes it."""
        return PHONE_RATE if self.on_phone and self.services.recogniser is None else PIPELINE_RATE

    @property
    def speaking_rate(self) -> int:
        """Hertz of the bot's audio in the pipeline: all voices can speak at 8 kHz."""
        return PHONE_RATE if self.on_phone else PIPELINE_RATE

    @property
    def context_messages(self) -> int:
        """How many messages the language model is shown at most."""
        return self.services.settings.context_messages

    @property
    def bilingual(self) -> bool:
        """Whether the call can go on in another language: the embedded providers know English only."""
        return self.services.recogniser is None and self.services.synthesiser is None

    @property
    def manners(self) -> Manners:
        """How the bot behaves, by the settings: change what you like with ``dataclasses.replace``."""
        settings = self.services.settings
        return Manners(
            language=self.language,
            silence_seconds=settings.silence_seconds,
            filler_seconds=settings.filler_seconds,
            answer_seconds=settings.answer_seconds,
            speculate=settings.speculation,
            bilingual=self.bilingual,
        )

    def tools(self) -> list[Tool]:
        """What the language model may do in this call: hang up, note how it came out, go on in another language,
        and on a telephone press keys and, if there is a number for it, put the caller through to a human."""
        tools = [end_call(), record_disposition()]
        if self.bilingual:
            tools.append(switch_language(KNOWN))
        if self.on_phone:
            tools.append(send_digits())
        if self.on_phone and self.services.settings.transfer_to:
            tools.append(transfer_call({HUMAN: self.services.settings.transfer_to}))
        return tools

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
        return VAD(self.services.silero, chosen, self.hearing_rate, self.services.judge)

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
            sample_rate=self.hearing_rate,
            encoding="mulaw" if self.hearing_rate == PHONE_RATE else "linear16",
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
            sample_rate=self.speaking_rate,
            encoding="pcm_mulaw" if self.speaking_rate == PHONE_RATE else "pcm_s16le",
        )


def _secret(key: SecretStr | None) -> str:
    return key.get_secret_value() if key else ""
