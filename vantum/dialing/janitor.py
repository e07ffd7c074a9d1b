"""Takes over the work of dialers that are gone, and finds what was lost on the way. Any living dialer does it.

Law: no attempt and no lead is lost. What a dead dialer had begun is carried out again from where it stands; what is
live and in nobody's hands is given to the engine anew; a lead that is held by nothing is free again.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from loguru import logger
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.outreach.lead import LeadEvent
from vantum.dialing.engine import Engine, Job
from vantum.dialing.means import Means
from vantum.dialing.neighbours import gone, this_host
from vantum.dialing.wakers import Wakers
from vantum.store import attempts, dialers, leads
from vantum.store.attempts import Named
from vantum.store.bulk import on_sqlite
from vantum.store.columns import new_id
from vantum.store.models import Lead
from vantum.store.write_line import Haste

SILENT: Final = timedelta(seconds=15)
"""A dialer that gave no sign for so long is taken for dead. It beats every two seconds."""
KEPT: Final = timedelta(days=7)
"""How long dialers and finished jobs are remembered."""
MOST_LEADS: Final = 500
FREED: Final = "Its attempt was lost; the lead is called again."


class Janitor:
    """Looks after all dialers, for one of them."""

    def __init__(self, means: Means, engine: Engine, wakers: Wakers) -> None:
        self._means = means
        self._engine = engine
        self._wakers = wakers
        self._seen: frozenset[str] = frozenset()

    async def bury(self) -> None:
        """Find dialers that are gone, and do their work."""
        dead, jobs = await self._means.store.write(self._inherit)
        if dead:
            await self._engine.recover_dead(dead)
            logger.warning("Dialers are gone: their work is taken over.", dialers=len(dead), jobs=jobs)

    async def _inherit(self, session: AsyncSession) -> tuple[Collection[str], int]:
        """The dialers that are gone and have left something, and how much; it is enqueued anew."""
        now = await self._means.clock(session)
        for dialer_id in {*await dialers.silent(session, now - SILENT), *await _dead_here(session)}:
            if dialer_id != self._means.dialer_id:
                await dialers.stop(session, dialer_id, now)
        living = frozenset(await dialers.living(session))
        left = [each for each in await attempts.live(session) if each.claimed_by not in living]
        for each in left:
            await self._again(session, each)
        return {each.claimed_by for each in left if each.claimed_by is not None}, len(left)

    async def reconcile(self) -> None:
        """Compare attempts and leads with who has them in hand."""
        await self._means.store.write(self._requeue)
        freed = await self._means.store.write(self._free)
        if freed:
            logger.error("Leads were held by nothing.", leads=freed)

    async def _requeue(self, session: AsyncSession) -> None:
        living = frozenset(await dialers.living(session))
        lost = [each for each in await attempts.live(session) if self._is_lost(each, living)]
        for each in lost:
            # Twice in a row: what was enqueued just now is about to be begun.
            if each.id in self._seen:
                await self._again(session, each)
        self._seen = frozenset(each.id for each in lost)

    async def _again(self, session: AsyncSession, each: Named) -> None:
        """Have an attempt carried out once more, in this process: by its name it is taken up as another job."""
        await self._engine.enqueue_attempt(session, Job(each.org_id, each.id, run=new_id()[-12:]))

    def _is_lost(self, each: Named, living: Collection[str]) -> bool:
        if each.claimed_by == self._means.dialer_id:
            return each.id not in self._wakers.names
        return each.claimed_by not in living

    async def _free(self, session: AsyncSession) -> int:
        now = await self._means.clock(session)
        forsaken = await leads.forsaken(session, MOST_LEADS)
        for lead in forsaken:
            also: leads.Values = {
                Lead.next_attempt_at: now,
                Lead.leased_by: None,
                Lead.leased_at: None,
                Lead.state_reason: FREED,
            }
            await leads.move(session, lead.org_id, lead.id, lead.state, LeadEvent.REQUEUED, also)
        return len(forsaken)

    async def forget(self) -> None:
        """Remove what nobody needs any more of dialers and jobs."""
        async with self._means.store.reading() as session:
            now = await self._means.clock(session)
            owners = {each.claimed_by for each in await attempts.live(session) if each.claimed_by is not None}
        await self._means.store.write(
            lambda session: dialers.forget(session, now - KEPT, owners), Haste.PATIENT
        )
        await self._engine.purge(now - KEPT)


async def _dead_here(session: AsyncSession) -> Collection[str]:
    """Dialers of this machine whose process is gone. A file has no others; on Postgres a name may be that of several
    machines, and only silence tells."""
    if not on_sqlite(session):
        return ()
    return gone(await dialers.processes_on(session, this_host()))
