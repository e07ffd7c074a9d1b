"""The search for the number of calls that a core holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.find import Search


def tried(search: Search, limit: int) -> tuple[int, list[int]]:
    asked: list[int] = []

    def holds(calls: int) -> bool:
        asked.append(calls)
        return calls <= limit

    return search.run(holds), asked


@pytest.mark.parametrize(
    ("limit", "held", "asked"),
    [
        (164, 160, [50, 100, 150, 200, 170, 160]),
        (1000, 300, [50, 100, 150, 200, 250, 300]),
        (23, 20, [50, 20, 30]),
        (0, 0, [50, 20, 10]),
    ],
)
def test_it_steps_and_then_halves(limit: int, held: int, asked: list[int]) -> None:
    assert tried(Search(), limit) == (held, asked)


@given(st.integers(0, 400), st.integers(1, 12))
def test_what_it_finds_was_held_and_it_never_asks_too_often(limit: int, rounds: int) -> None:
    held, asked = tried(Search(most_rounds=rounds), limit)
    assert held <= limit
    assert held == 0 or held in asked
    assert len(asked) <= rounds
    assert len(set(asked)) == len(asked)


@given(st.integers(1, 300))
def test_with_rounds_enough_it_knows_to_the_grain(limit: int) -> None:
    held, _ = tried(Search(most_rounds=50), limit)
    assert limit - 10 < held <= limit


def test_a_search_without_a_step_is_none() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Search(step=0)
