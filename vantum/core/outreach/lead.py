"""The life of one lead, as a table of moves.

Law: no lead is lost. Whatever ends a claim or a call leads to a state from which the lead is called again, or to
an end. What the carrier or the callee says counts also when it comes late: a call that was given up may be found,
and a lead that is over may be opened again.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from vantum.core.errors import IllegalMoveError


class LeadState(StrEnum):
    """Where a lead stands."""

    PENDING = "pending"  # never claimed
    LEASED = "leased"  # a dialer has claimed it, and has not placed the call yet
    IN_CALL = "in_call"
    WAITING = "waiting"  # for its ``next_attempt_at``
    DONE = "done"
    SKIPPED = "skipped"  # not to be called any more, though there were attempts left


class LeadEvent(StrEnum):
    """What happens to a lead."""

    CLAIMED = "claimed"
    PLACED = "placed"  # the carrier has taken the call
    FOUND = "found"  # the carrier has the call that we had given up
    DEFERRED = "deferred"  # by the legal gate, to a moment
    REQUEUED = "requeued"  # a claim is given back, or another attempt follows
    FINISHED = "finished"
    EXHAUSTED = "exhausted"  # no attempt is left
    SUPPRESSED = "suppressed"  # somebody is not to be called
    BLOCKED = "blocked"  # by the legal gate: no machine may call
    STOPPED = "stopped"  # the campaign was
    REOPENED = "reopened"  # a callback was promised, or an operator wants it


CALLABLE = frozenset({LeadState.PENDING, LeadState.WAITING})
"""May be claimed, once the next attempt is due."""
HELD = frozenset({LeadState.LEASED, LeadState.IN_CALL})
"""Takes a place in the limits."""
OVER = frozenset({LeadState.DONE, LeadState.SKIPPED})

_S, _E = LeadState, LeadEvent

MOVES: Mapping[tuple[LeadState, LeadEvent], LeadState] = MappingProxyType(
    {
        **{(state, _E.CLAIMED): _S.LEASED for state in CALLABLE},
        **{(state, _E.DEFERRED): _S.WAITING for state in (*CALLABLE, _S.LEASED)},
        (_S.LEASED, _E.PLACED): _S.IN_CALL,
        # The carrier's word comes late, after the lead was given up: the call is real all the same.
        **{(state, _E.FOUND): _S.IN_CALL for state in (_S.LEASED, _S.IN_CALL, _S.WAITING, *OVER)},
        **{(state, _E.REQUEUED): _S.WAITING for state in HELD},
        **{(state, _E.FINISHED): _S.DONE for state in HELD},
        **{(state, _E.EXHAUSTED): _S.DONE for state in (*HELD, _S.WAITING)},
        **{
            (state, event): _S.SKIPPED
            for event in (_E.SUPPRESSED, _E.BLOCKED, _E.STOPPED)
            for state in (*CALLABLE, _S.LEASED)
        },
        # Somebody is suppressed in the middle of a call: the call ends as it ends.
        **{
            (state, event): state
            for event in (_E.SUPPRESSED, _E.STOPPED)
            for state in (_S.IN_CALL, _S.DONE, _S.SKIPPED)
        },
        **{(state, _E.REOPENED): _S.WAITING for state in (*OVER, *CALLABLE)},
    }
)


def moved(state: LeadState, event: LeadEvent) -> LeadState:
    """The lead after ``event``; IllegalMoveError if the table has no such move."""
    after = MOVES.get((state, event))
    if after is None:
        raise IllegalMoveError(state, event)
    return after
