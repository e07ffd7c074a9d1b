"""Words that a second recogniser hears again are left out, those that it hears for the first time are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.stt.said_twice import SaidTwice

WORDS = ["my", "name", "is", "kate", "and", "i", "would", "like", "a", "table"]


def twice(*given_texts: str) -> SaidTwice:
    known = SaidTwice()
    for position, text in enumerate(given_texts, start=1):
        known.given(text, position)
    known.rewind(0)
    return known


@pytest.mark.parametrize(
    ("known", "heard", "new"),
    [
        ("", "Hello there.", "Hello there."),
        ("Hello there.", "", ""),
        ("Hello there.", "hello there", ""),
        ("Hello there.", "Hello there, my name is Kate.", "my name is Kate."),
        ("Hello there my", "Hello, their my name is Kate.", "name is Kate."),
        ("I would like to", "I'd like to book a table.", "book a table."),
        ("Hello there my name", "Hello", ""),
        ("Hello there my name", "Hello there", ""),
        ("one two three", "one", ""),
        ("Yes.", "Yes I am.", "I am."),
        ("Yes.", "No I am not.", "No I am not."),
        ("What does it cost?", "We are four people.", "We are four people."),
    ],
)
def test_only_what_is_new_is_left(known: str, heard: str, new: str) -> None:
    assert twice(known).interim(heard) == new
    assert twice(known).final(heard) == new


def test_known_words_may_come_in_two_finals() -> None:
    known = twice("one two", "three four")
    assert [known.final(text) for text in ("One two three.", "Four five.", "Four five.")] == [
        "",
        "five.",
        "Four five.",
    ]


def test_an_empty_final_changes_nothing() -> None:
    known = twice("one two")
    assert [known.final(text) for text in ("", "one two three")] == ["", "three"]


def test_words_off_the_tape_are_not_expected() -> None:
    known = SaidTwice()
    known.given("one two", 10)
    known.given("three", 20)
    known.rewind(10)
    assert known.interim("three four") == "four"
    known.forget(20)
    known.rewind(20)
    assert known.interim("three four") == "three four"


@given(words=st.lists(st.sampled_from(WORDS), unique=True), cut=st.integers(0, 10))
def test_the_same_words_are_given_once(words: list[str], cut: int) -> None:
    first, rest = words[:cut], words[cut:]
    assert twice(" ".join(first)).final(" ".join(words)) == " ".join(rest)
