"""Who is called again, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vantum.core.outreach.outcome import AttemptOutcome
from vantum.core.outreach.retry import (
    B2B,
    MOST_ATTEMPTS,
    MOST_TRIES,
    NO_RULE,
    Attempt,
    Daypart,
    Done,
    Exhausted,
    Next,
    Occasion,
    RetryPolicy,
    RetryRule,
    TryAgain,
    When,
    after,
    daypart_of,
    in_daypart,
    leaves_voicemail,
)

O = AttemptOutcome  # noqa: E741
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
MORNING = datetime(2026, 11, 18, 10, tzinfo=BERLIN)
HOUR = timedelta(hours=1)


def attempts(*outcomes: AttemptOutcome, occasion: Occasion = Occasion.LIST) -> tuple[Attempt, ...]:
    """Attempts a day apart, the last of them yesterday."""
    return tuple(
        Attempt(MORNING - (len(outcomes) - place) * 24 * HOUR, outcome, occasion)
        for place, outcome in enumerate(outcomes)
    )


def follows(
    outcome: AttemptOutcome,
    history: Sequence[Attempt] = (),
    policy: RetryPolicy = B2B,
    now: datetime = MORNING,
    occasion: Occasion = Occasion.LIST,
    promised: datetime | None = None,
) -> Next:
    """What follows an attempt of ``now``."""
    return after(policy, history, Attempt(now, outcome, occasion), now, BERLIN, promised)


@pytest.mark.parametrize(
    ("before", "outcome", "hours"),
    [
        ((), O.BUSY, 0.25),
        ((O.BUSY,), O.BUSY, 1),
        ((O.BUSY, O.BUSY), O.BUSY, 24),
        ((O.NO_ANSWER,), O.BUSY, 0.25),
        ((), O.FAILED, 0.1),
        ((), O.CANCELED, 0.1),
        ((), O.ABANDONED, 24),
        ((O.REFUSED,) * 4, O.REFUSED, 2),
    ],
)
def test_the_wait_grows_with_attempts_that_ended_so(
    before: tuple[AttemptOutcome, ...], outcome: AttemptOutcome, hours: float
) -> None:
    assert follows(outcome, attempts(*before)) == TryAgain(MORNING.astimezone(UTC) + hours * HOUR)


@pytest.mark.parametrize(
    ("before", "outcome", "words"),
    [
        ((O.BUSY,) * 3, O.BUSY, "4 of 4 attempts have ended in busy."),
        ((O.ABANDONED,), O.ABANDONED, "2 of 2 attempts"),
        ((), O.INVALID_NUMBER, "After invalid number nobody is called again."),
        ((), O.UNKNOWN, "After unknown nobody is called again."),
        (
            (O.BUSY, O.NO_ANSWER) * 2 + (O.NO_ANSWER,),
            O.ANSWERED_MACHINE,
            "All 6 attempts of the lead are used.",
        ),
    ],
)
def test_attempts_come_to_an_end(
    before: tuple[AttemptOutcome, ...], outcome: AttemptOutcome, words: str
) -> None:
    ended = follows(outcome, attempts(*before))
    assert isinstance(ended, Exhausted)
    assert words in ended.reason


def test_who_was_reached_is_done_with() -> None:
    assert follows(O.ANSWERED_HUMAN) == Done()
    assert follows(O.ANSWERED_HUMAN, attempts(O.BUSY, O.NO_ANSWER)) == Done()


def test_what_never_rang_is_no_attempt_of_the_lead() -> None:
    refused = (O.REFUSED,) * 5
    assert isinstance(follows(O.BUSY, attempts(*refused, *(O.BUSY,) * 2)), TryAgain)
    assert isinstance(follows(O.REFUSED, attempts(*refused)), Exhausted)


@pytest.mark.parametrize(
    ("at", "outcome", "before", "expected", "part"),
    [
        # In the morning nobody answered: 3 hours later is the afternoon already.
        ("2026-11-18 10:00", O.NO_ANSWER, 0, "2026-11-18 13:00", Daypart.AFTERNOON),
        ("2026-11-18 08:30", O.NO_ANSWER, 0, "2026-11-18 12:00", Daypart.AFTERNOON),
        # In the afternoon: the next morning.
        ("2026-11-18 15:00", O.NO_ANSWER, 0, "2026-11-19 08:00", Daypart.MORNING),
        ("2026-11-18 11:59", O.NO_ANSWER, 1, "2026-11-19 12:00", Daypart.AFTERNOON),
        ("2026-11-18 12:00", O.NO_ANSWER, 1, "2026-11-20 08:00", Daypart.MORNING),
        ("2026-11-18 20:00", O.ANSWERED_MACHINE, 0, "2026-11-19 00:00", Daypart.MORNING),
        # Over the changes of the clock.
        ("2026-10-24 15:00", O.NO_ANSWER, 0, "2026-10-25 08:00", Daypart.MORNING),
        ("2026-03-28 15:00", O.NO_ANSWER, 0, "2026-03-29 08:00", Daypart.MORNING),
    ],
)
def test_the_other_part_of_the_callees_day(
    at: str, outcome: AttemptOutcome, before: int, expected: str, part: Daypart
) -> None:
    now = datetime.fromisoformat(at).replace(tzinfo=BERLIN)
    again = follows(outcome, attempts(*(outcome,) * before), now=now)
    at_local = datetime.fromisoformat(expected).replace(tzinfo=BERLIN)
    assert again == TryAgain(at_local.astimezone(UTC), part)


def test_the_part_is_that_of_the_call_and_the_wait_begins_now() -> None:
    # A janitor finds out in the evening how a call of the morning ended.
    dialed = Attempt(MORNING, O.NO_ANSWER)
    again = after(B2B, (), dialed, MORNING + 9 * HOUR, BERLIN)
    assert again == TryAgain(datetime(2026, 11, 18, 22, tzinfo=BERLIN).astimezone(UTC), Daypart.AFTERNOON)
    # By the callee's clock, not by ours.
    abroad = after(B2B, (), Attempt(MORNING + 6 * HOUR, O.NO_ANSWER), MORNING + 6 * HOUR, NEW_YORK)
    assert isinstance(abroad, TryAgain)
    assert abroad.daypart is Daypart.AFTERNOON


def test_a_promise_goes_before_all_else() -> None:
    promised = MORNING + 30 * HOUR
    kept = TryAgain(promised.astimezone(UTC), occasion=Occasion.PROMISE)
    for outcome in (O.ANSWERED_HUMAN, O.BUSY, O.INVALID_NUMBER, O.UNKNOWN):
        assert follows(outcome, promised=promised) == kept
    assert follows(O.BUSY, attempts(*(O.BUSY,) * 9), promised=promised) == kept
    # One that is past is due now.
    late = follows(O.ANSWERED_HUMAN, promised=MORNING - HOUR)
    assert late == TryAgain(MORNING.astimezone(UTC), occasion=Occasion.PROMISE)


@pytest.mark.parametrize("outcome", [O.UNKNOWN, O.INVALID_NUMBER])
def test_a_promise_is_no_reason_to_dial_twice(outcome: AttemptOutcome) -> None:
    assert isinstance(follows(outcome, promised=MORNING), Exhausted)
    assert isinstance(follows(outcome, occasion=Occasion.PROMISE), Exhausted)


def test_a_promise_that_nobody_takes_is_tried_again_soon_and_then_as_usual() -> None:
    now = MORNING.astimezone(UTC)
    first = follows(O.NO_ANSWER, occasion=Occasion.PROMISE)
    assert first == TryAgain(now + HOUR / 4, occasion=Occasion.PROMISE)
    missed = attempts(O.NO_ANSWER, occasion=Occasion.PROMISE)
    second = follows(O.BUSY, missed, occasion=Occasion.PROMISE)
    assert second == TryAgain(now + 2 * HOUR, occasion=Occasion.PROMISE)
    missed = attempts(O.NO_ANSWER, O.BUSY, occasion=Occasion.PROMISE)
    third = follows(O.BUSY, missed, occasion=Occasion.PROMISE)
    assert third == TryAgain(now + HOUR)
    # Earlier promises that were kept do not count.
    kept = attempts(O.ANSWERED_HUMAN, occasion=Occasion.PROMISE)
    assert follows(O.BUSY, kept, occasion=Occasion.PROMISE) == first


def test_nobody_is_rung_for_ever_for_a_promise() -> None:
    rung = attempts(*(O.ANSWERED_HUMAN,) * (MOST_ATTEMPTS - 1))
    ended = follows(O.ANSWERED_HUMAN, rung, promised=MORNING + HOUR)
    assert isinstance(ended, Exhausted)
    tried = attempts(*(O.REFUSED,) * (MOST_TRIES - 1))
    assert isinstance(follows(O.REFUSED, tried, promised=MORNING + HOUR), Exhausted)


def test_a_message_is_left_on_the_attempts_of_the_policy() -> None:
    assert [number for number in range(1, 7) if leaves_voicemail(B2B, number)] == [2]
    # An attempt on which a message was left is followed by another.
    assert isinstance(follows(O.VOICEMAIL_LEFT, attempts(O.ANSWERED_MACHINE)), TryAgain)


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001
    st.sampled_from(("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")),
    st.sampled_from(Daypart),
)
def test_a_part_of_the_day_is_found_and_never_in_the_past(naive: datetime, name: str, part: Daypart) -> None:
    zone = ZoneInfo(name)
    moment = naive.replace(tzinfo=UTC)
    found = in_daypart(moment, part, zone)
    assert moment <= found <= moment + 25 * HOUR
    assert daypart_of(found, zone) is part


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from(O), st.sampled_from(Occasion), st.booleans()),
        min_size=MOST_TRIES + 1,
        max_size=MOST_TRIES + 1,
    )
)
def test_every_lead_comes_to_an_end(story: list[tuple[AttemptOutcome, Occasion, bool]]) -> None:
    now, history = MORNING.astimezone(UTC), list[Attempt]()
    for outcome, occasion, promise in story:
        ended = Attempt(now, outcome, occasion)
        answer = after(B2B, history, ended, now, BERLIN, now + HOUR if promise else None)
        history.append(ended)
        if not isinstance(answer, TryAgain):
            break
        assert answer.at > now
        now = answer.at
    assert len(history) <= MOST_TRIES
    assert sum(attempt.outcome is not O.REFUSED for attempt in history) <= MOST_ATTEMPTS


@pytest.mark.parametrize("outcome", sorted(NO_RULE))
def test_what_must_not_be_repeated_has_no_rule(outcome: AttemptOutcome) -> None:
    with pytest.raises(ValueError, match="nobody is called again"):
        RetryRule(outcome, 2, (HOUR,))
    assert B2B.rule_for(outcome) is None


@pytest.mark.parametrize(
    ("most", "delays", "words"),
    [
        (0, (), "1 to 20 attempts"),
        (21, (HOUR,), "1 to 20 attempts"),
        (2, (), "A second attempt has a delay"),
        (2, (timedelta(),), "each above 0"),
        (2, (timedelta(days=91),), "up to 90 days"),
        (2, (HOUR,) * 21, "at most 20 delays"),
    ],
)
def test_a_rule_makes_sense(most: int, delays: tuple[timedelta, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        RetryRule(O.BUSY, most, delays)


def test_a_policy_makes_sense() -> None:
    rule = RetryRule(O.BUSY, 1)
    with pytest.raises(ValueError, match="An outcome has one rule"):
        RetryPolicy((rule, RetryRule(O.BUSY, 2, (HOUR,))))
    with pytest.raises(ValueError, match="1 to 20 attempts"):
        RetryPolicy((rule,), total_attempts=0)
    with pytest.raises(ValueError, match="attempts 1 to 20"):
        RetryPolicy(voicemail_on=frozenset({0}))
    with pytest.raises(ValueError, match="each above 0"):
        RetryPolicy(missed_promise=(-HOUR,))
    assert isinstance(follows(O.BUSY, policy=RetryPolicy((rule,))), Exhausted)
    assert RetryRule(O.NO_ANSWER, 2, (HOUR,)).when is When.ANY
