"""Texts gathered from pieces."""

from __future__ import annotations

from vantum.sheets.gathered_text import GatheredText


def test_pieces() -> None:
    gathered = GatheredText(5)
    gathered.take("not yet")
    gathered.open()
    gathered.take("ab")
    gathered.close()
    gathered.take("no")
    gathered.speak(1)
    gathered.open()
    gathered.take("spoken")
    gathered.speak(-1)
    gathered.open()
    gathered.take("cdef")
    gathered.take("dropped")
    assert str(gathered) == "abcdef"
    gathered.clear()
    assert (str(gathered), gathered.pieces) == ("", [])
