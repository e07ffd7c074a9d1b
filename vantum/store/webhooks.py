"""Webhooks' endpoints: the addresses that are told of events, what signs their messages, and whether they are on."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.errors import UsageError
from vantum.core.outreach.delivery import is_pattern
from vantum.store.models import WebhookEndpoint
from vantum.store.words import EndpointState

MOST_ENDPOINTS: Final = 20
"""Of one organisation: each event is written once for each of them."""
LONGEST_URL: Final = 2_000
LONGEST_DESCRIPTION: Final = 200
MOST_PATTERNS: Final = 40
OVERLAP: Final = timedelta(hours=24)
"""How long a secret that was replaced signs too, unless it is said otherwise."""
_SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """An address and the events it wants (``core.outreach.delivery.is_pattern``); ValueError for what cannot be.

    Whether the address may be called is asked elsewhere (``vantum.webhooks.addresses``): it depends on settings.
    """

    url: str
    events: tuple[str, ...]
    description: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.url) <= LONGEST_URL:
            raise ValueError(f"An address has 1 to {LONGEST_URL} characters.")
        if len(self.description) > LONGEST_DESCRIPTION:
            raise ValueError(f"A description has at most {LONGEST_DESCRIPTION} characters.")
        if not 1 <= len(self.events) <= MOST_PATTERNS:
            raise ValueError(f"An endpoint wants 1 to {MOST_PATTERNS} kinds of events.")
        unknown = [pattern for pattern in self.events if not is_pattern(pattern)]
        if unknown:
            raise ValueError(f"There is no event {unknown[0]!r}.")


def new_secret() -> str:
    """What signs an endpoint's messages: 256 random bits."""
    return f"whsec_{secrets.token_urlsafe(_SECRET_BYTES)}"


def secrets_of(endpoint: WebhookEndpoint, at: datetime) -> tuple[str, ...]:
    """What signs a message at a moment: the newest secret first, and the one before it while both are valid."""
    until = endpoint.old_secret_until
    old = endpoint.old_secret if until is not None and until > at else ""
    return (endpoint.secret, old) if old else (endpoint.secret,)


async def add(session: AsyncSession, org_id: str, new: NewEndpoint, secret: str) -> WebhookEndpoint:
    """Add an endpoint, which is told of everything from now on; UsageError when there are too many."""
    statement = select(func.count()).where(WebhookEndpoint.org_id == org_id)
    if (await session.scalar(statement) or 0) >= MOST_ENDPOINTS:
        raise UsageError(f"There are {MOST_ENDPOINTS} endpoints already.", "Remove one first.")
    endpoint = WebhookEndpoint(
        org_id=org_id,
        url=new.url,
        description=new.description,
        secret=secret,
        old_secret_until=None,
        events=list(new.events),
    )
    session.add(endpoint)
    await session.flush()
    return endpoint


async def get(session: AsyncSession, org_id: str, endpoint_id: str) -> WebhookEndpoint | None:
    """An endpoint."""
    return await session.scalar(select(WebhookEndpoint).where(_one(org_id, endpoint_id)))


async def listed(session: AsyncSession, org_id: str) -> Sequence[WebhookEndpoint]:
    """All endpoints, the oldest first."""
    statement = select(WebhookEndpoint).where(WebhookEndpoint.org_id == org_id)
    return (await session.scalars(statement.order_by(WebhookEndpoint.id))).all()


async def change(session: AsyncSession, org_id: str, endpoint_id: str, to: NewEndpoint) -> bool:
    """Give an endpoint another address, other events or another description; False when there is none."""
    statement = update(WebhookEndpoint).where(_one(org_id, endpoint_id))
    values = statement.values(url=to.url, events=list(to.events), description=to.description)
    return (await session.execute(values.returning(WebhookEndpoint.id))).first() is not None


async def rotate(
    session: AsyncSession, org_id: str, endpoint_id: str, secret: str, old_until: datetime
) -> bool:
    """Replace the secret; the one before signs too until ``old_until``, and any older one no more."""
    statement = update(WebhookEndpoint).where(_one(org_id, endpoint_id))
    values = statement.values(old_secret=WebhookEndpoint.secret, old_secret_until=old_until, secret=secret)
    return (await session.execute(values.returning(WebhookEndpoint.id))).first() is not None


async def switch(session: AsyncSession, org_id: str, endpoint_id: str, state: EndpointState) -> bool:
    """Switch an endpoint on or off. While it is off it is told of nothing new, and what waits goes on waiting."""
    statement = update(WebhookEndpoint).where(_one(org_id, endpoint_id)).values(state=state)
    return (await session.execute(statement.returning(WebhookEndpoint.id))).first() is not None


async def remove(session: AsyncSession, org_id: str, endpoint_id: str) -> bool:
    """Remove an endpoint with all that it was told."""
    statement = delete(WebhookEndpoint).where(_one(org_id, endpoint_id))
    return (await session.execute(statement.returning(WebhookEndpoint.id))).first() is not None


def _one(org_id: str, endpoint_id: str) -> ColumnElement[bool]:
    return and_(WebhookEndpoint.org_id == org_id, WebhookEndpoint.id == endpoint_id)
