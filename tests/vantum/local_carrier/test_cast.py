"""The cast: the same people are at the same numbers, and everybody has their share."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vantum.local_carrier.kit import prospect
from vantum.local_carrier.cast import MOST_PROSPECTS, Cast

ANNA = prospect(name="Anna", numbers=("+15550100001", "+4930*"), share=0)
BERT = prospect(name="Bert", numbers=("+15550100001",), share=3)
CARL = prospect(name="Carl")
CAST = Cast((ANNA, BERT, CARL))


def test_the_first_one_whose_number_it_is_answers() -> None:
    assert CAST.at("+15550100001") is ANNA
    assert CAST.at("+4930123456") is ANNA


@given(number=st.from_regex(r"\+1[0-9]{10}", fullmatch=True))
def test_the_same_one_is_at_a_number_each_time(number: str) -> None:
    assert CAST.at(number) is Cast((ANNA, BERT, CARL)).at(number)


def test_other_numbers_are_dealt_by_share() -> None:
    rung = Counter(CAST.at(f"+1415555{line:04}").name for line in range(2000))
    assert set(rung) == {"Bert", "Carl"}
    assert 1400 <= rung["Bert"] <= 1600


@pytest.mark.parametrize(
    ("prospects", "told"),
    [
        ((), "1 to 100 prospects, not 0"),
        (tuple(prospect(name=str(one)) for one in range(MOST_PROSPECTS + 1)), "not 101"),
        ((CARL, CARL), "a name of their own"),
        ((ANNA,), "Somebody must have a share"),
    ],
)
def test_what_a_cast_cannot_be(prospects: tuple[object, ...], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Cast(prospects)  # type: ignore[arg-type]
