"""Events for webhooks, written in the transaction of what they tell of: one is there if and only if the other is.

``news`` makes them out of rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.outreach.delivery import DeliveryState, Envelope, EventType, wants
from vantum.store.bulk import insert_rows, inserting
from vantum.store.columns import ID_LENGTH, new_id, now
from vantum.store.models import WebhookDelivery, WebhookEndpoint
from vantum.store.words import EndpointState

LARGEST_BODY: Final = 262_144
"""Bytes; a message that would be larger says so instead, and its data can be asked for."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to ``subject_id``, such as a call; ``data`` is JSON.

    The same ``id`` told twice is one message. Raises ValueError for a subject that is no id.
    """

    type: EventType
    subject_id: str
    data: Mapping[str, object]
    at: datetime
    id: str = field(default_factory=new_id)

    def __post_init__(self) -> None:
        if not 1 <= len(self.subject_id) <= ID_LENGTH:
            raise ValueError("An event is about something that has an id.")


async def tell(session: AsyncSession, org_id: str, event: Event) -> int:
    """Write an event down for every endpoint that wants it, and tell how many are new. TypeError for no JSON."""
    statement = select(WebhookEndpoint).where(
        WebhookEndpoint.org_id == org_id, WebhookEndpoint.state == EndpointState.ACTIVE
    )
    endpoints = [each for each in await session.scalars(statement) if wants(each.events, event.type)]
    if not endpoints:
        return 0
    body, moment = _body(org_id, event), now()
    rows = [
        {
            "id": new_id(),
            "org_id": org_id,
            "endpoint_id": endpoint.id,
            "event_id": event.id,
            "event": event.type.value,
            "subject_id": event.subject_id,
            "body": body,
            "state": DeliveryState.PENDING,
            "attempts": 0,
            "next_at": event.at,
            "response_text": "",
            "created_at": moment,
            "updated_at": moment,
        }
        for endpoint in endpoints
    ]
    insert = inserting(session, WebhookDelivery).on_conflict_do_nothing()
    return len(await insert_rows(session, insert, rows, ("id",)))


def _body(org_id: str, event: Event) -> str:
    body = Envelope(event.id, event.type, event.at, org_id, event.data).body()
    if len(body) > LARGEST_BODY:
        told = {"subject_id": event.subject_id, "too_large": len(body)}
        body = Envelope(event.id, event.type, event.at, org_id, told).body()
    return body.decode()
