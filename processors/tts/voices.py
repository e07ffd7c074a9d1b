"""The voices that a call has put to work: each is made when it is first needed, and kept to the call's end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from weakref import proxy

from loguru import logger
from pipecat.processors.frame_processor import FrameProcessor, FrameProcessorSetup

from processors.failover import Candidate, Desk
from processors.faults import provider_error
from processors.tts.voice import Voice
from vantum.core.errors import CapacityError, ProviderError
from vantum.core.faults import Fault

CLOSE_SECONDS = 1.9
TTS = "tts"


class Voices:
    """Those of ``desk``; whoever is made later follows what was asked of those before."""

    def __init__(self, owner: FrameProcessor, desk: Desk[Voice]) -> None:
        self._owner = proxy(owner)
        self._candidates = _all_of(desk)
        self._open: dict[str, Voice] = {}
        self._setup: tuple[FrameProcessorSetup, int] | None = None
        self._asked_for: tuple[str | None, str | None] = (None, None)

    def set_up(self, setup: FrameProcessorSetup, rate: int) -> None:
        """The call begins; its audio has ``rate`` hertz."""
        self._setup = setup, rate

    async def of(self, name: str) -> Voice:
        """The voice of this name, at work."""
        if self._setup is None:
            raise RuntimeError("A voice speaks when its call was set up.")
        if name not in self._open:
            voice = self._candidates[name].make()
            await voice.open(self._owner, *self._setup)
            await voice.follow(*self._asked_for)
            self._open[name] = voice
        return self._open[name]

    async def finish(self, name: str, context_id: str) -> None:
        """No text follows for this voice in this context."""
        if name in self._open:
            await self._open[name].finish(context_id)

    async def abandon(self, name: str, context_id: str) -> None:
        """What this voice still has of this context is not wanted."""
        if name in self._open:
            await self._open[name].abandon(context_id)

    async def follow(self, language: str | None, voice: str | None) -> None:
        """Another language or voice, now and later."""
        self._asked_for = (language or self._asked_for[0], voice or self._asked_for[1])
        for known in self._open.values():
            await known.follow(language, voice)

    async def close(self) -> None:
        """Let all of them go, at once."""
        voices, self._open = list(self._open.values()), {}
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await asyncio.gather(*(voice.close() for voice in voices))
        except TimeoutError:
            logger.warning("A voice did not let go in time.")


def voice_error(name: str, error: Exception) -> ProviderError:
    """What it means that the voice ``name`` raised ``error``."""
    match error:
        case CapacityError():
            return ProviderError(TTS, name, str(error), Fault.RATE_LIMIT)
        case ValueError():
            return ProviderError(TTS, name, str(error), Fault.FATAL)
        case _:
            return provider_error(TTS, name, error)


def _all_of(desk: Desk[Voice]) -> Mapping[str, Candidate[Voice]]:
    found: dict[str, Candidate[Voice]] = {}
    while (candidate := desk.choose(found)) is not None:
        found[candidate.name] = candidate
    return found
