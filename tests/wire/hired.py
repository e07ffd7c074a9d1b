"""A provider as a call has it: made by its maker of its settings, and, when it is a voice, spoken with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from openai import AsyncOpenAI
from pipecat.frames.frames import Frame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup

from processors.embedded.engines import Recogniser, Synthesiser
from processors.tts.piece import Word
from processors.tts.voice import Voice
from tests.wire.conftest import run_line
from vantum.core.choice import Kind
from vantum.core.provider_specs import SPECS
from vantum.providers import maker_of
from vantum.providers.brief import Brief
from vantum.providers.clients import Clients

KEY = "secret-0123456789abcdef"


@dataclass(slots=True)
class Process:
    """What the calls of a process share, as far as these tests go."""

    clients: Clients = field(default_factory=Clients)
    openai: AsyncOpenAI | None = None
    recogniser: Recogniser | None = None
    synthesiser: Synthesiser | None = None


@asynccontextmanager
async def process() -> AsyncIterator[Process]:
    """A process whose clients are closed behind the test."""
    shared = Process()
    try:
        yield shared
    finally:
        await shared.clients.close()


def brief(
    kind: Kind, name: str, shared: Process, *, language: str = "en", rate: int = 16_000, **values: str
) -> Brief:
    """What the maker is told: the keys are ``KEY``, and the rest the defaults, but for ``values``."""
    spec = SPECS[name]
    settings = {**dict.fromkeys(spec.keys, KEY), **spec.settings, **values}
    wanted = settings.get(spec.voice_setting, "female")
    return Brief(kind, spec, settings, language, wanted, rate, rate == 8_000, shared)


def hired(told: Brief) -> FrameProcessor:
    """A recogniser or a language model, made by its maker."""
    made = maker_of(told.kind, told.spec)(told)
    assert isinstance(made, FrameProcessor)
    return made


@dataclass(frozen=True, slots=True)
class Said:
    """What a voice made of a text: its audio (PCM16), and its words with their times."""

    pcm: bytes
    words: list[tuple[str, float]]


class Speaker(FrameProcessor):
    """The owner of a voice, in a pipeline."""

    def __init__(self, voice: Voice, rate: int) -> None:
        super().__init__(enable_direct_mode=True)
        self.voice = voice
        self._rate = rate

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        await super().setup(setup)
        await self.voice.open(self, setup, self._rate)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        await self.voice.close()
        await super().cleanup()

    async def say(self, text: str, context_id: str = "turn-1") -> Said:
        """Speak one piece to its end."""
        pcm, words = b"", list[tuple[str, float]]()
        async for item in self.voice.speak(text, context_id):
            if isinstance(item, Word):
                words.append((item.text, round(item.start, 3)))
            else:
                pcm += item
        return Said(pcm, words)


@asynccontextmanager
async def speaking(told: Brief) -> AsyncIterator[Speaker]:
    """A voice, made by its maker, at work."""
    voice: Voice = maker_of(told.kind, told.spec)(told)  # type: ignore[assignment]
    speaker = Speaker(voice, told.rate)
    async with run_line(speaker):
        yield speaker
