"""A session goes forward only."""

from __future__ import annotations

import pytest

from vantum.core.errors import IllegalMoveError
from vantum.core.session import Session, moved


@pytest.mark.parametrize("to", [Session.ACTIVE, Session.ENDED])
def test_an_idle_session_starts_or_ends(to: Session) -> None:
    assert moved(Session.IDLE, to) is to


@pytest.mark.parametrize(
    ("state", "to"),
    [(Session.ACTIVE, Session.IDLE), (Session.ACTIVE, Session.ACTIVE), (Session.ENDED, Session.ACTIVE)],
)
def test_an_illegal_move_raises(state: Session, to: Session) -> None:
    with pytest.raises(IllegalMoveError, match=f"becoming {to} is not possible while {state}"):
        moved(state, to)


def test_an_active_session_is_lost_and_found_again_or_lost_for_good() -> None:
    lost = moved(Session.ACTIVE, Session.DETACHED)
    assert moved(lost, Session.ACTIVE) is Session.ACTIVE
    assert moved(lost, Session.ENDED) is Session.ENDED
    with pytest.raises(IllegalMoveError):
        moved(Session.IDLE, Session.DETACHED)
