"""What all calls of a process share: models, pools of workers, HTTP clients, the pacer, the record's writer.

Opened once before the first call and closed after the last; nothing in it belongs to one call.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from openai import AsyncOpenAI

from processors.embedded.engines import Recogniser, Synthesiser
from processors.openai_llm import openai_client
from processors.openai_warmup import warm_up
from processors.silero import SileroBatch, session
from processors.smart_turn import TurnJudge
from transports.pacer import Pacer
from vantum.core.choice import Choice, Kind, Provider
from vantum.core.languages import chosen
from vantum.record import RecordWriter
from vantum.settings import Settings

EMBEDDED_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Services:
    """The process's shared parts. ``choices`` says who does each job, and why."""

    settings: Settings
    choices: dict[Kind, Choice]
    writer: RecordWriter
    silero: SileroBatch = field(default_factory=SileroBatch)
    judge: TurnJudge | None = None
    pacer: Pacer = field(default_factory=Pacer)
    openai: AsyncOpenAI | None = None
    recogniser: Recogniser | None = None
    synthesiser: Synthesiser | None = None

    def language_with(self, number: str = "") -> str:
        """The language in which a call with ``number`` (E.164, "" for a browser) begins.

        What the operator has set wins over the number's country; the embedded recogniser hears English only.
        """
        settings = self.settings
        if self.recogniser is not None:
            return EMBEDDED_LANGUAGE
        wanted = settings.language if "language" in settings.model_fields_set else None
        return chosen(None, wanted, number, settings.language)

    def provider_names(self) -> dict[str, str]:
        """The provider of each job, by kind."""
        return {str(kind): str(choice.provider) for kind, choice in self.choices.items()}


async def open_services(settings: Settings, closing: AsyncExitStack) -> Services:
    """Load and prewarm what the chosen providers need; ``closing`` closes it again."""
    choices = settings.choices()
    session()
    await warm_up()
    writer = RecordWriter()
    closing.callback(writer.close)
    openai = None
    if choices[Kind.LLM].provider is Provider.OPENAI:
        key = settings.openai_api_key
        openai = openai_client(key.get_secret_value() if key else None, settings.openai_base_url)
        closing.push_async_callback(openai.close)
    recogniser = Recogniser() if choices[Kind.STT].provider is Provider.LOCAL else None
    synthesiser = Synthesiser() if choices[Kind.TTS].provider is Provider.LOCAL else None
    judge = TurnJudge() if settings.smart_turn else None
    for engine in (recogniser, synthesiser, judge):
        if engine is not None:
            closing.push_async_callback(engine.close)
            await engine.start()
    return Services(
        settings,
        choices,
        writer,
        judge=judge,
        openai=openai,
        recogniser=recogniser,
        synthesiser=synthesiser,
    )
