"""What the author of a pipeline is given: the facts of the call, and its processors by job.

    def build(call: Call) -> list[FrameProcessor]:
        return [Resampler(), call.vad(), call.stt(), ContextAggregator(...), call.llm(), BreakSplitter(), call.tts()]

This is the one place where the providers of a call are put in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pipecat.processors.frame_processor import FrameProcessor

from processors.failover import Candidate, Desk
from processors.llm.failover import FailoverLLM
from processors.stt.failover import FailoverSTT
from processors.tools.end_call import end_call
from processors.tools.record_disposition import record_disposition
from processors.tools.send_digits import send_digits
from processors.tools.switch_language import switch_language
from processors.tools.tool import Tool
from processors.tools.transfer_call import transfer_call
from processors.tts.failover import FailoverTTS
from processors.tts.voice import Voice
from processors.vad import VAD
from vantum.core.audio import PHONE_RATE, PIPELINE_RATE
from vantum.core.call_facts import CallFacts, Direction
from vantum.core.choice import LOCAL, Kind
from vantum.core.dialogue_script import Script
from vantum.core.languages import KNOWN, base
from vantum.core.manners import Manners
from vantum.core.provider_specs import SPECS
from vantum.core.vad import VadSettings
from vantum.providers import maker_of
from vantum.providers.brief import Brief
from vantum.services import EMBEDDED_LANGUAGE, Services

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
    _hired: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.voicemail = self.voicemail or self.facts.voicemail
        self.language = self.language or self.facts.language
        self._hired = self.services.provider_names()

    @property
    def id(self) -> str:
        """The call's name, a UUIDv7."""
        return self.facts.id

    @property
    def transport(self) -> str:
        """The carrier's name: ``browser``, ``twilio`` or ``local``."""
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
        embedded = self.services.recogniser is not None and LOCAL in self._names(Kind.STT)
        return PHONE_RATE if self.on_phone and not embedded else PIPELINE_RATE

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
        return all(self.services.names_of(kind) != (LOCAL,) for kind in (Kind.STT, Kind.TTS))

    @property
    def provider_names(self) -> dict[str, str]:
        """Who is the first to do each job in this call, by kind."""
        return dict(self._hired)

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
        desk: Desk[FrameProcessor] = self._desk(Kind.STT, self.hearing_rate, script)
        return FailoverSTT(desk)

    def llm(self, script: Script | None = None) -> FrameProcessor:
        """The language model; ``script`` is what the embedded one says instead."""
        desk: Desk[FrameProcessor] = self._desk(Kind.LLM, self.hearing_rate, script)
        return FailoverLLM(desk, self.services.settings.answer_seconds, self.language)

    def tts(self) -> FrameProcessor:
        """The voice."""
        desk: Desk[Voice] = self._desk(Kind.TTS, self.speaking_rate)
        return FailoverTTS(desk, language=self.language, sample_rate=self.speaking_rate)

    # What a maker gives depends on its job: a voice, or a pipecat service.

    def _desk(self, kind: Kind, rate: int, script: Script | None = None) -> Desk[Any]:
        return Desk(kind, self._candidates(kind, rate, script), self.services.board)

    def _candidates(self, kind: Kind, rate: int, script: Script | None) -> list[Candidate[Any]]:
        """Who may do a job in this call, the first choice first. Raises PipelineError when nobody can."""
        briefs = [self._brief(kind, name, rate, script) for name in self._names(kind)]
        if kind is Kind.LLM and script is None:
            # The embedded model has nothing to say: it is no help to those who fail.
            briefs = [brief for brief in briefs if brief.spec.name != LOCAL] or briefs
        if kind is Kind.LLM and briefs[0].spec.name == LOCAL:
            briefs[0].required_script()
        self._hired[kind] = briefs[0].spec.name
        return [
            Candidate(
                brief.spec.name,
                partial(maker_of(kind, brief.spec), brief),
                (EMBEDDED_LANGUAGE,) if brief.spec.name == LOCAL else (),
            )
            for brief in briefs
        ]

    def _names(self, kind: Kind) -> list[str]:
        """Who does a job in this call's language: the embedded ones in English, or when there is nobody else."""
        names = list(self.services.names_of(kind))
        if base(self.language) == EMBEDDED_LANGUAGE:
            return names
        return [name for name in names if name != LOCAL] or names

    def _brief(self, kind: Kind, name: str, rate: int, script: Script | None) -> Brief:
        spec, settings = SPECS[name], self.services.settings
        values = settings.values_of(spec)
        return Brief(
            kind,
            spec,
            values,
            language=self.language,
            wanted_voice=values.get(spec.voice_setting, settings.cartesia_voice),
            rate=rate,
            on_phone=self.on_phone,
            shared=self.services,
            script=script,
        )
