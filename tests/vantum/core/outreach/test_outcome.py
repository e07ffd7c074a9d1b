"""How attempts end, what counts as reached, and what the law counts as abandoned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.outreach.outcome import (
    ABANDONED,
    ANSWERED,
    REACHED,
    TROUBLE,
    Answer,
    AttemptOutcome,
    Disposition,
    HungUpBy,
    Message,
    Pickup,
    attempt_outcome,
    is_conversation,
    pickup,
)
from vantum.core.phone_call import Outcome

START = datetime(2026, 11, 18, 17, tzinfo=UTC)


def after(seconds: float | None) -> datetime | None:
    """A moment after the call was answered."""
    return None if seconds is None else START + timedelta(seconds=seconds)


def answer(word: float | None, greeted: float | None, end: float, by: HungUpBy = HungUpBy.CALLEE) -> Answer:
    """A call that was answered at 0 s."""
    return Answer(START, START + timedelta(seconds=end), by, after(greeted), after(word))


@pytest.mark.parametrize(
    ("word", "greeted", "end", "by", "expected"),
    [
        # From the answer, where nobody greeted.
        (2.0, None, 60, HungUpBy.CALLEE, Pickup.IN_TIME),
        (2.001, None, 60, HungUpBy.CALLEE, Pickup.LATE),
        # From the end of the greeting, also when the bot was quicker.
        (3.4, 1.5, 60, HungUpBy.CALLEE, Pickup.IN_TIME),
        (3.6, 1.5, 60, HungUpBy.CALLEE, Pickup.LATE),
        (0.3, 1.5, 60, HungUpBy.CALLEE, Pickup.IN_TIME),
        # No word at all: the callee waited for it, or did not.
        (None, None, 2.0, HungUpBy.CALLEE, Pickup.IN_TIME),
        (None, None, 2.1, HungUpBy.CALLEE, Pickup.DROPPED),
        (None, 1.5, 3.5, HungUpBy.CALLEE, Pickup.IN_TIME),
        (None, None, 0.5, HungUpBy.US, Pickup.DROPPED),
        (None, 1.5, 30, HungUpBy.US, Pickup.DROPPED),
    ],
)
def test_the_first_word_comes_within_two_seconds_or_the_call_is_abandoned(
    word: float | None, greeted: float | None, end: float, by: HungUpBy, expected: Pickup
) -> None:
    assert pickup(answer(word, greeted, end, by)) is expected


@given(st.floats(0, 60), st.floats(0, 60) | st.none())
def test_a_word_is_late_or_in_time_and_nothing_else(word: float, greeted: float | None) -> None:
    late = pickup(answer(word, greeted, 120)) in ABANDONED
    assert late is ((after(word) or START) - (after(greeted) or START) > timedelta(seconds=2))


def test_a_call_ends_after_it_was_answered() -> None:
    with pytest.raises(ValueError, match="ends after"):
        answer(None, None, -1)


@pytest.mark.parametrize(
    ("end", "how", "message", "sip", "expected"),
    [
        (Outcome.BUSY, Pickup.NOBODY, Message.NOT_LEFT, 486, AttemptOutcome.BUSY),
        (Outcome.DECLINED, Pickup.NOBODY, Message.NOT_LEFT, 603, AttemptOutcome.BUSY),
        (Outcome.NO_ANSWER, Pickup.NOBODY, Message.NOT_LEFT, None, AttemptOutcome.NO_ANSWER),
        (Outcome.CANCELED, Pickup.NOBODY, Message.NOT_LEFT, None, AttemptOutcome.CANCELED),
        (Outcome.FAILED, Pickup.NOBODY, Message.NOT_LEFT, 503, AttemptOutcome.FAILED),
        (Outcome.FAILED, Pickup.NOBODY, Message.NOT_LEFT, None, AttemptOutcome.FAILED),
        (Outcome.FAILED, Pickup.NOBODY, Message.NOT_LEFT, 404, AttemptOutcome.INVALID_NUMBER),
        (Outcome.FAILED, Pickup.NOBODY, Message.NOT_LEFT, 484, AttemptOutcome.INVALID_NUMBER),
        (Outcome.VOICEMAIL, Pickup.NOBODY, Message.NOT_LEFT, None, AttemptOutcome.ANSWERED_MACHINE),
        (Outcome.VOICEMAIL, Pickup.NOBODY, Message.LEFT, None, AttemptOutcome.VOICEMAIL_LEFT),
        (Outcome.COMPLETED, Pickup.IN_TIME, Message.NOT_LEFT, None, AttemptOutcome.ANSWERED_HUMAN),
        (Outcome.COMPLETED, Pickup.LATE, Message.NOT_LEFT, None, AttemptOutcome.ANSWERED_HUMAN),
        (Outcome.COMPLETED, Pickup.DROPPED, Message.NOT_LEFT, None, AttemptOutcome.ABANDONED),
        (Outcome.COMPLETED, Pickup.NOBODY, Message.NOT_LEFT, None, AttemptOutcome.ANSWERED_HUMAN),
        # Once a human was on the line, it was answered, however it ended.
        (Outcome.FAILED, Pickup.IN_TIME, Message.NOT_LEFT, None, AttemptOutcome.ANSWERED_HUMAN),
        (Outcome.CANCELED, Pickup.DROPPED, Message.NOT_LEFT, None, AttemptOutcome.ABANDONED),
    ],
)
def test_the_outcome_of_a_call(
    end: Outcome, how: Pickup, message: Message, sip: int | None, expected: AttemptOutcome
) -> None:
    assert attempt_outcome(end, how, message, sip) is expected


@pytest.mark.parametrize("end", Outcome)
def test_every_end_of_a_phone_call_has_an_outcome(end: Outcome) -> None:
    assert attempt_outcome(end) in AttemptOutcome


@pytest.mark.parametrize(
    ("outcome", "disposition", "expected"),
    [
        (AttemptOutcome.ANSWERED_HUMAN, Disposition.INTERESTED, True),
        (AttemptOutcome.ANSWERED_HUMAN, Disposition.WRONG_PERSON, True),
        (AttemptOutcome.ANSWERED_HUMAN, Disposition.DO_NOT_CALL, True),
        (AttemptOutcome.ANSWERED_HUMAN, Disposition.NO_CONVERSATION, False),
        (AttemptOutcome.ANSWERED_HUMAN, Disposition.VOICEMAIL, False),
        (AttemptOutcome.ANSWERED_HUMAN, None, False),
        (AttemptOutcome.ANSWERED_MACHINE, Disposition.INTERESTED, False),
        (None, None, False),
    ],
)
def test_a_conversation_has_a_human_who_said_something(
    outcome: AttemptOutcome | None, disposition: Disposition | None, expected: bool
) -> None:
    assert is_conversation(outcome, disposition) is expected


def test_the_kinds_of_outcomes_do_not_mix() -> None:
    assert REACHED < ANSWERED
    assert not ANSWERED & TROUBLE
    assert AttemptOutcome.BUSY not in ANSWERED | TROUBLE
