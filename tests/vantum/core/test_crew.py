"""Who gets a connection: who has its call, who saw its token, or who has the least to do."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.crew import MOST_MORE, MOST_REPEATS, SILENT_SECONDS, UNDER_WAY_SECONDS, Crew, Load, Share
from vantum.core.resumption import Missed
from vantum.core.routing import ANYBODY, Wish

CALL = Wish(begins=True)
HOME, AWAY = "192.0.2.7", "192.0.2.8"
A, B, C, D, STRANGER = (f"0000000{digit}" for digit in "abcd9")


def crew_of(*stamps: str) -> Crew:
    crew = Crew(len(stamps))
    for slot, stamp in enumerate(stamps):
        crew.join(slot, stamp)
    return crew


def handed(crew: Crew, wish: Wish, now: float = 0.0) -> str | None:
    stamp = crew.choose(wish, now)
    if stamp is not None:
        crew.given(stamp, wish, now)
    return stamp


def busy(live: int, **more: object) -> Load:
    return Load(live, live, **more)  # type: ignore[arg-type]


def missing(*, lost: str = "", quiet: str = "", admits: bool = True) -> Load:
    return Load(0, 0, admits, Missed(frozenset(lost.split()), frozenset(quiet.split())))


# --- where there is least to do -------------------------------------------------------------------------


def test_calls_are_spread_before_anybody_tells_of_them() -> None:
    crew = crew_of(A, B, C)
    assert Counter(handed(crew, CALL) for _ in range(9)) == {A: 3, B: 3, C: 3}


def test_who_has_fewer_calls_gets_the_next() -> None:
    crew = crew_of(A, B)
    crew.tell(A, busy(3), 0.0)
    crew.tell(B, busy(1), 0.0)
    assert [handed(crew, CALL) for _ in range(4)] == [B, B, A, B]


def test_a_call_that_was_told_of_counts_once_and_one_that_was_none_not_for_long() -> None:
    crew = crew_of(A, B)
    for _ in range(4):
        handed(crew, CALL)
    crew.tell(A, busy(2), 0.0)
    crew.tell(B, Load(0, 0), 0.0)
    assert [crew.choose(CALL, now) for now in (0.5, UNDER_WAY_SECONDS)] == [A, B]


def test_who_takes_no_calls_is_given_them_only_where_nobody_does() -> None:
    crew = crew_of(A, B)
    crew.tell(A, Load(0, 0, admits=False), 0.0)
    crew.tell(B, busy(9), 0.0)
    assert handed(crew, CALL) == B
    crew.tell(B, busy(9, admits=False), 0.0)
    assert handed(crew, CALL) == A


def test_who_says_nothing_any_more_gets_what_nobody_else_takes() -> None:
    crew = crew_of(A, B)
    crew.tell(A, busy(0), 0.0)
    crew.tell(B, busy(9), SILENT_SECONDS)
    assert [crew.choose(CALL, now) for now in (SILENT_SECONDS - 0.1, SILENT_SECONDS)] == [A, B]
    crew.tell(B, busy(9, admits=False), SILENT_SECONDS)
    assert crew.choose(CALL, SILENT_SECONDS) == A


def test_requests_take_turns_and_count_as_no_calls() -> None:
    crew = crew_of(A, B)
    assert [handed(crew, ANYBODY) for _ in range(4)] == [A, B, A, B]
    assert [handed(crew, CALL) for _ in range(2)] == [A, B]


def test_who_could_not_be_given_it_is_passed_over() -> None:
    crew = crew_of(A, B)
    assert crew.choose(CALL, 0.0, {A}) == B
    assert crew.choose(Wish((A,)), 0.0, {A}) == B
    assert crew.choose(Wish(key="k"), 0.0, {A}) == B
    assert crew.choose(CALL, 0.0, {A, B}) is None
    assert Crew(2).choose(CALL, 0.0) is None


def test_what_is_told_of_or_given_to_the_unknown_is_nothing() -> None:
    crew = crew_of(A)
    crew.tell(STRANGER, busy(1), 0.0)
    crew.given(STRANGER, CALL, 0.0)
    crew.leave(STRANGER)
    crew.retire(STRANGER)
    assert crew.stamps == {A}


# --- what belongs to somebody ---------------------------------------------------------------------------


def test_who_has_a_call_gets_what_is_for_it_however_busy() -> None:
    crew = crew_of(A, B)
    crew.tell(B, busy(100, admits=False), 0.0)
    assert crew.choose(Wish((B,)), 0.0) == B
    assert crew.choose(Wish((STRANGER, B)), 0.0) == B


def test_a_stream_of_a_call_is_no_call_more() -> None:
    crew = crew_of(A, B)
    handed(crew, Wish((A,), begins=True))
    assert crew.choose(CALL, 0.0) == B
    crew.given(B, CALL, 0.0)
    assert crew.choose(CALL, 0.0) == A


@given(st.text(min_size=1, max_size=20))
def test_a_key_is_always_the_same_workers(key: str) -> None:
    crew = crew_of(A, B, C)
    chosen = crew.choose(Wish(key=key), 0.0)
    assert chosen is not None
    crew.tell(chosen, busy(100, admits=False), 0.0)
    assert crew.choose(Wish(key=key, address=HOME), 1.0) == chosen


def test_keys_are_spread_and_stay_when_another_worker_goes() -> None:
    crew = crew_of(A, B, C)
    before = {key: crew.choose(Wish(key=key), 0.0) for key in map(str, range(300))}
    assert min(Counter(before.values()).values()) > 60
    crew.leave(B)
    after = {key: crew.choose(Wish(key=key), 0.0) for key in before}
    assert {key for key in before if before[key] != after[key]} == {k for k, v in before.items() if v == B}


def test_what_is_asked_again_is_asked_of_the_same_while_it_lives() -> None:
    crew = crew_of(A, B)
    asked = Wish(again="signature", begins=True)
    assert [handed(crew, asked) for _ in range(3)] == [A] * 3
    for number in range(MOST_REPEATS):
        crew.choose(Wish(again=str(number)), 0.0)
    crew.tell(A, busy(9), 0.0)
    assert crew.choose(asked, 0.0) == B
    crew.leave(B)
    assert crew.choose(asked, 0.0) == A


def test_who_lost_a_client_gets_those_who_come_from_there() -> None:
    crew = crew_of(A, B)
    crew.tell(B, missing(lost=HOME), 0.0)
    at_home, returning = Wish(address=HOME, begins=True), Wish(address=HOME, returns=True, begins=True)
    assert [handed(crew, at_home) for _ in range(MOST_MORE + 1)] == [B] * (MOST_MORE + 1)
    # Not for ever: most of them are new.
    assert handed(crew, at_home) == A
    assert handed(crew, returning) == B
    assert handed(crew, Wish(address=AWAY, begins=True)) == A


@pytest.mark.parametrize(
    ("load", "says_so", "says_nothing"),
    [
        (missing(lost=HOME), B, B),
        (missing(quiet=HOME), B, A),
        (missing(lost=HOME, admits=False), B, A),
        (missing(lost=AWAY), A, A),
    ],
)
def test_who_says_that_it_comes_back_is_sent_to_whoever_may_miss_it(
    load: Load, says_so: str, says_nothing: str
) -> None:
    crew = crew_of(A, B)
    crew.tell(B, load, 0.0)
    assert crew.choose(Wish(address=HOME, returns=True), 0.0) == says_so
    assert crew.choose(Wish(address=HOME), 0.0) == says_nothing


def test_of_several_who_lost_somebody_each_is_tried() -> None:
    crew = crew_of(A, B, C)
    crew.tell(A, missing(lost=HOME), 0.0)
    crew.tell(B, missing(quiet=HOME), 0.0)
    crew.tell(C, missing(lost=HOME), 0.0)
    assert {handed(crew, Wish(address=HOME, returns=True)) for _ in range(2)} == {A, C}


def test_who_leaves_is_sent_no_new_client_from_there() -> None:
    crew = crew_of(A, B)
    crew.tell(B, missing(lost=HOME), 0.0)
    crew.retire(B)
    assert crew.choose(Wish(address=HOME), 0.0) == A
    assert crew.choose(Wish(address=HOME, returns=True), 0.0) == B


# --- coming and going -----------------------------------------------------------------------------------


def test_who_leaves_finishes_its_calls_and_gets_no_others() -> None:
    crew = crew_of(A, B)
    crew.tell(B, busy(5), 0.0)
    crew.retire(A)
    assert (crew.active(A), crew.active(B)) == (False, True)
    assert [crew.choose(wish, 0.0) for wish in (CALL, Wish((A,)), Wish(key="k"))] == [B, A, B]
    crew.retire(B)
    # When all leave, those who come are told so.
    assert crew.choose(CALL, 0.0) == A


def test_an_heir_gets_what_was_for_the_one_that_is_gone() -> None:
    crew = crew_of(A, B)
    assert (crew.owner(STRANGER), crew.owner(B)) == (A, B)
    crew.leave(B)
    assert (crew.owner(B), crew.choose(Wish((B,)), 0.0)) == (A, A)
    crew.join(1, C)
    crew.retire(A)
    crew.join(0, D)
    # A still has what it inherited.
    assert [crew.owner(stamp) for stamp in (A, B, STRANGER)] == [A, A, A]
    crew.leave(A)
    assert [crew.owner(stamp) for stamp in (A, B, STRANGER)] == [D, D, D]


def test_what_nobody_can_inherit_waits_for_the_next() -> None:
    crew = Crew(1)
    assert crew.join(0, A)
    crew.leave(A)
    assert (crew.owner(A), crew.owner(STRANGER), crew.choose(Wish((A,)), 0.0)) == (None, None, None)
    assert crew.join(0, B)
    assert (crew.owner(A), crew.owner(STRANGER)) == (B, B)
    assert not crew.join(0, C)


def test_a_share_is_what_was_left_and_nothing_of_who_lives() -> None:
    crew = crew_of(A, B, C)
    everything_else = crew.share_of(A, [A, B, C])
    assert everything_else == Share(frozenset((A, B, C)), others=True)
    assert [everything_else.has(f"call-{stamp}") for stamp in (A, B, STRANGER)] == [False, False, True]
    crew.leave(B)
    assert crew.share_of(A, [A, C]).has(f"call-{B}")
    # It takes no connections any more, and may still write to its calls.
    assert not crew.share_of(A, [A, B, C]).has(f"call-{B}")


def test_a_second_heir_takes_only_what_is_its_own() -> None:
    crew = crew_of(A, B, C)
    crew.retire(A)
    crew.leave(C)
    assert crew.owner(C) == B
    share = crew.share_of(B, [A, B])
    assert share == Share(frozenset({C}))
    assert [share.has(f"call-{stamp}") for stamp in (A, B, C, STRANGER)] == [False, False, True, False]
    crew.leave(B)
    crew.join(0, D)
    # Those before this server are A's still.
    assert [crew.owner(stamp) for stamp in (B, C, STRANGER)] == [D, D, A]
    assert crew.share_of(A, [A, D]) == Share(frozenset((A, B, C, D)), others=True)
