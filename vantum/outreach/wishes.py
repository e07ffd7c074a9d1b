"""Watches every call while it runs: who asks not to be called any more is not called from that second on.

Law: nothing here holds up a call, and no failure of the database ends one. What could not be written while the call
ran is found in its record when it is over.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from loguru import logger
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.call_facts import CallFacts, Direction
from vantum.core.events import CallEnded, Event
from vantum.core.outreach.listening import (
    Confirm,
    Listening,
    Maybe,
    News,
    Promised,
    Wished,
)
from vantum.core.outreach.opt_out import confirmation
from vantum.outreach.opting_out import opt_out
from vantum.outreach.other_end import other_ends
from vantum.outreach.promising import promise
from vantum.outreach.recorded_call import is_e164
from vantum.store.engine import Store
from vantum.store.write_line import Haste

TRIES: Final = 5
WAIT_SECONDS: Final = 1.0
"""Between two tries to write; the record of the call is read anyway when it is over."""
CLOSE_SECONDS: Final = 5.0
"""What is being written when the server ends gets so long."""


class Line(Protocol):
    """A call under way."""

    @property
    def facts(self) -> CallFacts:
        """Who calls whom."""

    @property
    def language(self) -> str:
        """The language in which it goes on, a tag."""

    async def say(self, words: str) -> None:
        """Have the bot say ``words`` next."""


class Wishes:
    """Watches the calls of a process; ``line_of`` gives the call under way with an id.

    ``over`` is told of each call that is over.
    """

    def __init__(
        self,
        store: Store,
        line_of: Callable[[str], Line | None],
        over: Callable[[str], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._line_of = line_of
        self._over = over
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()

    def observe(self, call_id: str) -> Callable[[Event], None]:
        """Watch a call that begins."""
        listening, begun = Listening(), time.monotonic()

        def watch(event: Event) -> None:
            for news in listening.hear(event, time.monotonic() - begun):
                if isinstance(news, Maybe):
                    self._start(self._ask_again(call_id, listening, news))
                elif (who := self._who(call_id)) is not None:
                    self._start(self._heed(call_id, *who, news))
            if isinstance(event, CallEnded):
                self._over(call_id)

        return watch

    async def close(self) -> None:
        """Wait for what is being written, within bounds."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_SECONDS)
        for task in self._tasks:
            task.cancel()

    def _who(self, call_id: str) -> tuple[str, Line] | None:
        """The number at the other end of a call under way, and the call; None where there is none."""
        # Looked up each time: who is watched must not be held by the watcher.
        line = self._line_of(call_id)
        number = "" if line is None else _other_number(line.facts)
        return None if line is None or not number else (number, line)

    async def _ask_again(self, call_id: str, listening: Listening, maybe: Maybe) -> None:
        await asyncio.sleep(maybe.seconds)
        for news in listening.stands(maybe):
            if (who := self._who(call_id)) is not None:
                await self._heed(call_id, *who, news)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name="wish")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _heed(self, call_id: str, number: str, line: Line, news: News) -> None:
        match news:
            case Wished():
                await self._opt_out(call_id, number, news)
            case Promised():
                await self._promise(call_id, number, news)
            case Confirm():
                with suppress(TimeoutError):
                    async with asyncio.timeout(CLOSE_SECONDS):
                        await line.say(confirmation(line.language))

    async def _opt_out(self, call_id: str, number: str, wished: Wished) -> None:
        at = self._clock()

        async def write(session: AsyncSession) -> None:
            for end in await other_ends(session, call_id, number):
                await opt_out(session, end, wished.said, wished.voice, at)

        if await self._written(write, call_id):
            logger.info("A caller asked not to be called any more.", call=call_id, by=wished.voice.value)

    async def _promise(self, call_id: str, number: str, promised: Promised) -> None:
        at = self._clock()

        async def write(session: AsyncSession) -> None:
            for end in await other_ends(session, call_id, number):
                await promise(session, end, promised.words, at, at)

        if await self._written(write, call_id):
            logger.info("A callback was promised.", call=call_id)

    async def _written(
        self, write: Callable[[AsyncSession], Coroutine[Any, Any, None]], call_id: str
    ) -> bool:
        """Whether it was written, in some tries."""
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(WAIT_SECONDS)
            try:
                await self._store.write(write, Haste.URGENT)
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                # Not the error's own words: they hold what was to be written.
                logger.error("A wish could not be written yet.", call=call_id, reason=type(error).__name__)
            else:
                return True
        return False


def _other_number(facts: CallFacts) -> str:
    """The number at the other end, E.164; "" where there is none, as in a browser: nobody can call it."""
    number = facts.to_number if facts.direction is Direction.OUTBOUND else facts.from_number
    return number if is_e164(number) else ""
