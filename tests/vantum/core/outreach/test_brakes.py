"""What slows a campaign down or stops it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.outreach.brakes import (
    ABANDONED_LIMIT,
    FEWEST,
    LONGEST_PAUSE,
    PAUSE,
    UNLIMITED,
    Answered,
    Brake,
    Cause,
    Result,
    Spending,
    abandonment,
    budget,
    failures,
    tightest,
)
from vantum.core.outreach.outcome import AttemptOutcome

NOW = datetime(2026, 11, 18, 17, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_the_tightest_brake_holds() -> None:
    loose, tight = Brake(Cause.BUDGET, 9, "Nine."), Brake(Cause.ABANDONED, 0, "None.")
    assert tightest((loose, tight, Brake(Cause.FAILURES, 0, "None."))) is tight
    assert tight.stops
    assert not loose.stops


@pytest.mark.parametrize(
    ("calls", "abandoned", "at_a_time"),
    [
        (0, 0, 20),
        (1000, 14, 20),
        (1000, 15, 10),
        (1000, 24, 10),
        (1000, 25, 5),
        (1000, 29, 5),
        (1000, 30, 1),
        (1000, 49, 1),
        (1000, 50, 0),
        # A small sample counts as a hundred: one abandoned call stops nobody.
        (1, 1, 20),
        (10, 2, 10),
        (10, 3, 1),
        (10, 5, 0),
    ],
)
def test_calls_at_a_time_are_cut_in_steps(calls: int, abandoned: int, at_a_time: int) -> None:
    assert abandonment(Answered(calls, abandoned), 0, 20).more == at_a_time
    assert abandonment(Answered(calls, abandoned), 4, 20).more == max(0, at_a_time - 4)


@given(st.integers(0, 3000), st.integers(0, 200), st.integers(0, 40), st.integers(1, 40))
def test_more_abandoned_calls_never_allow_more(calls: int, abandoned: int, live: int, limit: int) -> None:
    calls += abandoned
    brake = abandonment(Answered(calls, abandoned), live, limit)
    assert 0 <= brake.more <= max(0, limit - live)
    assert abandonment(Answered(calls + 1, abandoned + 1), live, limit).more <= brake.more
    if abandoned / max(100, calls) >= ABANDONED_LIMIT:
        assert live + brake.more <= max(live, 1)


def test_a_campaign_comes_back_from_the_limit_by_good_calls() -> None:
    assert abandonment(Answered(1000, 30), 0, 20).more == 1
    assert abandonment(Answered(1001, 30), 0, 20).more == 5


def test_the_operator_is_told_of_abandoned_calls() -> None:
    words = [abandonment(Answered(1000, n), 0, 20).words for n in (1, 15, 30, 50)]
    assert words == [
        "1 of 1000 answered calls were abandoned in 30 days, which is few enough.",
        "15 of 1000 answered calls were abandoned in 30 days, and the law's limit is 3%: 10 calls at a time.",
        "30 of 1000 answered calls were abandoned in 30 days, and the law's limit is 3%: one call at a time.",
        "50 of 1000 answered calls were abandoned in 30 days: no call is placed until somebody finds out why.",
    ]
    with pytest.raises(ValueError, match="some of those"):
        Answered(1, 2)


@pytest.mark.parametrize(
    ("limit", "spending", "more"),
    [
        (None, (10**12, 0, 1), UNLIMITED),
        (1_000_000, (0, 0, 100_000), 10),
        (1_000_000, (400_000, 500_000, 100_000), 1),
        (1_000_000, (400_000, 500_001, 100_000), 0),
        (1_000_000, (1_000_001, 0, 0), 0),
        (1_000_000, (1_000_000, 0, 0), UNLIMITED),
        (1_000_000, (2_000_000, 0, 1), 0),
        (0, (0, 0, 1), 0),
        (10**18, (0, 0, 1), UNLIMITED),
    ],
)
def test_money_stops_before_the_call_that_would_exceed_it(
    limit: int | None, spending: tuple[int, int, int], more: int
) -> None:
    assert budget(limit, Spending(*spending)).more == more


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 10**6))
def test_a_budget_is_never_exceeded_and_never_left_unused(
    limit: int, final: int, bound: int, each: int
) -> None:
    more = budget(limit, Spending(final, bound, each)).more
    assert more == 0 or final + bound + more * each <= limit
    assert final + bound + (more + 1) * each > limit or more == UNLIMITED


def test_the_operator_is_told_of_money() -> None:
    assert budget(None, Spending(0, 0, 0)).words == "The campaign has no budget."
    assert (
        budget(50_000_000, Spending(20_000_000, 5_500_000, 90_000)).words
        == "25.50 of 50.00 are spent or bound."
    )
    spent = budget(50_000_000, Spending(49_950_000, 0, 90_000))
    assert spent.words == "49.95 of 50.00 are spent or bound: one more call (0.09) would exceed the budget."
    for wrong in ((-1, 0, 0), (0, -1, 0), (0, 0, -1)):
        with pytest.raises(ValueError, match="0 or more"):
            Spending(*wrong)


def results(marks: str, begin: datetime = NOW, step: timedelta = SECOND) -> list[Result]:
    """Attempts a second apart: x failed, c was canceled, everything else was answered."""
    outcomes = {"x": AttemptOutcome.FAILED, "c": AttemptOutcome.CANCELED, "b": AttemptOutcome.BUSY}
    return [
        Result(begin + place * step, outcomes.get(mark, AttemptOutcome.ANSWERED_HUMAN))
        for place, mark in enumerate(marks)
    ]


def more(about: Sequence[Result], after: float, live: int = 0) -> int:
    """How many calls may start some seconds after the last result."""
    return failures(about, live, max(result.at for result in about) + timedelta(seconds=after)).more


@pytest.mark.parametrize(
    ("marks", "open_"),
    [
        ("x" * (FEWEST - 1), False),
        ("x" * FEWEST, True),
        ("....xxxx", True),
        (".....xxxx", False),
        ("xxxxcccc", False),
        ("xxxx....", False),
        ("bbbbbbbbbb", False),
        # Only the last twenty count.
        ("." * 50 + "x" * 9, False),
        ("." * 50 + "x" * 10, True),
    ],
)
def test_half_of_the_last_attempts_open_the_circuit(marks: str, open_: bool) -> None:
    assert (more(results(marks), 0.5) == 0) is open_


def test_nothing_is_held_against_a_campaign_without_attempts() -> None:
    brake = failures((), 0, NOW)
    assert brake == Brake(Cause.FAILURES, UNLIMITED, "0 of the last 0 attempts failed.")


def test_after_a_pause_there_is_one_probe_at_a_time() -> None:
    broken = results("x" * 8)
    assert more(broken, 59) == 0
    assert more(broken, 60) == 1
    assert more(broken, 60, live=1) == 0


def test_a_good_probe_closes_the_circuit_and_a_bad_one_doubles_the_pause() -> None:
    broken = results("x" * 8)
    probed = broken[-1].at + PAUSE + SECOND
    assert more([*broken, *results(".", probed)], 0) == UNLIMITED
    worse = [*broken, *results("x", probed)]
    assert more(worse, 119) == 0
    assert more(worse, 120) == 1
    # What was canceled says nothing.
    assert more([*broken, *results("c", probed)], 0) == 1


def test_calls_that_were_under_way_when_it_opened_are_no_probes() -> None:
    broken = results("x" * 8)
    late = results("xx.", broken[-1].at + SECOND)
    assert failures([*broken, *late], 0, broken[-1].at + PAUSE).more == 1


def test_a_pause_has_an_end() -> None:
    about, now = results("x" * 8), NOW
    for _ in range(12):
        now = about[-1].at + LONGEST_PAUSE
        assert failures(about, 0, now).more == 1
        about.extend(results("x", now))


@given(st.text(alphabet="x.cb", max_size=80))
def test_the_order_in_which_results_are_given_means_nothing(marks: str) -> None:
    about = results(marks)
    now = NOW + timedelta(minutes=2)
    assert failures(list(reversed(about)), 0, now) == failures(about, 0, now)


def test_the_operator_is_told_of_failures() -> None:
    broken = results("x" * 8)
    opened = broken[-1].at
    assert [
        failures(broken, live, opened + wait).words for live, wait in ((0, SECOND), (0, PAUSE), (2, PAUSE))
    ] == [
        "Too many attempts fail: no call is placed until 17:01:07 UTC, then one to see.",
        "Too many attempts failed: one call is placed to see whether that is over.",
        "Too many attempts failed: no call is placed until one that is under way has ended well.",
    ]
