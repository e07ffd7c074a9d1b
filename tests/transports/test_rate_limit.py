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


def test_sizes_are_summed_over_a_second() -> None:
    limit = RateLimit(100)
    events = [(0.0, 60), (0.5, 40), (0.9, 1), (1.0, 60), (1.4, 1), (1.5, 40)]
    assert [limit.allows(at, size) for at, size in events] == [True, True, False, True, False, True]


def test_one_event_alone_may_be_larger() -> None:
    limit = RateLimit(100)
    assert [limit.allows(at, size) for at, size in ((0.0, 500), (0.5, 1), (1.0, 500))] == [True, False, True]


@given(st.integers(1, 1_000), st.lists(st.tuples(st.floats(0, 0.5), st.integers(0, 900)), max_size=100))
def test_no_second_ever_holds_more_than_allowed_but_one_event(
    most: int, events: list[tuple[float, int]]
) -> None:
    limit, now, allowed = RateLimit(most), 0.0, list[tuple[float, int]]()
    for wait, size in events:
        now += wait
        if limit.allows(now, size):
            allowed.append((now, size))
    for number, (begin, _) in enumerate(allowed):
        window = [size for at, size in allowed[number:] if at - begin < 1.0]
        assert len(window) == 1 or sum(window) <= most


@given(st.integers(1, 20), st.lists(st.floats(0, 0.5), max_size=200))
def test_no_second_ever_holds_more_than_allowed(most: int, waits: list[float]) -> None:
    limit, now, allowed = RateLimit(most), 0.0, list[float]()
    for wait in waits:
        now += wait
        if limit.allows(now):
            allowed.append(now)
    assert all(sum(1 for t in allowed if at <= t < at + 1.0) <= most for at in allowed)
