"""The life of a session: idle (connected) -> active (started) -> ended. Illegal moves raise.

An active session whose client is lost is detached, until the client is back or is waited for no more.
"""

from __future__ import annotations

from enum import StrEnum

from vantum.core.errors import IllegalMoveError


class Session(StrEnum):
    """Where a session stands."""

    IDLE = "idle"
    ACTIVE = "active"
    DETACHED = "detached"
    ENDED = "ended"


MOVES = frozenset(
    {
        (Session.IDLE, Session.ACTIVE),
        (Session.IDLE, Session.ENDED),
        (Session.ACTIVE, Session.DETACHED),
        (Session.ACTIVE, Session.ENDED),
        (Session.DETACHED, Session.ACTIVE),
        (Session.DETACHED, Session.ENDED),
    }
)


def moved(state: Session, to: Session) -> Session:
    """The session after moving from ``state`` to ``to``; IllegalMoveError if there is no such move."""
    if (state, to) not in MOVES:
        raise IllegalMoveError(state, f"becoming {to}")
    return to
