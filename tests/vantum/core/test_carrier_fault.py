"""The carrier's errors: each has an action and a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.carrier_fault import FAULTS, Action, back_off_seconds, fault_of, meaning


@pytest.mark.parametrize(
    ("code", "action"),
    [
        (20003, Action.STOP_DIALING),
        (20404, Action.FAIL),
        (20429, Action.BACK_OFF),
        (21210, Action.CONFIGURATION),
        (21212, Action.CONFIGURATION),
        (21211, Action.NUMBER_INVALID),
        (21217, Action.NUMBER_INVALID),
        (13224, Action.NUMBER_INVALID),
        (21215, Action.STOP_COUNTRY),
        (13227, Action.STOP_COUNTRY),
        (21216, Action.SUPPRESS),
        (21219, Action.FAIL),
        (21220, Action.IGNORE),
        (22005, Action.STOP_DIALING),
        (31901, Action.ALERT),
        (31902, Action.ALERT),
        (31920, Action.ALERT),
        (31930, Action.OVERLOAD),
    ],
)
@pytest.mark.parametrize("status", [None, 400, 401, 429, 500])
def test_a_known_code_decides_whatever_the_status(code: int, action: Action, status: int | None) -> None:
    fault = fault_of(status, code)
    assert (fault.action, fault.meaning) == (action, meaning(code))


@pytest.mark.parametrize("code", [None, 12345])
@pytest.mark.parametrize(
    ("status", "action"),
    [
        (None, Action.LOOK_UP),
        (302, Action.FAIL),
        (400, Action.FAIL),
        (401, Action.STOP_DIALING),
        (403, Action.STOP_DIALING),
        (404, Action.FAIL),
        (429, Action.BACK_OFF),
        (499, Action.FAIL),
        (500, Action.LOOK_UP),
        (503, Action.LOOK_UP),
    ],
)
def test_else_the_status_decides_and_the_sentence_names_both(
    status: int | None, code: int | None, action: Action
) -> None:
    fault = fault_of(status, code)
    assert fault.action is action
    assert (status is None) or f"HTTP {status}" in fault.meaning
    assert ("error 12345" in fault.meaning) == (code is not None)


@pytest.mark.parametrize("code", FAULTS)
def test_a_meaning_is_one_sentence_with_what_to_do(code: int) -> None:
    words = meaning(code)
    assert words[0].isupper()
    assert words.endswith(".")
    assert words.count(".") == 1
    assert "; " in words


def test_an_unknown_code_means_nothing() -> None:
    assert meaning(12345) == ""


@pytest.mark.parametrize(
    ("attempt", "longest"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60), (10**9, 60)]
)
def test_waits_double_up_to_a_minute(attempt: int, longest: float) -> None:
    assert back_off_seconds(attempt, 1.0) == longest
    assert back_off_seconds(attempt, 0.0) == longest / 2
    assert back_off_seconds(attempt, 0.5) == longest * 0.75


@given(st.integers(1, 100), st.floats(0, 1), st.floats(0, 1))
def test_a_later_attempt_never_comes_back_before_the_shortest_wait_of_an_earlier_one(
    attempt: int, jitter: float, other: float
) -> None:
    assert back_off_seconds(attempt, 0.0) <= back_off_seconds(attempt, jitter) <= 60
    if attempt < 6:
        assert back_off_seconds(attempt, jitter) <= back_off_seconds(attempt + 1, other)


@pytest.mark.parametrize(("attempt", "jitter"), [(0, 0.5), (-1, 0.5), (1, -0.1), (1, 1.1), (1, float("nan"))])
def test_what_makes_no_sense_is_refused(attempt: int, jitter: float) -> None:
    with pytest.raises(ValueError, match="they must be at least 1, and 0 to 1"):
        back_off_seconds(attempt, jitter)
