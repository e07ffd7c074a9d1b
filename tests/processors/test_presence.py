"""What is told of a caller who comes and goes."""

from __future__ import annotations

from processors.presence import Presence


def test_what_is_heard_of_a_caller_who_is_there_is_told_at_once() -> None:
    told: list[float] = []
    Presence().tell(3.0, told.append)
    assert told == [3.0]


def test_what_is_heard_meanwhile_is_told_when_they_are_back_and_no_time_has_passed() -> None:
    presence, told = Presence(), list[float]()
    presence.left(10.0)
    assert (presence.there, presence.time(14.0)) == (False, 10.0)
    presence.tell(10.0, told.append)
    presence.tell(10.0, lambda now: told.append(-now))
    assert told == []
    presence.returned(15.0)
    assert told == [10.0, -10.0]
    assert (presence.there, presence.time(16.0), presence.outside(12.0)) == (True, 11.0, 17.0)
    assert presence.at_due(12.0, 17.0) == 12.0


def test_who_does_not_come_back_was_heard_all_the_same() -> None:
    presence, told = Presence(), list[float]()
    presence.left(10.0)
    presence.tell(10.0, told.append)
    presence.catch_up(10.0)
    presence.catch_up(11.0)
    assert told == [10.0]
