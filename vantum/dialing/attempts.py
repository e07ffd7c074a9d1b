"""The life of one attempt, from wherever it stands: its token, the dial, what became of it, and its end.

Law: nobody is dialed twice. The row says DIALING, committed, before the phone is asked; whoever finds a row that
says so asks what became of it, and dials again only when it is proven that nothing did. Each step is this dialer's
only as long as the row names it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar
from weakref import WeakValueDictionary

from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.outreach.bucket import Wait
from vantum.core.outreach.lead import HELD, LeadEvent, LeadState
from vantum.dialing import telling
from vantum.dialing.engine import Job
from vantum.dialing.means import Means
from vantum.dialing.orders import order_of
from vantum.dialing.outcomes import STOPPED, Outcomes
from vantum.dialing.pacing import rates_of
from vantum.dialing.placer import (
    Absent,
    Order,
    Over,
    Placed,
    Placer,
    Refused,
    Report,
    Stage,
    UnderWay,
    Unknown,
)
from vantum.dialing.release import Gone, still_may
from vantum.dialing.wakers import Wakers
from vantum.store import attempts, buckets, campaigns, leads
from vantum.store.models import Call
from vantum.store.words import CallStatus

ASK_SECONDS: Final = 20.0
"""How long the phone may take to answer."""
FRESH_SECONDS: Final = 5.0
"""From the token to the question: who was frozen for longer does not know any more whether it may ask."""
SETTLE: Final = timedelta(seconds=45)
"""After a dial: longer than any answer takes, and than a carrier takes to list a call."""
LOOK_UP_SECONDS: Final = 2.0
GIVE_UP: Final = timedelta(minutes=15)
"""Without a trustworthy answer for so long, nobody will give one."""
FOLLOW_SECONDS: Final = 0.5
TALK_SECONDS: Final = 1.0
"""How often the phone is asked for a call that was answered: all that is awaited is its end."""
LONGEST_SECONDS: Final = 5 * 3_600.0
"""No call is longer (a carrier ends one after four hours): what nobody can tell of then is given up."""
FAILED_UNSEEN: Final = "Nobody can tell whether the call was placed."
LOST: Final = "Nobody can tell how the call ended."

Told = TypeVar("Told")

STATUS: Final = {
    Stage.DIALING: CallStatus.DIALING,
    Stage.RINGING: CallStatus.RINGING,
    Stage.IN_CALL: CallStatus.IN_CALL,
}


@dataclass(frozen=True, slots=True)
class Go:
    """The tokens are taken and the row says so: ask the phone now.

    There is no token for another call of the campaign within ``gap_seconds``.
    """

    order: Order
    gap_seconds: float


class Attempts:
    """Carries out the attempts of one dialer."""

    def __init__(self, means: Means, placer: Placer, wakers: Wakers, outcomes: Outcomes) -> None:
        self._means = means
        self._placer = placer
        self._wakers = wakers
        self._outcomes = outcomes
        # Of a campaign one at a time asks for a token, in the order in which they came.
        self._lines: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._free_at: dict[str, float] = {}
        """Before these moments of the loop there is no token for a campaign: nobody has to ask."""

    async def carry_out(self, job: Job) -> None:
        """Bring an attempt to its end; nothing for one that is over, or that somebody has in hand who lives."""
        with self._wakers.named(job.attempt_id) as is_mine:
            if not is_mine:
                return
            async with self._means.store.reading() as session:
                call = await attempts.within_reach(session, job.org_id, job.attempt_id, self._means.dialer_id)
            if call is not None and call.claimed_by != self._means.dialer_id:
                call = await self._means.store.write(lambda session: self._take_up(session, job))
            while call is not None:
                call = await self._step(call)

    async def _take_up(self, session: AsyncSession, job: Job) -> Call | None:
        me = self._means.dialer_id
        call = await attempts.take_up(session, job.org_id, job.attempt_id, me)
        if call is not None and call.lead_id is not None:
            lead = await leads.get(session, job.org_id, call.lead_id)
            if lead is not None and lead.state in HELD:
                lead.leased_by = me
        return call

    async def _step(self, call: Call) -> Call | None:
        """One step; the attempt as it stands then, None when it is over or another's."""
        if call.status is CallStatus.CLAIMED:
            return await self._dial(call)
        if call.record_id is None:
            return await self._settle(call)
        return await self._follow(call)

    # --- the dial -----------------------------------------------------------------------------------

    async def _dial(self, call: Call) -> Call | None:
        name = call.campaign_id or ""
        line = self._lines.get(name) or self._lines.setdefault(name, asyncio.Lock())
        loop = asyncio.get_running_loop()
        async with line:
            if (soon := self._free_at.get(name, 0.0) - loop.time()) > 0.0:
                await self._wakers.sleep(call.id, soon)
            asked_at = loop.time()
            while not isinstance(go := await self._means.store.write(lambda s: self._token(s, call)), Go):
                if not isinstance(go, Wait):
                    return None
                await self._wakers.sleep(call.id, go.seconds)
                asked_at = loop.time()
            self._free_at[name] = loop.time() + go.gap_seconds
        if loop.time() - asked_at > FRESH_SECONDS:
            return await self._again(call)
        match await self._asked(self._placer.place(go.order)):
            case Placed() as placed:
                return await self._placed(call, placed)
            case Refused() as refused:
                await self._outcomes.refused(call, refused)
                return None
            case Absent():
                # Nobody was asked. Not at once again, and not without asking for everything again.
                await self._wakers.sleep(call.id, LOOK_UP_SECONDS)
                return await self._means.store.write(lambda session: self._take_back(session, call))
            case _:
                return await self._again(call)

    async def _token(self, session: AsyncSession, call: Call) -> Go | Wait | Gone | None:
        """Ask the law again, take a token and write down that the phone is asked, all at one moment."""
        own = await attempts.own(session, call.org_id, call.id, self._means.dialer_id)
        if own is None or own.status is not CallStatus.CLAIMED:
            return None
        trunk, now = self._means.trunk, await self._means.clock(session)
        found = await still_may(session, own, trunk, now)
        if isinstance(found, Gone):
            return found
        party, decision = found
        rates = rates_of(party.campaign, trunk)
        given = await buckets.take(session, rates, self._means.clock)
        if isinstance(given, Wait):
            return given
        order = await order_of(session, own, party, decision.duties, trunk, now)
        own.status, own.dialed_at, own.placed_by = CallStatus.DIALING, now, self._placer.name
        # The number of this attempt, and not one more: a dial that never was one may be repeated.
        party.lead.attempts = own.attempt_no
        await session.flush()
        gap = max(rate.gap for rate in rates.values())
        return Go(order, gap / timedelta(seconds=1))

    async def _placed(self, call: Call, placed: Placed) -> Call | None:
        """The phone has the call: write down its name there, and the number that it calls from."""
        return await self._means.store.write(lambda session: self._name(session, call, placed))

    async def _name(self, session: AsyncSession, call: Call, placed: Placed) -> Call | None:
        own = await attempts.own(session, call.org_id, call.id, self._means.dialer_id)
        if own is None:
            return None
        own.record_id = placed.record_id
        own.from_number = placed.from_number or own.from_number
        await leads.move(session, own.org_id, own.lead_id or "", LeadState.LEASED, LeadEvent.PLACED)
        await session.flush()
        return own

    async def _asked(self, question: Awaitable[Told]) -> Told | Unknown:
        """What the phone says, within bounds."""
        try:
            async with asyncio.timeout(ASK_SECONDS):
                return await question
        except TimeoutError:
            return Unknown()

    async def _again(self, call: Call) -> Call | None:
        """The attempt as it stands now, if it is still this dialer's."""
        return await self._means.store.write(
            lambda session: attempts.own(session, call.org_id, call.id, self._means.dialer_id)
        )

    # --- what nobody knows --------------------------------------------------------------------------

    async def _settle(self, call: Call) -> Call | None:
        """The phone may have been asked, and the answer is lost: look for the call until it is certain."""
        order = Order(call.id, call.to_number, call.from_number, call.pipeline)
        while True:
            found = await self._looked_up(call, order)
            if isinstance(found, Placed):
                return await self._placed(call, found)
            now = await self._now()
            asked_at = call.dialed_at or now
            if isinstance(found, Absent) and now >= asked_at + SETTLE:
                return await self._means.store.write(lambda session: self._take_back(session, call))
            if isinstance(found, Unknown) and now >= asked_at + GIVE_UP:
                await self._outcomes.unknown(call, FAILED_UNSEEN)
                return None
            await self._wakers.sleep(call.id, LOOK_UP_SECONDS)

    async def _looked_up(self, call: Call, order: Order) -> Placed | Absent | Unknown:
        if call.placed_by != self._placer.name:
            # Another phone was asked: that this one knows nothing of it proves nothing.
            return Unknown()
        return await self._asked(self._placer.look_up(order))

    async def _take_back(self, session: AsyncSession, call: Call) -> Call | None:
        """It is proven that nothing was dialed: the claim stands as it did before."""
        own = await attempts.own(session, call.org_id, call.id, self._means.dialer_id)
        if own is None or own.status is not CallStatus.DIALING or own.record_id is not None:
            return None
        own.status, own.dialed_at = CallStatus.CLAIMED, None
        await session.flush()
        return own

    async def _now(self) -> datetime:
        async with self._means.store.reading() as session:
            return await self._means.clock(session)

    # --- the call -----------------------------------------------------------------------------------

    async def _follow(self, call: Call) -> Call | None:
        """Watch a call to its end."""
        loop = asyncio.get_running_loop()
        record_id, seen, called = call.record_id or "", UnderWay(Stage.DIALING), True
        last = loop.time() + LONGEST_SECONDS
        while True:
            match await self._reported(call, record_id):
                case Over() as over:
                    await self._outcomes.over(call, over)
                    return None
                case UnderWay() as told:
                    if (told.stage, told.sid) != (seen.stage, seen.sid):
                        if not await self._progress(call, told):
                            return None
                        seen = told
                    if called and told.answered_at is None and await self._is_stopped(call):
                        await self._asked(self._placer.hang_up(record_id))
            if loop.time() > last:
                await self._outcomes.unknown(call, LOST)
                return None
            talks = seen.stage is Stage.IN_CALL
            called = await self._wakers.sleep(call.id, TALK_SECONDS if talks else FOLLOW_SECONDS)

    async def _reported(self, call: Call, record_id: str) -> Report:
        if call.placed_by != self._placer.name:
            return Unknown()
        return await self._asked(self._placer.report(record_id))

    async def _progress(self, call: Call, told: UnderWay) -> bool:
        return await self._means.store.write(lambda session: self._write(session, call, told))

    async def _write(self, session: AsyncSession, call: Call, told: UnderWay) -> bool:
        own = await attempts.own(session, call.org_id, call.id, self._means.dialer_id)
        if own is None:
            return False
        own.status, own.answered_at = STATUS[told.stage], told.answered_at
        own.provider_sid = told.sid or own.provider_sid
        await session.flush()
        await telling.call_is(session, own, own.status, await self._means.clock(session))
        return True

    async def _is_stopped(self, call: Call) -> bool:
        async with self._means.store.reading() as session:
            campaign = await campaigns.get(session, call.org_id, call.campaign_id or "")
        return campaign is None or campaign.state in STOPPED
