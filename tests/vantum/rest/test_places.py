"""Places: so many at a time, given back however the work ends."""

from __future__ import annotations

import pytest

from vantum.rest.places import Places
from vantum.rest.problems import Kind, Refused


def test_there_are_no_more_than_so_many() -> None:
    places = Places(2, "lists are read")
    with places.one(), places.one():
        assert places.taken == 2
        with pytest.raises(Refused) as refused, places.one():
            pytest.fail("there was no place")
    assert refused.value.kind is Kind.TOO_MANY
    assert refused.value.told == "2 lists are read already, and no more at a time."
    assert places.taken == 0


def test_a_place_is_given_back_when_the_work_fails() -> None:
    places = Places(1, "lists are read")
    with pytest.raises(ValueError, match="broken"), places.one():
        raise ValueError("broken")
    assert places.taken == 0
