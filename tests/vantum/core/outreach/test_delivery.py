"""Webhooks: what is told, how often, and what an answer means."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.errors import IllegalMoveError
from vantum.core.outreach.delivery import (
    JITTER,
    LONGEST,
    WAITS,
    Delivery,
    DeliveryState,
    Envelope,
    EventType,
    answered,
    is_held,
    is_pattern,
    replayed,
    wants,
)

NOW = datetime(2026, 11, 18, 17, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NEW = Delivery(NOW)
S = DeliveryState

SPEC = """
call.queued call.ringing call.answered call.machine call.ended call.failed call.recording_ready call.analyzed
lead.qualified lead.disposition_changed lead.callback_requested lead.exhausted
contact.do_not_call contact.consent_changed
campaign.started campaign.paused campaign.completed campaign.budget_reached
import.finished
"""


def test_every_event_of_the_list_can_be_told() -> None:
    assert [event.value for event in EventType] == SPEC.split()


def test_an_envelope_is_the_same_bytes_each_time() -> None:
    envelope = Envelope("e1", EventType.CALL_ENDED, NOW, "o1", {"call": {"id": "c1"}, "ü": 1})
    assert (
        envelope.body()
        == Envelope("e1", EventType.CALL_ENDED, NOW, "o1", {"ü": 1, "call": {"id": "c1"}}).body()
    )
    assert json.loads(envelope.body()) == {
        "id": "e1",
        "type": "call.ended",
        "created_at": "2026-11-18T17:00:00+00:00",
        "org_id": "o1",
        "data": {"call": {"id": "c1"}, "ü": 1},
    }


def test_an_envelope_makes_sense() -> None:
    for ids in (("", "o1"), ("e1", "")):
        with pytest.raises(ValueError, match="an id and an organisation"):
            Envelope(ids[0], EventType.CALL_ENDED, NOW, ids[1], {})
    with pytest.raises(TypeError):
        Envelope("e1", EventType.CALL_ENDED, NOW, "o1", {"at": NOW}).body()
    with pytest.raises(ValueError, match="JSON"):
        Envelope("e1", EventType.CALL_ENDED, NOW, "o1", {"share": float("nan")}).body()


@pytest.mark.parametrize(
    ("pattern", "event", "expected"),
    [
        ("*", EventType.IMPORT_FINISHED, True),
        ("call.*", EventType.CALL_ENDED, True),
        ("call.*", EventType.LEAD_QUALIFIED, False),
        ("call.ended", EventType.CALL_ENDED, True),
        ("call.ended", EventType.CALL_FAILED, False),
    ],
)
def test_an_endpoint_is_told_what_it_asked_for(pattern: str, event: EventType, expected: bool) -> None:
    assert is_pattern(pattern)
    assert wants(("import.nothing", pattern), event) is expected
    assert not wants((), event)


@pytest.mark.parametrize("text", ["", "call", "call.", "call.started", "*.ended", "person.*", "call.* "])
def test_what_can_never_be_told_cannot_be_asked_for(text: str) -> None:
    assert not is_pattern(text)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, S.DELIVERED),
        (204, S.DELIVERED),
        (299, S.DELIVERED),
        (410, S.GONE),
        (100, S.PENDING),
        (301, S.PENDING),
        (400, S.PENDING),
        (404, S.PENDING),
        (429, S.PENDING),
        (500, S.PENDING),
        (None, S.PENDING),
    ],
)
def test_what_an_answer_means(status: int | None, state: DeliveryState) -> None:
    after = answered(NEW, status, NOW, 0.0)
    assert (after.state, after.attempts, after.status, after.first_at) == (state, 1, status, NOW)
    assert after.next_at == (NOW + 10 * SECOND if state is S.PENDING else None)


def story(chance: float, retry_after: float | None = None) -> list[Delivery]:
    """A message to a receiver that never answers, until it is settled."""
    now, found = NOW, [NEW]
    while found[-1].state is S.PENDING:
        now = found[-1].next_at or now
        found.append(answered(found[-1], None, now, chance, retry_after))
    return found


def test_waits_grow_and_end_after_a_day() -> None:
    found = story(0.0)
    moments = [each.next_at for each in found if each.next_at is not None]
    waits = [later - earlier for earlier, later in pairwise(moments)]
    assert waits == list(WAITS)
    assert waits == sorted(waits)
    assert moments[-1] - NOW > timedelta(hours=20)
    assert found[-1].state is S.DEAD
    assert found[-1].attempts == len(WAITS) + 1


@given(st.floats(0, 1), st.none() | st.floats(0, 1e9))
def test_no_attempt_is_made_after_a_day(chance: float, retry_after: float | None) -> None:
    found = story(chance, retry_after)
    assert found[-1].state is S.DEAD
    assert found[-1].attempts >= 10
    assert all(each.next_at is None or each.next_at <= NOW + LONGEST for each in found)


@pytest.mark.parametrize(
    ("chance", "retry_after", "seconds"),
    [
        (0.0, None, 10),
        (1.0, None, 10 * (1 + JITTER)),
        (0.0, 5.0, 10),
        (0.0, 90.0, 90),
        (0.0, -1.0, 10),
        (0.0, float("nan"), 10),
        (0.0, float("inf"), 3600),
        (0.0, 1e300, 3600),
    ],
)
def test_a_receiver_may_ask_for_more_time(chance: float, retry_after: float | None, seconds: float) -> None:
    after = answered(NEW, 503, NOW, chance, retry_after)
    assert after.next_at == NOW + timedelta(seconds=seconds)


def test_a_settled_message_is_not_sent_and_can_be_replayed() -> None:
    for settled in (answered(NEW, 200, NOW, 0.0), answered(NEW, 410, NOW, 0.0), story(0.0)[-1]):
        with pytest.raises(IllegalMoveError, match="an attempt is not possible while"):
            answered(settled, 200, NOW, 0.0)
        later = NOW + timedelta(days=30)
        assert replayed(settled, later) == Delivery(later)
        assert answered(replayed(settled, later), 500, later, 0.0).state is S.PENDING
    with pytest.raises(IllegalMoveError, match="replaying is not possible while pending"):
        replayed(NEW, NOW)


def test_only_what_waits_has_a_next_attempt() -> None:
    with pytest.raises(ValueError, match="has a next attempt"):
        Delivery(None)
    with pytest.raises(ValueError, match="has a next attempt"):
        Delivery(NOW, S.DEAD)


@pytest.mark.parametrize(
    ("event", "ended", "held"),
    [
        (EventType.CALL_ANALYZED, S.PENDING, True),
        (EventType.CALL_RECORDING_READY, S.PENDING, True),
        (EventType.CALL_ANALYZED, S.DELIVERED, False),
        (EventType.CALL_ANALYZED, S.DEAD, False),
        (EventType.CALL_ANALYZED, S.GONE, False),
        (EventType.CALL_ANALYZED, None, False),
        (EventType.CALL_QUEUED, S.PENDING, False),
        (EventType.CALL_ENDED, S.PENDING, False),
    ],
)
def test_nothing_overtakes_the_end_of_a_call(
    event: EventType, ended: DeliveryState | None, held: bool
) -> None:
    known = {} if ended is None else {EventType.CALL_ENDED: ended}
    assert is_held(event, known) is held
