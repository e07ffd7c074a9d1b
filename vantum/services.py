"""What all calls of a process share: models, pools of workers, HTTP clients, the pacer, the record's writer.

Opened once before the first call and closed after the last; nothing in it belongs to one call.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from openai import AsyncOpenAI

from processors.embedded.engines import Recogniser, Synthesiser
from processors.llm.openai_llm import openai_client
from processors.llm.openai_warmup import warm_up
from processors.silero import SileroBatch
from processors.silero_model import WINDOW, session
from processors.smart_turn import TurnJudge
from transports.pacer import Pacer
from vantum.core.choice import LOCAL, Choice, Kind
from vantum.core.languages import chosen
from vantum.core.provider_specs import SPECS
from vantum.core.provider_totals import CountingBoard
from vantum.providers import maker_of
from vantum.providers.clients import Clients
from vantum.record import RecordWriter
from vantum.settings import Settings

EMBEDDED_LANGUAGE = "en"
OPENAI = "openai"


@dataclass(frozen=True, slots=True)
class Services:
    """The process's shared parts.

    ``choices`` says who does each job, the first choice first, and why; ``board`` knows how they do.
    """

    settings: Settings
    choices: Mapping[Kind, tuple[Choice, ...]]
    writer: RecordWriter
    silero: SileroBatch = field(default_factory=SileroBatch)
    judge: TurnJudge | None = None
    pacer: Pacer = field(default_factory=Pacer)
    clients: Clients = field(default_factory=Clients)
    openai: AsyncOpenAI | None = None
    recogniser: Recogniser | None = None
    synthesiser: Synthesiser | None = None
    board: CountingBoard = field(init=False)

    def __post_init__(self) -> None:
        board = CountingBoard({kind: self.names_of(kind) for kind in self.choices})
        object.__setattr__(self, "board", board)

    def names_of(self, kind: Kind) -> tuple[str, ...]:
        """Who does a job, the first choice first."""
        return tuple(choice.provider for choice in self.choices[kind])

    def language_with(self, number: str = "") -> str:
        """The language in which a call with ``number`` (E.164, "" for a browser) begins.

        What the operator has set wins over the number's country; the embedded recogniser hears English only.
        """
        settings = self.settings
        if self.names_of(Kind.STT) == (LOCAL,):
            return EMBEDDED_LANGUAGE
        wanted = settings.language if "language" in settings.model_fields_set else None
        return chosen(None, wanted, number, settings.language)

    def provider_names(self) -> dict[str, str]:
        """The first choice for each job, by kind."""
        return {str(kind): choices[0].provider for kind, choices in self.choices.items()}


async def open_services(settings: Settings, closing: AsyncExitStack) -> Services:
    """Load and prewarm what the chosen providers need; ``closing`` closes it again.

    Raises SettingsError when the libraries of one are not installed.
    """
    choices = settings.choices()
    names = {kind: [choice.provider for choice in in_order] for kind, in_order in choices.items()}
    for kind, in_order in names.items():
        for name in in_order:
            maker_of(kind, SPECS[name])
    for rate in WINDOW:
        session(rate)
    await warm_up()
    writer = RecordWriter()
    closing.callback(writer.close)
    clients, openai = Clients(), None
    closing.push_async_callback(clients.close)
    if OPENAI in names[Kind.LLM]:
        key = settings.openai_api_key
        openai = openai_client(key.get_secret_value() if key else None, settings.openai_base_url)
        closing.push_async_callback(openai.close)
    recogniser = Recogniser() if LOCAL in names[Kind.STT] else None
    synthesiser = Synthesiser() if LOCAL in names[Kind.TTS] else None
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
        clients=clients,
        openai=openai,
        recogniser=recogniser,
        synthesiser=synthesiser,
    )
