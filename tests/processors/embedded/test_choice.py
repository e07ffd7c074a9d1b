from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.embedded.choice import choose, from_script, is_whole, likeness, plain_words
from processors.embedded.jobs import Heard

PHRASES = (
    "Tell me more about the price.",
    "I'm interested",
    "I am not interested.",
    "Please take me off your list!",
    "Yes please",
)
FRAMES = 100


def heard(text: str, per_frame: float) -> Heard:
    return Heard(text, per_frame * FRAMES, FRAMES)


def test_a_script_text_that_fits_clearly_better_is_taken() -> None:
    general, script = heard("no thank you i am not interest rate", -30), heard("i am not interested", -25)
    assert choose(general, script, PHRASES) == "i am not interested"


@pytest.mark.parametrize("advantage", [-5.0, 0.0, 3.0])
def test_without_a_clear_advantage_the_general_text_stands(advantage: float) -> None:
    general, script = heard("what is the weather", -30), heard("i am not interested", -30 + advantage)
    assert choose(general, script, PHRASES) == "what is the weather"


def test_a_salad_of_the_words_of_the_script_is_not_believed() -> None:
    general = heard("ask not what your country can do for you", -30)
    salad = heard("am not i please about price off your am list tell me", -20)
    assert choose(general, salad, PHRASES) == general.text


def test_a_script_text_close_to_the_general_one_is_taken() -> None:
    general, script = heard("is that a fixed fee", -30), heard("is that a fixed free", -25)
    assert choose(general, script, PHRASES) == "is that a fixed free"


def test_hearing_nothing_of_the_script_leaves_the_general_text() -> None:
    assert choose(heard("hello", -30), heard("", 0), PHRASES) == "hello"


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("tell me more about the price", 1.0),
        ("yes please tell me more", 1.0),
        ("yes please", 1.0),
        ("please take me now", 0.75),
        ("interested me not please", 0.0),
        ("", 0.0),
    ],
)
def test_the_share_of_words_that_stand_as_in_a_phrase(text: str, share: float) -> None:
    phrases = tuple(plain_words(phrase) for phrase in PHRASES)
    assert from_script(plain_words(text), phrases) == share


def test_plain_words_are_lower_case_without_marks() -> None:
    assert plain_words("I\u2019m NOT interested, thanks - 24/7!") == ("i'm", "not", "interested", "thanks")


@given(st.text(), st.text())
def test_likeness_is_a_share(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, one) == 1


@given(st.lists(st.sampled_from(["yes", "no", "please", "take", "me", "off", "your", "list"])))
def test_a_share_is_never_more_than_all(words: list[str]) -> None:
    assert 0 <= from_script(tuple(words), [plain_words(phrase) for phrase in PHRASES]) <= 1


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("who is this", False),
        ("who is this and where did you get my number", True),
        ("Not interested!", True),
        ("not interested at all", False),
        ("", False),
    ],
)
def test_a_phrase_is_whole_unless_a_longer_one_begins_with_it(text: str, whole: bool) -> None:
    phrases = ["Who is this?", "who is this and where did you get my number", "not interested"]
    assert is_whole(text, phrases) is whole
