"""The time for a first token, shared among those who may give it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.faults import Fault
from vantum.core.first_token import early_go_on, early_stall, next_try, share


@pytest.mark.parametrize(
    ("left", "others", "seconds"),
    [
        (3.9, 0, 3.9),
        (3.9, 1, 2.5),
        (1.4, 0, 1.4),
        (3.9, 2, 2.5),
        (1.4, 1, 0.9),
        (3.9, 3, 2.4),
        (0.9, 1, 0.45),
        (9.0, 1, 4.5),
        (0.0, 2, 0.0),
    ],
)
def test_each_has_its_share_and_the_last_has_the_rest(left: float, others: int, seconds: float) -> None:
    assert share(left, others) == pytest.approx(seconds)


@given(st.floats(0.1, 20.0), st.integers(0, 6))
def test_all_together_have_what_is_left_and_each_has_something(left: float, others: int) -> None:
    shares: list[float] = []
    for waiting in range(others, -1, -1):
        shares.append(share(left - sum(shares), waiting))
    assert sum(shares) == pytest.approx(left)
    assert min(shares) > 0


@pytest.mark.parametrize(
    ("fault", "asked_for", "tries", "left", "wait"),
    [
        (Fault.NETWORK, None, 0, 3.9, 0.0),
        (Fault.NETWORK, None, 1, 3.9, 0.1),
        (Fault.NETWORK, None, 2, 3.9, 0.5),
        (Fault.NETWORK, None, 3, 3.9, None),
        (Fault.NETWORK, None, 2, 0.9, None),
        (Fault.NETWORK, None, 0, 0.4, None),
        (Fault.RATE_LIMIT, None, 0, 1.5, 1.0),
        (Fault.RATE_LIMIT, None, 0, 1.4, None),
        (Fault.RATE_LIMIT, 3.0, 0, 3.5, 3.0),
        (Fault.RATE_LIMIT, 3.1, 0, 9.0, None),
        (Fault.RATE_LIMIT, 1.0, 1, 9.0, None),
        (Fault.AUTH, None, 0, 3.9, None),
        (Fault.FATAL, None, 0, 3.9, None),
    ],
)
def test_a_model_is_asked_again_only_if_there_is_time_for_its_answer(
    fault: Fault, asked_for: float | None, tries: int, left: float, wait: float | None
) -> None:
    assert next_try(fault, asked_for, tries, left) == wait


@pytest.mark.parametrize(
    ("left", "stall", "go_on"),
    [(3.8, 2.0, 2.0), (2.5, 2.0, 2.0), (2.0, 1.5, 2.0), (1.5, 1.0, 1.5), (0.4, 1.0, 0.5), (-1.0, 1.0, 0.5)],
)
def test_what_nobody_hears_yet_is_waited_for_less_long(left: float, stall: float, go_on: float) -> None:
    assert (early_stall(left), early_go_on(left)) == (stall, go_on)
