"""The life of a lead: none is lost."""

from __future__ import annotations

import pytest

from vantum.core.errors import IllegalMoveError
from vantum.core.outreach.lead import CALLABLE, HELD, MOVES, OVER, LeadEvent, LeadState, moved

S, E = LeadState, LeadEvent


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ("claimed placed finished", S.DONE),
        ("claimed placed requeued claimed placed exhausted", S.DONE),
        ("claimed requeued claimed placed", S.IN_CALL),
        ("deferred deferred claimed deferred", S.WAITING),
        ("suppressed", S.SKIPPED),
        ("claimed blocked", S.SKIPPED),
        ("claimed placed suppressed finished suppressed", S.DONE),
        ("claimed placed stopped requeued stopped stopped", S.SKIPPED),
        ("claimed placed finished reopened claimed", S.LEASED),
        ("claimed placed requeued exhausted", S.DONE),
        # The carrier's word comes late.
        ("claimed requeued found finished", S.DONE),
        ("claimed finished found requeued", S.WAITING),
        ("claimed stopped found finished", S.DONE),
        ("claimed found found", S.IN_CALL),
    ],
)
def test_a_life(events: str, state: LeadState) -> None:
    now = S.PENDING
    for event in events.split():
        now = moved(now, E(event))
    assert now is state


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("event", E)
def test_a_move_is_in_the_table_or_raises(state: LeadState, event: LeadEvent) -> None:
    if (state, event) in MOVES:
        assert moved(state, event) is MOVES[state, event]
        return
    with pytest.raises(IllegalMoveError, match=f"{event} is not possible while {state}"):
        moved(state, event)


@pytest.mark.parametrize("state", [S.LEASED, S.IN_CALL, S.DONE, S.SKIPPED])
def test_who_is_held_or_done_with_is_not_claimed(state: LeadState) -> None:
    with pytest.raises(IllegalMoveError):
        moved(state, E.CLAIMED)


def test_nobody_is_placed_without_a_claim() -> None:
    assert {before for before, event in MOVES if event is E.PLACED} == {S.LEASED}


def test_a_suppression_or_a_stop_leaves_nobody_callable() -> None:
    for event in (E.SUPPRESSED, E.STOPPED):
        assert all(moved(state, event) not in CALLABLE for state in S)


def test_from_everywhere_there_is_a_way_to_an_end() -> None:
    for state in S:
        seen, ahead = {state}, [state]
        while ahead:
            now = ahead.pop()
            steps = {after for (before, _), after in MOVES.items() if before is now} - seen
            seen |= steps
            ahead.extend(steps)
        assert seen & OVER, state


def test_every_state_is_of_one_kind() -> None:
    assert set(S) == CALLABLE | HELD | OVER
    assert len(CALLABLE) + len(HELD) + len(OVER) == len(S)
