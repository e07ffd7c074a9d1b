"""So many calls at a time and in a minute, and no more memory than is allowed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.quota import MINUTE_SECONDS, Excess, Held, Limits, Pace, Quota


def test_one_too_many_at_a_time_is_refused_until_one_is_over() -> None:
    quota = Quota(Limits(live=2, per_minute=0))
    assert [quota.take("a", 0.0), quota.take("a", 0.0)] == [None, None]
    assert quota.take("a", 1.0) == Excess("at most 2 calls at a time are allowed", 10)
    assert quota.take("b", 1.0) is None
    quota.release("a")
    assert quota.take("a", 1.0) is None


def test_one_too_many_in_a_minute_is_told_when_to_come_back() -> None:
    quota = Quota(Limits(live=0, per_minute=2))
    for at in (0.0, 10.5):
        assert quota.take("a", at) is None
        quota.release("a")
    assert quota.take("a", 20.0) == Excess("at most 2 new calls a minute are allowed", 40)
    assert quota.take("a", 59.5) == Excess("at most 2 new calls a minute are allowed", 1)
    assert quota.take("b", 20.0) is None
    assert quota.take("a", 60.0) is None
    assert quota.take("a", 70.4) == Excess("at most 2 new calls a minute are allowed", 1)
    assert quota.take("a", 70.5) is None


def test_nothing_is_limited_by_zero() -> None:
    quota = Quota(Limits(live=0, per_minute=0))
    assert {quota.take("a", 0.0) for _ in range(1000)} == {None}


def test_what_is_refused_is_not_counted() -> None:
    quota = Quota(Limits(live=1, per_minute=2))
    assert quota.take("a", 0.0) is None
    assert all(quota.take("a", 1.0) is not None for _ in range(100))
    quota.release("a")
    assert quota.take("a", 2.0) is None


def test_what_was_no_call_is_given_back() -> None:
    quota = Quota(Limits(live=2, per_minute=2))
    assert [quota.take("a", at) for at in (0.0, 1.0)] == [None, None]
    quota.give_back("a")
    assert quota.take("a", 2.0) is None
    assert quota.take("a", 3.0) is not None
    for _ in range(2):
        quota.give_back("a")
    assert quota.known == 0


def test_what_is_forgotten_is_given_back_without_harm() -> None:
    quota = Quota(Limits(live=2, per_minute=2))
    assert [quota.take("a", 0.0), quota.take("b", MINUTE_SECONDS)] == [None, None]
    quota.give_back("a")
    assert quota.known == 1


def test_whoever_has_no_call_is_forgotten_a_minute_later() -> None:
    quota = Quota(Limits(live=5, per_minute=5))
    for who in ("stays", "goes"):
        quota.take(who, 0.0)
    quota.release("goes")
    assert quota.known == 2
    quota.take("new", MINUTE_SECONDS)
    assert quota.known == 2
    quota.release("stays")
    quota.release("new")
    assert quota.known == 1


def test_many_addresses_take_no_more_memory_than_allowed() -> None:
    quota = Quota(Limits(live=5, per_minute=3), most_known=10)
    for count in range(10_000):
        assert quota.take(str(count), count * 0.001) is None
        quota.release(str(count))
        assert quota.known <= 10
    # The latest are those that are known.
    pace = Pace(1, most_known=2)
    for who in ("a", "b", "a", "c"):
        pace.count(who, 0.0)
    assert pace.known == {"a", "c"}


@given(
    st.integers(1, 4),
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 240)), max_size=60),
)
def test_no_minute_ever_holds_more_than_allowed(most: int, asked: list[tuple[str, int]]) -> None:
    quota, now, taken = Quota(Limits(live=0, per_minute=most)), 0.0, list[tuple[str, float]]()
    for who, eighths in asked:
        now += eighths / 8
        excess = quota.take(who, now)
        if excess is None:
            taken.append((who, now))
            quota.release(who)
        else:
            # What is promised holds.
            later = now + excess.retry_seconds
            assert sum(name == who and later - MINUTE_SECONDS < at for name, at in taken) < most
    for who, begin in taken:
        assert sum(name == who and begin <= at < begin + MINUTE_SECONDS for name, at in taken) <= most


# --- where nobody tells that a call is over -----------------------------------------------------------


def test_calls_that_are_over_make_room() -> None:
    live = {"1", "2"}
    held = Held(2, live.__contains__)
    for call_id in ("1", "2"):
        assert held.ask("key") is None
        held.answer("key", call_id)
    assert held.ask("key") == Excess("at most 2 calls at a time, those that wait included, are allowed", 10)
    assert held.ask("other") is None
    live.discard("1")
    assert held.ask("key") is None
    held.answer("key", "1")
    live.add("1")
    assert held.ask("key") is not None
    assert held.known == 1
    live.clear()
    assert held.ask("key") is None
    assert held.known == 0


def test_a_call_that_is_being_placed_counts() -> None:
    held = Held(1, lambda _: True)
    assert held.ask("key") is None
    assert held.ask("key") is not None
    held.answer("key", "")
    assert held.ask("key") is None
    held.answer("key", "1")
    assert held.ask("key") is not None


def test_calls_that_are_placed_at_the_same_time_all_count() -> None:
    held = Held(2, lambda _: True)
    assert [held.ask("key"), held.ask("key")] == [None, None]
    held.answer("key", "1")
    assert held.ask("key") is not None
    held.answer("key", "")
    assert held.ask("key") is None


def test_the_same_call_counts_once() -> None:
    held = Held(2, lambda _: True)
    for _ in range(5):
        assert held.ask("key") is None
        held.answer("key", "the same")


@pytest.mark.parametrize("call_id", ["", "1"])
def test_without_a_limit_nothing_is_kept(call_id: str) -> None:
    live = {"1"}
    held = Held(0, live.__contains__)
    for _ in range(10):
        assert held.ask("key") is None
        held.answer("key", call_id)
    assert held.known == 0
