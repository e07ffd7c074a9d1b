"""At most so many in any second."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from transports.rate_limit import RateLimit


def test_one_too_many_in_a_second_is_refused_and_the_next_second_is_free() -> None:
    limit = RateLimit(3)
    assert [limit.allows(at) for at in (0.0, 0.1, 0.2, 0.9, 1.0, 1.05, 1.15)] == [
        True,
        True,
        True,
        False,
        True,
        False,
        True,
    ]


@given(st.integers(1, 20), st.lists(st.floats(0, 0.5), max_size=200))
def test_no_second_ever_holds_more_than_allowed(most: int, waits: list[float]) -> None:
    limit, now, allowed = RateLimit(most), 0.0, list[float]()
    for wait in waits:
        now += wait
        if limit.allows(now):
            allowed.append(now)
    assert all(sum(1 for t in allowed if at <= t < at + 1.0) <= most for at in allowed)
