"""Webhooks: what is told, in what form, how often it is tried, and what an answer means.

Law: a message is delivered, or dead after a day, and either is on record; a dead one can be replayed with the
same id, so that a receiver knows it for the same. Nothing about a call overtakes its ``call.ended``, or what
comes after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from vantum.core.errors import IllegalMoveError
from vantum.core.legal.case import utc
from vantum.core.legal.document import canonical
from vantum.core.outreach.moment import in_utc


class EventType(StrEnum):
    """What can be told."""

    CALL_QUEUED = "call.queued"
    CALL_RINGING = "call.ringing"
    CALL_ANSWERED = "call.answered"
    CALL_MACHINE = "call.machine"
    CALL_ENDED = "call.ended"  # of every call, also of one that never connected
    CALL_FAILED = "call.failed"
    CALL_RECORDING_READY = "call.recording_ready"
    CALL_ANALYZED = "call.analyzed"
    LEAD_QUALIFIED = "lead.qualified"
    LEAD_DISPOSITION_CHANGED = "lead.disposition_changed"
    LEAD_CALLBACK_REQUESTED = "lead.callback_requested"
    LEAD_EXHAUSTED = "lead.exhausted"
    CONTACT_DO_NOT_CALL = "contact.do_not_call"
    CONTACT_CONSENT_CHANGED = "contact.consent_changed"
    CAMPAIGN_STARTED = "campaign.started"
    CAMPAIGN_PAUSED = "campaign.paused"
    CAMPAIGN_COMPLETED = "campaign.completed"
    CAMPAIGN_BUDGET_REACHED = "campaign.budget_reached"
    IMPORT_FINISHED = "import.finished"


FOLLOWS: Mapping[EventType, EventType] = MappingProxyType(
    {
        EventType.CALL_ANALYZED: EventType.CALL_ENDED,
        EventType.CALL_RECORDING_READY: EventType.CALL_ENDED,
    }
)
"""What is not sent before the other has been settled, for the same call and endpoint."""
_TYPES: Final = frozenset(event.value for event in EventType)
_GROUPS: Final = frozenset(f"{event.value.partition('.')[0]}.*" for event in EventType)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is sent: ``id`` stays the same however often it is, ``data`` is JSON."""

    id: str
    type: EventType
    created_at: datetime
    org_id: str
    data: Mapping[str, object]

    def __post_init__(self) -> None:
        object.__setattr__(self, "created_at", in_utc(self.created_at))
        if not self.id or not self.org_id:
            raise ValueError("A message has an id and an organisation.")

    def body(self) -> bytes:
        """The bytes that are signed and sent: the same each time. Raises ValueError or TypeError for no JSON."""
        envelope = {
            "id": self.id,
            "type": self.type,
            "created_at": utc(self.created_at),
            "org_id": self.org_id,
            "data": dict(self.data),
        }
        return canonical(envelope).encode()


def is_pattern(text: str) -> bool:
    """Whether an endpoint can ask for ``text``: an event, a group such as ``call.*``, or ``*`` for all."""
    return text == "*" or text in _TYPES or text in _GROUPS


def wants(patterns: Iterable[str], event: EventType) -> bool:
    """Whether an endpoint that asks for ``patterns`` is told of ``event``."""
    group = f"{event.value.partition('.')[0]}.*"
    return any(pattern in ("*", group, event.value) for pattern in patterns)


# --- how often ------------------------------------------------------------------------------------------


def _seconds(*seconds: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(seconds=each) for each in seconds)


WAITS: Final = _seconds(10, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600, 28_800)
"""Behind each attempt, growing; the last one is not over after a day, so that the day decides."""
LONGEST: Final = timedelta(hours=24)
"""From the first attempt to the last."""
JITTER: Final = 0.1
"""Waits are longer by up to this share: receivers that come back are not met by all messages at once."""
LONGEST_ASKED: Final = timedelta(hours=1)
"""A receiver that asks for more time (``Retry-After``) gets at most so much."""
GONE: Final = 410


class DeliveryState(StrEnum):
    """What has become of a message to one endpoint."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"  # a day of attempts is over
    GONE = "gone"  # the receiver wants no more: its endpoint is switched off


SETTLED: Final = frozenset(DeliveryState) - {DeliveryState.PENDING}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one endpoint: attempts so far, the first and the next one, and the last answer's status.

    ``next_at`` is None once it is settled; ``status`` is None where nobody answered.
    """

    next_at: datetime | None
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    first_at: datetime | None = None
    status: int | None = None

    def __post_init__(self) -> None:
        if (self.next_at is None) is (self.state is DeliveryState.PENDING):
            raise ValueError("A message that waits has a next attempt, and a settled one has none.")


def answered(
    delivery: Delivery, status: int | None, now: datetime, chance: float, retry_after: float | None = None
) -> Delivery:
    """After an attempt that was answered with ``status`` (None: time-out, no connection, no answer).

    2xx is delivered and 410 means that the endpoint is gone; all others are tried again, redirects too, because
    none is followed. ``chance`` is a random number, 0..1; ``retry_after`` is what the receiver asked for, in
    seconds. Raises IllegalMoveError for a message that is settled.
    """
    if delivery.state is not DeliveryState.PENDING:
        raise IllegalMoveError(delivery.state, "an attempt")
    now = in_utc(now)
    first_at = delivery.first_at or now
    tried = replace(delivery, attempts=delivery.attempts + 1, first_at=first_at, status=status)
    if status is not None and 200 <= status < 300:
        return replace(tried, state=DeliveryState.DELIVERED, next_at=None)
    if status == GONE:
        return replace(tried, state=DeliveryState.GONE, next_at=None)
    next_at = now + _wait(tried.attempts, chance, retry_after)
    if next_at > first_at + LONGEST:
        return replace(tried, state=DeliveryState.DEAD, next_at=None)
    return replace(tried, next_at=next_at)


def replayed(delivery: Delivery, now: datetime) -> Delivery:
    """The same message from the start, whatever became of it; IllegalMoveError for one that still waits."""
    if delivery.state is DeliveryState.PENDING:
        raise IllegalMoveError(delivery.state, "replaying")
    return Delivery(in_utc(now))


def is_held(event: EventType, settled: Mapping[EventType, DeliveryState]) -> bool:
    """Whether ``event`` has to wait for another of the same call and endpoint.

    ``settled`` has the states of those that there are; one that the endpoint did not ask for is not waited for.
    """
    earlier = FOLLOWS.get(event)
    return earlier is not None and settled.get(earlier) is DeliveryState.PENDING


def _wait(attempts: int, chance: float, retry_after: float | None) -> timedelta:
    wait = WAITS[min(attempts, len(WAITS)) - 1] * (1 + JITTER * chance)
    if retry_after is None:
        return wait
    return max(wait, timedelta(seconds=min(max(0.0, retry_after), LONGEST_ASKED.total_seconds())))
