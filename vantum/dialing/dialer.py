"""One dialer: its heartbeat, its claims, and the rounds in which it looks after campaigns and other dialers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeVar

from loguru import logger
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.dialing.attempts import Attempts
from vantum.dialing.claims import Claims
from vantum.dialing.engine import Engine, Work
from vantum.dialing.janitor import Janitor
from vantum.dialing.means import Means
from vantum.dialing.outcomes import AfterCall, Outcomes, tell_nobody
from vantum.dialing.overseer import Overseer
from vantum.dialing.placer import Placer
from vantum.dialing.wakers import Wakers
from vantum.store import dialers
from vantum.store.dialers import NewDialer

BEAT_SECONDS: Final = 2.0
CLAIM_SECONDS: Final = 0.25
CALL_OFF_SECONDS: Final = 0.5
OVERSEE_SECONDS: Final = 1.0
BURY_SECONDS: Final = 5.0
RECONCILE_SECONDS: Final = 30.0
FORGET_SECONDS: Final = 3_600.0

Result = TypeVar("Result")
NewEngine = Callable[[Work, Wakers], Engine]
"""Makes the engine of a dialer, which carries out attempts with the work it is given."""


class Dialer:
    """Dials until it is canceled, or finds that others have taken it for dead.

    It is opened with ``start``; the engine is its owner's to close.
    """

    def __init__(
        self, means: Means, placer: Placer, new_engine: NewEngine, told: AfterCall = tell_nobody
    ) -> None:
        self._means = means
        wakers = Wakers()
        attempts = Attempts(means, placer, wakers, Outcomes(means, told))
        self.engine = new_engine(attempts.carry_out, wakers)
        self._claims = Claims(means, self.engine)
        self._janitor = Janitor(means, self.engine, wakers)
        self._overseer = Overseer(means, self.engine)

    @property
    def brakes(self) -> Mapping[str, str]:
        """Why campaigns do not call now, in words, by their ids."""
        return self._claims.brakes

    async def start(self, host: str, pid: int, version: str) -> None:
        """Tell the others that this dialer begins."""
        me = NewDialer(self._means.dialer_id, host, pid, version)

        async def register(session: AsyncSession) -> None:
            await dialers.register(session, me, await self._means.clock(session))

        await self._means.store.write(register)

    async def run(self) -> None:
        """Dial; returns only when others have taken this dialer for dead."""
        beating = asyncio.create_task(self._beat(), name="dialer-beat")
        rounds = [
            asyncio.create_task(_every(seconds, work), name=f"dialer-{name}")
            for name, seconds, work in (
                ("claim", CLAIM_SECONDS, self._claim),
                ("call-off", CALL_OFF_SECONDS, self._overseer.call_off),
                ("oversee", OVERSEE_SECONDS, self._overseer.look),
                ("bury", BURY_SECONDS, self._janitor.bury),
                ("reconcile", RECONCILE_SECONDS, self._janitor.reconcile),
                ("forget", FORGET_SECONDS, self._janitor.forget),
            )
        ]
        try:
            await asyncio.wait((beating, *rounds), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (beating, *rounds):
                task.cancel()
            results = await asyncio.gather(beating, *rounds, return_exceptions=True)
        for result in results:
            # What is no fault of the database is one of ours.
            if isinstance(result, Exception):
                raise result
        logger.error("Others have taken this dialer for dead: it stops.")

    async def stop(self) -> None:
        """Tell the others that this dialer is no more: what it has in hand is theirs."""

        async def leave(session: AsyncSession) -> None:
            await dialers.stop(session, self._means.dialer_id, await self._means.clock(session))

        await self._means.store.write(leave)

    async def _beat(self) -> None:
        while await _guarded(self._tell) is not False:  # noqa: ASYNC110 - it beats
            await asyncio.sleep(BEAT_SECONDS)

    async def _tell(self) -> bool:
        async def beat(session: AsyncSession) -> bool:
            return await dialers.beat(session, self._means.dialer_id, await self._means.clock(session))

        return await self._means.store.write(beat)

    async def _claim(self) -> None:
        while (await self._claims.claim()).anything:
            pass


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await _guarded(work)
        await asyncio.sleep(seconds)


async def _guarded(work: Callable[[], Awaitable[Result]]) -> Result | None:
    """Do it; None when the database does not answer, and the next round tries again."""
    try:
        return await work()
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        logger.error("A dialer's round failed: the database does not answer.", reason=type(error).__name__)
        return None
