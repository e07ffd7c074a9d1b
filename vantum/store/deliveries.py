"""Messages to webhooks: claimed by whoever sends them, and what became of each.

Law: who claims a message has it until a moment; behind that, whoever looks takes it up again, so that a sender that
is killed loses nothing. Messages about one thing are sent in an order (``_held``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from vantum.core.outreach.delivery import FOLLOWS, SETTLED, Delivery, DeliveryState, replayed
from vantum.store.models import WebhookDelivery, WebhookEndpoint
from vantum.store.pages import Cut, Page, page
from vantum.store.webhooks import secrets_of
from vantum.store.words import EndpointState

LONGEST_ANSWER: Final = 1_024
"""Characters that are kept of an answer."""
MOST_REMOVED: Final = 5_000
"""Rows that one transaction removes."""


@dataclass(frozen=True, slots=True)
class Room:
    """How many messages a sender takes: ``most`` in all, and so many of one endpoint, of which ``busy`` are out."""

    most: int
    per_endpoint: int
    busy: Mapping[str, int]

    @property
    def full(self) -> tuple[str, ...]:
        """Endpoints that take no more."""
        return tuple(name for name, count in self.busy.items() if count >= self.per_endpoint)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is the sender's own until ``until``: where it goes, and what has become of it so far."""

    id: str
    org_id: str
    endpoint_id: str
    url: str
    event: str
    body: bytes = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    delivery: Delivery
    until: datetime


async def any_due(session: AsyncSession, at: datetime, room: Room) -> bool:
    """Whether anything can be claimed, in any organisation."""
    return (await session.execute(_due(at, room).limit(1))).first() is not None


async def claim(session: AsyncSession, at: datetime, until: datetime, room: Room) -> Sequence[Claimed]:
    """Take messages of all organisations that are due, those that wait longest first.

    On Postgres those that another transaction claims are left out; on SQLite nobody else writes meanwhile.
    """
    statement = (
        _due(at, room)
        .with_only_columns(WebhookDelivery, WebhookEndpoint)
        .order_by(WebhookDelivery.next_at, WebhookDelivery.id)
        .limit(room.most)
        .with_for_update(of=WebhookDelivery, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    taken, claimed = Counter(room.busy), list[Claimed]()
    for row, endpoint in await session.execute(statement):
        if taken[endpoint.id] < room.per_endpoint:
            taken[endpoint.id] += 1
            row.next_at = until
            claimed.append(_claimed(row, endpoint, at, until))
    await session.flush()
    return claimed


async def settle(session: AsyncSession, claimed: Claimed, after: Delivery, answer: str, at: datetime) -> bool:
    """Write down what became of an attempt; False when the message is the sender's no more, and nothing is changed.

    An endpoint that is gone is switched off, with all that waits for it.
    """
    statement = update(WebhookDelivery).where(
        WebhookDelivery.org_id == claimed.org_id,
        WebhookDelivery.id == claimed.id,
        WebhookDelivery.state == DeliveryState.PENDING,
        WebhookDelivery.next_at == claimed.until,
    )
    values = statement.values(
        state=after.state,
        attempts=after.attempts,
        next_at=after.next_at,
        first_attempt_at=after.first_at,
        last_attempt_at=at,
        response_code=after.status,
        response_text=answer[:LONGEST_ANSWER],
    )
    if (await session.execute(values.returning(WebhookDelivery.id))).first() is None:
        return False
    if after.state is DeliveryState.GONE:
        await _switch_off(session, claimed.org_id, claimed.endpoint_id)
    return True


async def get(session: AsyncSession, org_id: str, delivery_id: str) -> WebhookDelivery | None:
    """A message to one endpoint."""
    return await session.scalar(
        select(WebhookDelivery).where(WebhookDelivery.org_id == org_id, WebhookDelivery.id == delivery_id)
    )


async def listed(
    session: AsyncSession, org_id: str, endpoint_id: str, cut: Cut, state: DeliveryState | None = None
) -> Page[WebhookDelivery]:
    """What an endpoint was told or is to be told; with a ``state`` only that, such as dead letters."""
    where = [WebhookDelivery.endpoint_id == endpoint_id]
    where += [] if state is None else [WebhookDelivery.state == state]
    return await page(session, org_id, WebhookDelivery, cut, *where)


async def replay(session: AsyncSession, org_id: str, delivery_id: str, at: datetime) -> bool:
    """Send a message again, with the same id; False when there is none, IllegalMoveError for one that still waits."""
    row = await session.scalar(
        select(WebhookDelivery)
        .where(WebhookDelivery.org_id == org_id, WebhookDelivery.id == delivery_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        return False
    fresh = replayed(Delivery(row.next_at, row.state, row.attempts), at)
    row.state, row.attempts, row.next_at = fresh.state, fresh.attempts, fresh.next_at
    row.first_attempt_at, row.response_code, row.response_text = None, None, ""
    await session.flush()
    return True


async def replay_since(
    session: AsyncSession,
    org_id: str,
    endpoint_id: str,
    since: datetime,
    at: datetime,
    states: Collection[DeliveryState] = SETTLED,
) -> int:
    """Send again all that an endpoint was told since a moment, and tell how much; what waits stays as it is."""
    statement = update(WebhookDelivery).where(
        WebhookDelivery.org_id == org_id,
        WebhookDelivery.endpoint_id == endpoint_id,
        WebhookDelivery.state.in_(SETTLED & frozenset(states)),
        WebhookDelivery.created_at >= since,
    )
    values = statement.values(
        state=DeliveryState.PENDING,
        attempts=0,
        next_at=at,
        first_attempt_at=None,
        response_code=None,
        response_text="",
    )
    return len((await session.execute(values.returning(WebhookDelivery.id))).all())


async def remove_settled(session: AsyncSession, before: datetime) -> int:
    """Remove messages of all organisations that were settled before a moment, and tell how many; not all at once."""
    old = select(WebhookDelivery.id).where(
        WebhookDelivery.state != DeliveryState.PENDING, WebhookDelivery.updated_at < before
    )
    statement = delete(WebhookDelivery).where(WebhookDelivery.id.in_(old.limit(MOST_REMOVED)))
    return len((await session.execute(statement.returning(WebhookDelivery.id))).all())


def _due(at: datetime, room: Room) -> Select[str]:
    return (
        select(WebhookDelivery.id)
        .select_from(WebhookDelivery)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(
            WebhookDelivery.state == DeliveryState.PENDING,
            WebhookDelivery.next_at <= at,
            WebhookEndpoint.state == EndpointState.ACTIVE,
            WebhookDelivery.endpoint_id.not_in(room.full),
            ~_held(),
        )
    )


def _held() -> ColumnElement[bool]:
    """Whether a message has to wait for another about the same thing: ``core.outreach.delivery.is_held``, in SQL.

    Beside that law, what has not been tried at all goes first, so that messages arrive in the order of what happened
    as long as nothing fails. What follows something is no such obstacle: the two would wait for each other.
    """
    other = aliased(WebhookDelivery)
    follows = [
        and_(WebhookDelivery.event == later.value, other.event == earlier.value)
        for later, earlier in FOLLOWS.items()
    ]
    untried = and_(
        other.attempts == 0,
        other.id < WebhookDelivery.id,
        other.event.not_in([later.value for later in FOLLOWS]),
    )
    obstacle = select(other.id).where(
        other.endpoint_id == WebhookDelivery.endpoint_id,
        other.subject_id == WebhookDelivery.subject_id,
        other.state == DeliveryState.PENDING,
        or_(*follows, untried),
    )
    return obstacle.correlate(WebhookDelivery).exists()


def _claimed(row: WebhookDelivery, endpoint: WebhookEndpoint, at: datetime, until: datetime) -> Claimed:
    return Claimed(
        id=row.id,
        org_id=row.org_id,
        endpoint_id=endpoint.id,
        url=endpoint.url,
        event=row.event,
        body=row.body.encode(),
        secrets=secrets_of(endpoint, at),
        delivery=Delivery(until, row.state, row.attempts, row.first_attempt_at, row.response_code),
        until=until,
    )


async def _switch_off(session: AsyncSession, org_id: str, endpoint_id: str) -> None:
    endpoint = update(WebhookEndpoint).where(
        WebhookEndpoint.org_id == org_id, WebhookEndpoint.id == endpoint_id
    )
    await session.execute(endpoint.values(state=EndpointState.GONE))
    waiting = update(WebhookDelivery).where(
        WebhookDelivery.org_id == org_id,
        WebhookDelivery.endpoint_id == endpoint_id,
        WebhookDelivery.state == DeliveryState.PENDING,
    )
    await session.execute(waiting.values(state=DeliveryState.GONE, next_at=None))
