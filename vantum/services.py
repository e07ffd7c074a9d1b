"""What all calls of a process share: models, pools of workers, HTTP clients, the pacer, the record's writer.

Opened once before the first call and closed after the last; nothing in it belongs to one call.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from openai import AsyncOpenAI

from processors.embedded.speech import LocalSpeech
from processors.openai_llm import openai_client
from processors.silero import SileroBatch, session
from transports.pacer import Pacer
from vantum.core.choice import Choice, Kind, Provider
from vantum.core.errors import ProviderError
from vantum.record import RecordWriter
from vantum.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """The process's shared parts. ``choices`` says who does each job, and why."""

    settings: Settings
    choices: dict[Kind, Choice]
    writer: RecordWriter
    silero: SileroBatch = field(default_factory=SileroBatch)
    pacer: Pacer = field(default_factory=Pacer)
    openai: AsyncOpenAI | None = None
    speech: LocalSpeech | None = None

    def local_speech(self) -> LocalSpeech:
        """The embedded STT and TTS; only there when a choice asks for it."""
        if self.speech is None:
            raise ProviderError("stt", "local", "the embedded speech providers were not opened")
        return self.speech

    def provider_names(self) -> dict[str, str]:
        """The provider of each job, by kind."""
        return {str(kind): str(choice.provider) for kind, choice in self.choices.items()}


async def open_services(settings: Settings, closing: AsyncExitStack) -> Services:
    """Load and prewarm what the chosen providers need; ``closing`` closes it again."""
    choices = settings.choices()
    session()
    writer = RecordWriter()
    closing.callback(writer.close)
    openai = None
    if choices[Kind.LLM].provider is Provider.OPENAI:
        key = settings.openai_api_key
        openai = openai_client(key.get_secret_value() if key else None, settings.openai_base_url)
        closing.push_async_callback(openai.close)
    speech = None
    if Provider.LOCAL in (choices[Kind.STT].provider, choices[Kind.TTS].provider):
        speech = LocalSpeech()
        closing.push_async_callback(speech.close)
        await speech.start()
    return Services(settings, choices, writer, openai=openai, speech=speech)
