"""One answer, whoever gives it: one that breaks off ends where it may, or another model goes on with it.

| what fails | what is done |
|---|---|
| before the first token | ``llm_first_token.py``: retries, then the next model |
| an error after it, or 2 s of nothing | behind a sentence that says something the answer ends; else another goes on |
| that as well | the answer ends, and the error is told |

A beginning that nobody hears yet is waited for less long. A call of a tool that was begun is asked for again.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from loguru import logger
from pipecat.frames.frames import FunctionCallsStartedFrame, LLMTextFrame
from pipecat.processors.aggregators.llm_context import LLMContextMessage
from pipecat.processors.frame_processor import FrameProcessor

from processors.failover import Desk
from processors.llm.at_work import Item, LLMAtWork
from processors.llm.call_under_way import CallUnderWay
from processors.llm.first_token import FirstToken, silent, with_messages
from vantum.core.break_splitter import BreakSplitter
from vantum.core.errors import ProviderError
from vantum.core.first_token import GO_ON_SECONDS, STALL_SECONDS, early_go_on, early_stall
from vantum.core.going_on import GO_ON, Seam, marker_rest, may_end


@dataclass(slots=True)
class Given:
    """What has been given of the answer; what is ``audible`` is enough to be spoken."""

    text: str = ""
    audible: bool = False
    calling: bool = False
    called: bool = False


class Answer:
    """An answer for ``owner``, in ``language``; its first token is due at ``deadline`` by ``time.monotonic()``."""

    def __init__(
        self,
        owner: FrameProcessor,
        desk: Desk[FrameProcessor],
        first: FirstToken,
        deadline: float,
        language: str,
    ) -> None:
        self._owner = owner
        self._desk = desk
        self._first = first
        self._deadline = deadline
        self._language = language
        self._given = Given()
        self._seam = Seam("")
        self._splitter = BreakSplitter(language)

    @property
    def given(self) -> Given:
        """What has been given of it."""
        return self._given

    async def give(self) -> None:
        """Give the answer. Raises ``ProviderError`` if nobody gives it, or not to its end."""
        error: ProviderError | None = None
        try:
            await self._whole()
        except ProviderError as failed:
            error = failed
        finally:
            await self._first.leave()
        await self._text(self._seam.flush())
        await self._text(marker_rest(self._given.text))
        if error is not None:
            raise error

    async def _whole(self) -> None:
        model, item = await self._first.of_anybody(self._deadline)
        try:
            await self._follow(model, item)
        except ProviderError as error:
            logger.info("An answer broke off.", provider=model.name, fault=str(error.fault))
            self._desk.failed(error)
            if not self._may_end():
                await self._go_on(error)

    async def _go_on(self, error: ProviderError) -> None:
        """Have another go on with what was given, in words that are part of no conversation."""
        await self._text(marker_rest(self._given.text))
        said, self._given.calling = self._given.text, False
        self._seam = Seam(said)
        if said:
            context = self._first.context
            more: list[LLMContextMessage] = [
                {"role": "assistant", "content": said.rstrip()},
                {"role": "user", "content": GO_ON},
            ]
            self._first.context = with_messages(context, [*context.get_messages(), *more])
        now = time.monotonic()
        seconds = GO_ON_SECONDS if self._given.audible else early_go_on(self._deadline - now)
        try:
            await self._follow(*await self._first.of_another(error, now + seconds))
        except ProviderError as again:
            self._desk.failed(again)
            if not self._may_end():
                raise

    def _may_end(self) -> bool:
        """Calls that were made are an answer; one that was begun is still to be made."""
        given = self._given
        return given.called or (not given.calling and may_end(given.text, self._language))

    async def _follow(self, model: LLMAtWork, item: Item | None) -> None:
        """Give what comes, to the end of the answer."""
        while item is not None:
            await self._give(item)
            seconds = self._stall_seconds()
            try:
                async with asyncio.timeout(seconds):
                    item = await model.next()
            except TimeoutError:
                raise silent(model.name, seconds) from None

    def _stall_seconds(self) -> float:
        if self._given.audible or self._given.calling:
            return STALL_SECONDS
        return early_stall(self._deadline - time.monotonic())

    async def _give(self, item: Item) -> None:
        match item:
            case LLMTextFrame():
                text = self._seam.feed(item.text)
                await self._text(text, item if text == item.text else None)
            case CallUnderWay():
                self._given.calling = True
            case FunctionCallsStartedFrame():
                self._given.called = True
                await self._text(self._seam.flush())
                await self._owner.broadcast_frame(
                    FunctionCallsStartedFrame, function_calls=item.function_calls
                )

    async def _text(self, text: str, frame: LLMTextFrame | None = None) -> None:
        """Say ``text``, by the ``frame`` in which it came where it is unchanged."""
        if text:
            self._given.text += text
            self._given.audible = self._given.audible or bool(self._splitter.feed(text))
            await self._owner.push_frame(frame or LLMTextFrame(text))
