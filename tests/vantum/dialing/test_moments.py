"""The moments of a call, out of its record."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from vantum.core.outreach.outcome import HungUpBy, Message
from vantum.dialing.moments import MESSAGE_LEFT, Entry, Moments, moments_of
from vantum.phone.line import VOICEMAIL


def entry(second: float, event: str, **facts: object) -> Entry:
    at = datetime(2026, 11, 18, 17, 0, int(second), int(second % 1 * 1e6), UTC)
    return {"t": second, "at": at.isoformat(timespec="milliseconds"), "event": event, **facts}


def second(moment: datetime | None) -> float | None:
    return None if moment is None else moment.second + moment.microsecond / 1e6


BEGUN = entry(0, "call_started")


@pytest.mark.parametrize(
    ("entries", "answered", "greeted", "first_word", "ended", "by"),
    [
        ([], None, None, None, None, HungUpBy.US),
        ([BEGUN], 0, None, None, None, HungUpBy.US),
        ([BEGUN, entry(1, "utterance_started"), entry(1.5, "words_spoken")], 0, None, 1.5, None, HungUpBy.US),
        (
            [BEGUN, entry(2, "turn_committed", silent_seconds=0.5), entry(3, "words_spoken")],
            0,
            1.5,
            3,
            None,
            HungUpBy.US,
        ),
        ([BEGUN, entry(1, "words_spoken"), entry(4, "turn_committed")], 0, None, 1, None, HungUpBy.US),
        ([BEGUN, entry(4, "turn_committed")], 0, 4, None, None, HungUpBy.US),
        ([BEGUN, entry(9, "call_ended", reason="caller hung up")], 0, None, None, 9, HungUpBy.CALLEE),
        ([BEGUN, entry(9, "call_ended", reason="goodbye")], 0, None, None, 9, HungUpBy.US),
        (
            [{"event": "call_started", "at": "then"}, {"event": "words_spoken"}],
            None,
            None,
            None,
            None,
            HungUpBy.US,
        ),
        ([{"event": "call_started", "at": "2026-11-18T17:00:00"}], None, None, None, None, HungUpBy.US),
    ],
)
def test_they_are_found(
    entries: list[Entry],
    answered: float | None,
    greeted: float | None,
    first_word: float | None,
    ended: float | None,
    by: HungUpBy,
) -> None:
    found = moments_of(entries)
    assert [
        second(each) for each in (found.answered_at, found.greeted_at, found.first_word_at, found.ended_at)
    ] == [
        answered,
        greeted,
        first_word,
        ended,
    ]
    assert found.hung_up_by is by
    assert found.message is Message.NOT_LEFT


def test_a_message_that_was_left_is_told_by_its_end() -> None:
    assert moments_of([entry(9, "call_ended", reason=MESSAGE_LEFT)]).message is Message.LEFT
    assert MESSAGE_LEFT == VOICEMAIL
    assert moments_of([]) == Moments()
