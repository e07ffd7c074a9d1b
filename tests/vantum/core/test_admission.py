"""No call is taken while the process falls behind."""

from __future__ import annotations

import pytest

from vantum.core.admission import MOST_LOOKS, Admission, Lateness, Reason, RefusedError

LOOK = 0.05


def watched(admission: Admission, lags: list[float], start: float = 0.0) -> float:
    """Look again and again, each time ``LOOK`` after the last; the time of the last look."""
    now = start
    for lag in lags:
        now += LOOK + lag
        admission.lagged(lag, now)
    return now


def closed(admission: Admission, now: float) -> bool:
    return admission.refusal(now) is not None


def test_calls_are_taken_from_the_start() -> None:
    assert Admission().refusal(0.0) is None


@pytest.mark.parametrize(
    ("lags", "seconds"),
    [
        ([], 0.0),
        ([0.0] * 100, 0.0),
        ([0.04] * 200, 0.04),
        # One moment in twenty of five seconds is a quarter of a second.
        ([0.0, 0.19], 0.0),
        ([0.0, 0.21], 0.21),
        ([0.0, 3.0], 3.0),
        ([0.0, 9.0], 9.0),
        # Three stalls: none fills a quarter of a second, the shortest of them completes it.
        ([0.0, 0.06, 0.0, 0.07, 0.0, 0.05], 0.05),
        ([0.0, 0.06, 0.0, 0.07], 0.0),
    ],
)
def test_the_lag_that_one_moment_in_twenty_exceeds(lags: list[float], seconds: float) -> None:
    lateness, now = Lateness(), 0.0
    for lag in lags:
        now += LOOK + lag
        lateness.add(lag, now)
    assert lateness.seconds(now) == pytest.approx(seconds)


def test_the_first_look_counts_for_its_lag() -> None:
    lateness = Lateness()
    lateness.add(0.3, 100.0)
    assert lateness.seconds(100.0) == 0.3
    assert lateness.seconds(104.9) == 0.3
    assert lateness.seconds(105.0) == 0.0


def test_few_looks_are_kept_however_often_one_looks() -> None:
    lateness = Lateness()
    for count in range(3 * MOST_LOOKS):
        lateness.add(1.0, count * 1e-6)
    assert lateness.seconds(0.01) == 0.0
    lateness.add(1.0, 0.3)
    assert lateness.seconds(0.3) == 1.0


@pytest.mark.parametrize(
    ("lag", "limit", "shut"),
    [(0.05, 0.05, False), (0.051, 0.05, True), (0.09, 0.1, False), (5.0, 0.0, False)],
)
def test_it_closes_above_the_limit(lag: float, limit: float, shut: bool) -> None:
    admission = Admission(lag_limit_seconds=limit)
    now = watched(admission, [lag] * 100)
    assert closed(admission, now) is shut
    assert admission.lag_seconds(now) == pytest.approx(lag)


@pytest.mark.parametrize(
    ("lag", "opens"),
    [(0.051, False), (0.03, False), (0.026, False), (0.025, True), (0.01, True)],
)
def test_once_closed_it_opens_below_half_of_the_limit(lag: float, opens: bool) -> None:
    admission = Admission(lag_limit_seconds=0.05)
    now = watched(admission, [0.1] * 40)
    assert closed(admission, now)
    now = watched(admission, [lag] * 300, now)
    assert closed(admission, now) is not opens


def test_below_half_it_stays_closed_for_a_calm() -> None:
    admission = Admission(lag_limit_seconds=0.05, calm_seconds=5.0)
    stalled = watched(admission, [0.0, 0.3])
    # The stall is in the window for five seconds, and the calm begins behind it.
    before = watched(admission, [0.0] * 199, stalled)
    assert before - stalled == pytest.approx(9.95)
    assert closed(admission, stalled + 9.94)
    assert not closed(admission, stalled + 10.0)


def test_a_lag_between_half_and_the_limit_does_not_close() -> None:
    admission = Admission(lag_limit_seconds=0.05)
    assert not closed(admission, watched(admission, [0.04] * 300))


def test_an_overload_of_the_carrier_closes_for_a_while() -> None:
    admission = Admission(calm_seconds=2.0)
    admission.overloaded(1.0)
    assert [closed(admission, now) for now in (1.0, 2.9, 3.0)] == [True, True, False]
    admission.overloaded(4.0)
    admission.overloaded(5.0)
    assert [closed(admission, now) for now in (6.9, 7.0)] == [True, False]


def test_a_refusal_says_why_and_when_to_ask_again() -> None:
    admission = Admission(calm_seconds=5.0)
    admission.lagged(0.3, 0.0)
    refusal = admission.refusal(0.5)
    assert refusal is not None
    assert (refusal.reason, refusal.retry_seconds) == (Reason.LAG, 5)
    assert refusal.words == "The server is overloaded: it falls behind. Try again in a few seconds."
    admission.overloaded(2.0)
    refusal = admission.refusal(6.5)
    assert refusal is not None
    assert (refusal.reason, refusal.retry_seconds) == (Reason.CARRIER, 1)
    assert "too slowly" in str(RefusedError(refusal))
