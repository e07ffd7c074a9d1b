"""Prospects: whose number it is, and what a prospect cannot be."""

from __future__ import annotations

import pytest

from tests.vantum.local_carrier.kit import prospect, step
from vantum.local_carrier.prospect import (
    LONGEST_LINE,
    LONGEST_WAIT,
    MOST_NUMBERS,
    MOST_STEPS,
    Cue,
    HangsUp,
    Pickup,
    Presses,
    Prospect,
    Says,
    When,
)


@pytest.mark.parametrize(
    ("pattern", "number", "theirs"),
    [
        ("+15550100001", "+15550100001", True),
        ("+15550100001", "+155501000011", False),
        ("+15550100001", "+15550100002", False),
        ("+1555010000?", "+15550100007", True),
        ("+1555010000?", "+1555010000", False),
        ("+1555*", "+1555", True),
        ("+1555*", "+15550100001", True),
        ("+1555*", "+4915550100001", False),
        ("+1???0*", "+15550100001", True),
        ("+1???0*", "+15551100001", False),
    ],
)
def test_a_number_is_theirs_by_its_pattern(pattern: str, number: str, theirs: bool) -> None:
    assert prospect(numbers=("+4930*", pattern)).has(number) is theirs


@pytest.mark.parametrize("seconds", [-0.1, LONGEST_WAIT + 0.1, float("nan")])
def test_a_moment_is_within_bounds(seconds: float) -> None:
    with pytest.raises(ValueError, match="out of range"):
        When(Cue.AT, seconds)


@pytest.mark.parametrize("text", ["", "  ", "a" * (LONGEST_LINE + 1)])
def test_a_line_has_words_and_an_end(text: str) -> None:
    with pytest.raises(ValueError, match=f"A line has 1 to {LONGEST_LINE} characters"):
        Says(text)


@pytest.mark.parametrize("keys", ["", "x", "1" * 33])
def test_keys_are_those_of_a_telephone(keys: str) -> None:
    with pytest.raises(ValueError, match="Keys are 1 to 32"):
        Presses(keys)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"numbers": ("+1",) * (MOST_NUMBERS + 1)}, "too many"),
        ({"numbers": ("1555",)}, "A number is"),
        ({"numbers": ("+*1",)}, "A number is"),
        ({"share": -1}, "A share is"),
        ({"share": 1001}, "A share is"),
        ({"share": 0}, "never rung"),
        ({"answers_after": -1.0}, "Nothing is waited for"),
        ({"verdict_after": LONGEST_WAIT + 1}, "Nothing is waited for"),
        ({"voice": "bass"}, "There is no voice 'bass'"),
        ({"steps": (step(HangsUp()),) * (MOST_STEPS + 1)}, "steps are too many"),
        ({"pickup": Pickup.BUSY}, "Who answers does something"),
    ],
)
def test_what_a_prospect_cannot_be(facts: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=r"somebody: .*" + told):
        prospect(**facts)


def test_who_answers_does_something() -> None:
    with pytest.raises(ValueError, match="Who answers does something"):
        Prospect("somebody")
