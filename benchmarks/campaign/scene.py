"""The organisation that calls in the campaign's benchmark: three campaigns, and a past in which all went well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.campaign.cast import OWN_NUMBER, RINGING_PLACE, number_of
from vantum.core.legal.case import LineType, Reason, Scope, Suppression, ZoneSource
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.outcome import AttemptOutcome, Disposition, Pickup
from vantum.store import contacts, leads, suppressions
from vantum.store.columns import new_id
from vantum.store.contacts import NewContact
from vantum.store.engine import Store
from vantum.store.models import Call, Campaign, Lead, Org, RetryPolicy
from vantum.store.words import CallStatus, Direction, Transport

OTHERS: Final = 10_000
"""The place from which on the numbers of the closing campaign are."""
CLOSING: Final = 24
"""Leads whose window closes."""
NIGHT: Final = 12
"""Leads who sleep."""
RINGING: Final = 12
"""Leads who never answer."""
CLOSES_AFTER: Final = timedelta(seconds=130)
PAST_CALLS: Final = 1_000
"""A server that is killed abandons calls, and the law's brake would end the benchmark: it is one of a campaign that
has called well for a day."""
ALL_DAY: Final = 1_440
BUSY_AGAIN: Final = 3
REFUSED_AGAIN: Final = 2
"""Seconds until the next attempt."""
RULES: Final[list[dict[str, object]]] = [
    {"outcome": "busy", "max_attempts": 2, "delays": [BUSY_AGAIN]},
    {"outcome": "refused", "max_attempts": 9, "delays": [REFUSED_AGAIN]},
]


@dataclass(frozen=True, slots=True)
class Group:
    """A campaign and its leads: their ids by number."""

    campaign: str
    leads: dict[str, str]


@dataclass(frozen=True, slots=True)
class Scene:
    """What is called. ``night`` are numbers of the closing campaign of people who sleep."""

    org: str
    main: Group
    closing: Group
    ringing: Group
    night: frozenset[str]
    closes_at: datetime
    concurrency: int

    @property
    def opted_out(self) -> tuple[str, ...]:
        """Those of the main campaign who are to ask, while it runs, not to be called: late ones, and an early one."""
        numbers = tuple(self.main.leads)
        late = numbers[-len(numbers) // 20 - 5 : -5]
        return (*late, numbers[0])


async def seed(store: Store, prospects: int, concurrency: int, per_second: float, pipeline: str) -> Scene:
    """Make it; the ringing campaign is a draft, the others run."""
    now = datetime.now(UTC)
    closes_at = (now + CLOSES_AFTER).replace(second=0, microsecond=0)

    async def make(session: AsyncSession) -> Scene:
        org = await _org(session, concurrency)
        policy = RetryPolicy(org_id=org, name="benchmark", rules=RULES, total_attempts=12)
        session.add(policy)
        await session.flush()
        usual = {
            "retry_policy_id": policy.id,
            "calls_per_second": per_second,
            "windows": _all_week(),
            "pipeline": pipeline,
        }
        main = await _group(
            session,
            org,
            [_person(place) for place in range(prospects)],
            {**usual, "name": "main", "max_concurrency": concurrency - 2},
        )
        _add_past(session, org, main.campaign, now)
        awake = [_person(OTHERS + place) for place in range(CLOSING)]
        asleep = [_person(OTHERS + CLOSING + place, _zone_at(3)) for place in range(NIGHT)]
        closing = await _group(
            session,
            org,
            [*awake, *asleep],
            {**usual, "name": "closing", "windows": _until(closes_at), "calls_per_second": 0.3},
        )
        rings = [_person(RINGING_PLACE + place) for place in range(RINGING)]
        draft = {**usual, "name": "ringing", "state": CampaignState.DRAFT, "max_concurrency": RINGING // 2}
        ringing = await _group(session, org, rings, draft)
        night = frozenset(person.e164 for person in asleep)
        return Scene(org, main, closing, ringing, night, closes_at, concurrency)

    return await store.write(make)


async def opt_out(store: Store, scene: Scene) -> datetime:
    """Some ask not to be called any more; tells when that was known."""

    async def ask(session: AsyncSession) -> None:
        for number in scene.opted_out:
            await suppressions.add(session, scene.org, Suppression(Scope.NUMBER, number, Reason.ASKED))

    await store.write(ask)
    return datetime.now(UTC)


async def _org(session: AsyncSession, concurrency: int) -> str:
    row = Org(slug=new_id(), name="Benchmark", country="US", region="NY", max_concurrency=concurrency)
    session.add(row)
    await session.flush()
    return row.id


async def _group(
    session: AsyncSession, org: str, people: Sequence[NewContact], facts: dict[str, Any]
) -> Group:
    usual = {"state": CampaignState.RUNNING, "from_numbers": [OWN_NUMBER]}
    campaign = Campaign(org_id=org, **{**usual, **facts})
    session.add(campaign)
    await session.flush()
    ids = await contacts.upsert(session, org, people)
    await leads.add(session, org, campaign.id, [*ids.values()], datetime.now(UTC))
    rows = await session.execute(select(Lead.contact_id, Lead.id).where(Lead.campaign_id == campaign.id))
    by_contact = dict(rows.all())
    return Group(campaign.id, {person.e164: by_contact[ids[person.e164]] for person in people})


def _person(place: int, zone: str | None = None) -> NewContact:
    return NewContact(
        e164=number_of(place),
        source="benchmark",
        name=f"Person {place}",
        line_type=LineType.LANDLINE,
        country="US",
        region="NY",
        timezone=zone or _zone_at(14),
        timezone_source=ZoneSource.EXPLICIT,
    )


def _zone_at(hour: int) -> str:
    """A time zone in which it is that hour: the benchmark runs at any time of the day."""
    ahead = (hour - datetime.now(UTC).hour + 11) % 24 - 11
    # Their signs are those of POSIX: what is ahead of Greenwich has a minus.
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/UTC"


def _all_week() -> list[dict[str, object]]:
    return [{"weekday": day, "start": 0, "end": ALL_DAY} for day in range(7)]


def _until(moment: datetime) -> list[dict[str, object]]:
    """Windows that close at a moment, by the clock of those for whom it is two o'clock now."""
    end = 14 * 60 + (moment - moment.replace(minute=0)) // timedelta(minutes=1)
    # The hour may be over by then.
    end += 60 * ((moment.hour - datetime.now(UTC).hour) % 24)
    return [{"weekday": day, "start": 0, "end": end} for day in range(7)]


def _add_past(session: AsyncSession, org: str, campaign: str, now: datetime) -> None:
    yesterday = now - timedelta(days=1)
    session.add_all(
        Call(
            org_id=org,
            campaign_id=campaign,
            direction=Direction.OUTBOUND,
            transport=Transport.TWILIO,
            status=CallStatus.ENDED,
            outcome=AttemptOutcome.ANSWERED_HUMAN,
            disposition=Disposition.NOT_INTERESTED,
            pickup=Pickup.IN_TIME,
            queued_at=yesterday,
            dialed_at=yesterday,
            answered_at=yesterday,
            ended_at=yesterday,
            created_at=yesterday,
        )
        for _ in range(PAST_CALLS)
    )
