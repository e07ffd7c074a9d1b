"""At most so many messages, and so many bytes, in any second."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from transports.rate_limit import Excess, RateLimit

PLENTY = 1_000_000


def test_one_too_many_in_a_second_is_refused_and_the_next_second_is_free() -> None:
    limit = RateLimit(3, PLENTY)
    times = (0.0, 0.1, 0.2, 0.9, 1.0, 1.05, 1.15)
    assert [limit.excess(at, 1) for at in times] == [
        *[None, None, None, Excess.MESSAGES],
        *[None, Excess.MESSAGES, None],
    ]


def test_sizes_are_summed_over_a_second() -> None:
    limit = RateLimit(PLENTY, 100)
    messages = [(0.0, 60), (0.5, 40), (0.9, 1), (1.0, 60), (1.4, 1), (1.5, 40)]
    assert [limit.excess(at, size) for at, size in messages] == [
        *[None, None, Excess.BYTES],
        *[None, Excess.BYTES, None],
    ]


def test_one_message_alone_may_be_larger() -> None:
    limit = RateLimit(PLENTY, 100)
    messages = ((0.0, 500), (0.5, 1), (1.0, 500))
    assert [limit.excess(at, size) for at, size in messages] == [None, Excess.BYTES, None]


@given(
    st.integers(1, 20),
    st.integers(1, 1_000),
    st.lists(st.tuples(st.floats(0, 0.5), st.integers(0, 900)), max_size=100),
)
def test_no_second_ever_holds_more_than_allowed_but_one_message(
    most: int, most_bytes: int, messages: list[tuple[float, int]]
) -> None:
    limit, now, allowed = RateLimit(most, most_bytes), 0.0, list[tuple[float, int]]()
    for wait, size in messages:
        now += wait
        if limit.excess(now, size) is None:
            allowed.append((now, size))
    for number, (begin, _) in enumerate(allowed):
        window = [size for at, size in allowed[number:] if at - begin < 1.0]
        assert len(window) <= most
        assert len(window) == 1 or sum(window) <= most_bytes
