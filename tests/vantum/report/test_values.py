"""Values that make no sense cannot be built."""

from __future__ import annotations

import pytest

from vantum.report.values import Abandonment, Bar, Cell


@pytest.mark.parametrize(
    ("weekday", "hour", "talks"), [(-1, 0, 1), (7, 0, 1), (0, -1, 1), (0, 24, 1), (0, 0, 0)]
)
def test_a_cell_is_an_hour_of_a_week(weekday: int, hour: int, talks: int) -> None:
    with pytest.raises(ValueError, match="an hour of a weekday"):
        Cell(weekday, hour, talks, None)


@pytest.mark.parametrize(("answered", "abandoned"), [(1, 2), (1, -1)])
def test_abandoned_calls_were_answered(answered: int, abandoned: int) -> None:
    with pytest.raises(ValueError, match="some of those"):
        Abandonment(answered, abandoned)


def test_nothing_is_counted_below_zero() -> None:
    with pytest.raises(ValueError, match="below 0"):
        Bar("x", -1)
