"""The first token of an answer: asked for again where that helps, of the next model where it does not.

Retries are those of ``core/retry.py``, times those of ``core/first_token.py``. A conversation that is too long is
halved, once, and the same model asked again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping

from loguru import logger
from pipecat.frames.frames import InputTransportMessageFrame, OutputTransportMessageUrgentFrame
from pipecat.processors.aggregators.llm_context import LLMContext, LLMContextMessage
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.failover import Candidate, Desk
from processors.llm.at_work import Item, LLMAtWork
from processors.llm.bench import LLMBench
from vantum.core.choice import Kind
from vantum.core.conversation import newer_half
from vantum.core.errors import ProviderError
from vantum.core.events import ContextTooLong
from vantum.core.faults import Fault
from vantum.core.first_token import next_try, share
from vantum.core.retry import jittered

Chance = Callable[[], float]
Begun = tuple[LLMAtWork, Item | None]
"""Who answers, and what came first: None for an answer without anything."""


class FirstToken:
    """Asks the models of ``desk``, in the name of ``owner``, for an answer to ``context``."""

    def __init__(
        self,
        owner: FrameProcessor,
        desk: Desk[FrameProcessor],
        bench: LLMBench,
        context: LLMContext,
        chance: Chance,
    ) -> None:
        self.context = context
        self._owner = owner
        self._desk = desk
        self._bench = bench
        self._chance = chance
        self._halved = False
        self._model: LLMAtWork | None = None

    async def of_anybody(self, deadline: float) -> Begun:
        """Who answers, before ``deadline`` by ``time.monotonic()``. Raises ``ProviderError`` if nobody does."""
        tried: list[str] = []
        error: ProviderError | None = None
        while (candidate := self._desk.choose(tried)) is not None:
            tried.append(candidate.name)
            now = time.monotonic()
            seconds = share(deadline - now, self._others(tried))
            if error is not None and seconds <= 0:
                break
            await self._begin(candidate, error)
            try:
                return await self._patiently(candidate, now + seconds)
            except ProviderError as failed:
                self._desk.failed(failed)
                error = failed
        raise error or ProviderError(self._desk.kind, "nobody", "There is no language model.", Fault.FATAL)

    async def of_another(self, error: ProviderError, until: float) -> Begun:
        """The next model, or the same one where there is no other, once. Raises ``ProviderError``."""
        candidate = self._desk.choose((self._desk.serving,)) or self._desk.choose()
        if candidate is None:
            raise error
        await self._begin(candidate, error)
        return await self._ask(candidate, until)

    async def leave(self) -> None:
        """Nobody waits for the answer any more."""
        model, self._model = self._model, None
        if model is not None:
            await model.stop()

    def _others(self, tried: list[str]) -> int:
        passed = list(tried)
        while (candidate := self._desk.choose(passed)) is not None:
            passed.append(candidate.name)
        return len(passed) - len(tried)

    async def _begin(self, candidate: Candidate[FrameProcessor], error: ProviderError | None) -> None:
        switched = self._desk.begin(candidate.name, error)
        if switched is not None:
            await self._owner.push_frame(OutputTransportMessageUrgentFrame(message=switched))

    async def _patiently(self, candidate: Candidate[FrameProcessor], until: float) -> Begun:
        """The first token of a candidate, with the retries that fit in ``until`` then."""
        tries = 0
        while True:
            try:
                return await self._ask(candidate, until)
            except ProviderError as error:
                if error.too_long and await self._halve():
                    continue
                wait = next_try(error.fault, error.retry_after, tries, until - time.monotonic())
                if wait is None:
                    raise
                tries += 1
                await asyncio.sleep(jittered(wait, self._chance()))

    async def _ask(self, candidate: Candidate[FrameProcessor], until: float) -> Begun:
        """What comes first of a candidate's answer, before ``until``."""
        await self.leave()
        began = time.monotonic()
        try:
            async with asyncio.timeout(until - began):
                model = self._model = await self._bench.model(candidate)
                await model.ask(self.context)
                item = await model.next()
        except TimeoutError:
            raise silent(candidate.name, time.monotonic() - began) from None
        self._desk.served(time.monotonic() - began)
        return model, item

    async def _halve(self) -> bool:
        """Forget the older half; False when that has been done, or nothing is left to forget."""
        messages = self.context.get_messages()
        newer = newer_half(messages, _is_result)
        if self._halved or len(newer) == len(messages):
            return False
        self._halved = True
        self.context = with_messages(self.context, newer)
        logger.info("A conversation was too long.", messages=len(messages), left=len(newer))
        await self._owner.push_frame(
            InputTransportMessageFrame(message=ContextTooLong()), FrameDirection.UPSTREAM
        )
        return True


def silent(provider: str, seconds: float) -> ProviderError:
    """Nothing came for so long."""
    return ProviderError(Kind.LLM, provider, f"Nothing came for {seconds:.1f} s.", Fault.NETWORK)


def with_messages(context: LLMContext, messages: list[LLMContextMessage]) -> LLMContext:
    """``context``, the same tools among it, with other messages."""
    return LLMContext(messages=messages, tools=context.tools, tool_choice=context.tool_choice)


def _is_result(message: LLMContextMessage) -> bool:
    return isinstance(message, Mapping) and message.get("role") == "tool"
