"""No call is taken while the process falls behind."""

from __future__ import annotations

import pytest

from vantum.core.admission import Admission


def test_calls_are_taken_from_the_start() -> None:
    assert Admission().refusal(0.0) == ""


@pytest.mark.parametrize(
    ("seconds", "now", "open_"),
    [(0.1, 10.0, True), (0.11, 10.0, False), (0.11, 14.9, False), (0.11, 15.0, True), (9.0, 14.9, False)],
)
def test_a_lag_above_the_limit_closes_for_a_while(seconds: float, now: float, open_: bool) -> None:
    admission = Admission(lag_limit_seconds=0.1, calm_seconds=5.0)
    admission.lagged(seconds, 10.0)
    assert (admission.refusal(now) == "") is open_


def test_an_overload_closes_for_a_while() -> None:
    admission = Admission(calm_seconds=2.0)
    admission.overloaded(1.0)
    assert [admission.refusal(now) == "" for now in (1.0, 2.9, 3.0)] == [False, False, True]


def test_another_sign_starts_the_wait_again_and_a_small_lag_does_not() -> None:
    admission = Admission(lag_limit_seconds=0.1, calm_seconds=5.0)
    admission.lagged(0.2, 0.0)
    admission.overloaded(4.0)
    admission.lagged(0.05, 8.0)
    assert admission.refusal(8.9) != ""
    assert admission.refusal(9.0) == ""


def test_a_refusal_says_what_happened_last_and_what_to_do() -> None:
    admission = Admission()
    admission.lagged(0.2, 0.0)
    assert admission.refusal(0.1) == "The server is overloaded: it falls behind. Try again in a few seconds."
    admission.overloaded(0.2)
    assert "too slowly" in admission.refusal(0.3)
    admission.lagged(0.2, 0.4)
    assert "falls behind" in admission.refusal(0.5)
