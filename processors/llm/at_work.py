"""A language model's service at work in a call: asked one question at a time, and told to stop.

Whatever it still makes of a question that nobody waits for any more is heard by nobody.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    FunctionCallsStartedFrame,
    InterruptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    LLMUpdateSettingsFrame,
    MetricsFrame,
    StartFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup
from pipecat.services.settings import LLMSettings

from processors.faults import provider_error, provider_error_told
from processors.inner import Inner
from processors.llm.call_under_way import CallUnderWay
from vantum.core.choice import Kind
from vantum.core.errors import ProviderError

STOP_SECONDS = 0.2
"""How long a service may take to leave a question; one that takes longer is not asked again."""
MOST_ITEMS = 1000
"""Tokens that wait to be taken: more make the service wait."""


Item = LLMTextFrame | CallUnderWay | FunctionCallsStartedFrame
"""What an answer is made of."""


class LLMAtWork:
    """One provider's service; what it makes belongs to ``owner``."""

    def __init__(self, owner: FrameProcessor, name: str, service: FrameProcessor) -> None:
        self.name = name
        self._owner = owner
        self._inner = Inner(owner, service, self._take)
        self._items: asyncio.Queue[Item | ProviderError | None] = asyncio.Queue(MOST_ITEMS)
        self._asked = self._answering = False
        self._stopped = asyncio.Event()
        self._stopped.set()
        self._broken: ProviderError | None = None

    def start(self, setup: FrameProcessorSetup, frame: StartFrame) -> None:
        """Begin to set the service up."""
        self._inner.start(setup, frame, self._failed)

    async def tell(self, settings: LLMSettings) -> None:
        """Change the service's settings: its system prompt, say."""
        await self._inner.send(LLMUpdateSettingsFrame(delta=settings))

    async def ready(self) -> bool:
        """Wait until it is done with the last question; False if it cannot be asked any more."""
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await self._stopped.wait()
        return self._stopped.is_set() and self._broken is None

    async def ask(self, context: LLMContext) -> None:
        """Ask for an answer, which ``next`` gives bit by bit."""
        self._items = asyncio.Queue(MOST_ITEMS)
        self._asked, self._answering = True, False
        await self._inner.send(LLMContextFrame(context))

    async def next(self) -> Item | None:
        """What comes next in the answer, None at its end. Raises ``ProviderError``."""
        if self._broken is not None:
            raise self._broken
        item = await self._items.get()
        if isinstance(item, ProviderError):
            raise item
        return item

    async def stop(self) -> None:
        """Nobody waits for the answer any more; its stream is closed at once."""
        if not self._asked:
            return
        if not self._answering and self._broken is None:
            # The question may still be on its way, and its answer would be taken for the next one.
            self._broken = ProviderError(Kind.LLM, self.name, "It had not begun with the question.")
        self._asked = self._answering = False
        self._stopped.clear()
        await self._inner.send(InterruptionFrame())

    async def close(self) -> None:
        """Let the service go."""
        await self._inner.close()

    async def _take(self, frame: Frame, direction: FrameDirection) -> None:
        match frame:
            case InterruptionFrame():
                self._stopped.set()
            case MetricsFrame():
                await self._owner.push_frame(frame, direction)
            case LLMFullResponseStartFrame() if self._asked and self._stopped.is_set():
                self._answering = True
            case ErrorFrame() if self._asked and self._stopped.is_set():
                await self._items.put(provider_error_told(Kind.LLM, self.name, frame))
            case _ if self._answering:
                await self._take_answer(frame, direction)

    async def _take_answer(self, frame: Frame, direction: FrameDirection) -> None:
        match frame:
            case LLMFullResponseEndFrame():
                self._asked = self._answering = False
                await self._items.put(None)
            case LLMTextFrame() | CallUnderWay():
                await self._items.put(frame)
            case FunctionCallsStartedFrame() if direction is FrameDirection.DOWNSTREAM:
                await self._items.put(frame)

    async def _failed(self, error: Exception) -> None:
        self._broken = provider_error(Kind.LLM, self.name, error)
        await self._items.put(self._broken)
