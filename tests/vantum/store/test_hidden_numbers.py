"""A number that is kept as a hash: the same each time, another one elsewhere, and no digits in it."""

from __future__ import annotations

from tests.vantum.store.rows import number
from vantum.store.hidden_numbers import MARK, hidden


def test_what_stands_for_a_number() -> None:
    found = hidden("a", number(1))
    assert (found[: len(MARK)], len(found)) == (MARK, 71)
    assert hidden("a", number(1)) == found
    assert len({found, hidden("b", number(1)), hidden("a", number(2))}) == 3
    assert number(1).lstrip("+") not in found
