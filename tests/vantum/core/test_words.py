from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.words import BREAK, negated, plain


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Yes, please!", "yes please"),
        ("I'm not; you're, we'll, I've, I'd", "i am not you are we will i have i would"),
        ("don't dont DON\u2019T", "do not do not do not"),
        ("can't cannot won't", "can not can not will not"),
        ("isn't it? that's John's", "is not it that is johns"),
        ("Who's calling? Whats this?", "who is calling what is this"),
        ("ok thanks", "okay thank you"),
        ("at 10:30 a.m.", "at 10_30 am"),
        ("3 p.m. or 4 pm", "3 pm or 4 pm"),
        ("Good bye, good-bye", "goodbye goodbye"),
        ("e-mail, E Mail", "email email"),
        ("IM\u00b9 busy", "i am busy"),
        (f"One. {BREAK} Two.", "one two"),
        ("So that is [interrupted]", "so that is"),
        ("???", ""),
    ],
)
def test_what_sounds_alike_is_equal(text: str, words: str) -> None:
    assert plain(text) == words


@given(st.text().filter(lambda text: not set(text) & set("'\u2019`")))
def test_plain_words_stay_as_they_are(text: str) -> None:
    words = plain(text)
    assert plain(words.replace("_", ":")) == words
    assert words == " ".join(words.split())


@pytest.mark.parametrize(
    ("words", "expected"),
    [("we do not use one", True), ("never", True), ("we use one", False), ("i know", False)],
)
def test_negation(words: str, expected: bool) -> None:
    assert negated(words) is expected
