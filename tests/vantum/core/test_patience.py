"""Silence until the turn is over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.completeness import Ending
from vantum.core.patience import silence_needed


@pytest.mark.parametrize(
    ("ending", "judged", "seconds"),
    [
        (Ending.CLOSED, None, 0.2),
        (Ending.CLOSED, 0.0, 0.2),
        (Ending.CLOSED, 1.0, 0.2),
        (Ending.QUESTION, None, 0.4),
        (Ending.QUESTION, 0.29, 1.2),
        (Ending.QUESTION, 0.3, 0.2),
        (Ending.COMPLETE, None, 0.5),
        (Ending.COMPLETE, 0.49, 1.2),
        (Ending.COMPLETE, 0.5, 0.2),
        (Ending.UNMARKED, None, 1.2),
        (Ending.UNMARKED, 0.49, 1.2),
        (Ending.UNMARKED, 0.5, 1.2),
        (Ending.UNMARKED, 1.0, 1.2),
        (Ending.UNSURE, None, 0.9),
        (Ending.UNSURE, 0.49, 1.2),
        (Ending.UNSURE, 0.5, 1.0),
        (Ending.UNSURE, 0.79, 1.0),
        (Ending.UNSURE, 0.8, 0.2),
        (Ending.OPEN, None, 1.2),
        (Ending.OPEN, 0.0, 1.2),
        (Ending.OPEN, 1.0, 1.2),
    ],
)
def test_the_table(ending: Ending, judged: float | None, seconds: float) -> None:
    assert silence_needed(ending, judged) == seconds


@given(st.sampled_from(Ending), st.floats(0, 1), st.floats(0, 1))
def test_who_sounds_more_finished_waits_no_longer(ending: Ending, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0.2 <= silence_needed(ending, high) <= silence_needed(ending, low) <= 1.2
