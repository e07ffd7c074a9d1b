"""Lines are checked where they are built, and every problem has its sentence."""

from __future__ import annotations

import pytest

from vantum.core.legal.case import LineType
from vantum.core.outreach.line import WORDS, Line, Problem


@pytest.mark.parametrize(
    ("number", "country"), [("0301234567", "DE"), ("+4930", "DE"), ("+493012345", "Germany")]
)
def test_no_line_without_a_number(number: str, country: str) -> None:
    with pytest.raises(ValueError, match=r"E\.164"):
        Line(number, country, LineType.UNKNOWN)


def test_every_problem_has_words() -> None:
    assert set(WORDS) == set(Problem)
    assert all(words.endswith(".") for words in WORDS.values())
