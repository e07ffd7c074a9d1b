"""Events for webhooks, and a sender's room, for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from tests.vantum.store.rows import NOON
from vantum.core.outreach.delivery import EventType
from vantum.store.deliveries import Room
from vantum.store.outbox import Event

QUEUED: Final = EventType.CALL_QUEUED
ENDED: Final = EventType.CALL_ENDED
ANALYZED: Final = EventType.CALL_ANALYZED
ALL: Final = Room(most=20, per_endpoint=20, busy={})


def event(kind: EventType, subject: str = "call-1", at: datetime = NOON) -> Event:
    """Something that happened to a call."""
    return Event(kind, subject, {"call": {"id": subject}}, at)


def room(most: int = 20, per_endpoint: int = 20, **busy: int) -> Room:
    """Room for so many messages."""
    return replace(ALL, most=most, per_endpoint=per_endpoint, busy=busy)
