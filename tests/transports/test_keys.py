"""Keys wait until what is said before them has been heard."""

from __future__ import annotations

from transports.keys import Keys
from transports.utterance import Framing, Utterance

FIRST, SECOND = (Utterance(name, Framing(8000, 320, 160)) for name in ("first", "second"))


def test_keys_behind_nothing_are_pressed_once() -> None:
    keys = Keys()
    keys.add("1", None)
    assert [keys.take([]), keys.take([])] == ["1", ""]


def test_keys_wait_for_the_speech_before_them_and_not_for_what_follows() -> None:
    keys = Keys()
    keys.add("1", FIRST)
    assert keys.take([FIRST, SECOND]) == ""
    assert keys.take([SECOND]) == "1"


def test_one_number_is_pressed_in_one_piece() -> None:
    keys = Keys()
    keys.add("1", FIRST)
    keys.add("2", SECOND)
    assert keys.take([SECOND]) == ""
    assert keys.take([]) == "12"


def test_forgotten_keys_are_not_pressed() -> None:
    keys = Keys()
    keys.add("1", None)
    keys.forget()
    assert keys.take([]) == ""
