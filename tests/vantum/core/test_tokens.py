"""What sounds alike is equal, in any script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.tokens import LONGEST_PHRASE, parts, phrases, tokens, without_apostrophes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Uh-huh, d\u2019accord!", ("uh", "huh", "d'accord")),
        ("Ça va — très bien", ("ca", "va", "tres", "bien")),
        ("Straße, ÄÖÜ", ("strasse", "aou")),
        ("हाँ, ठीक है।", ("हां", "ठीक", "है")),
        ("10:30 or 3.50", ("10", "30", "or", "3", "50")),
        ("'cause rock 'n' roll", ("'cause", "rock", "'n", "roll")),
        ("a_b __ ''", ("a", "b")),
        ("… ?!", ()),
        ("", ()),
    ],
)
def test_text_becomes_words(text: str, words: tuple[str, ...]) -> None:
    assert tokens(text) == words


def test_a_dot_below_and_a_nasal_sign_make_no_other_word() -> None:
    assert tokens("आवाज़ हूँ") == tokens("आवाज हूं")
    assert tokens("\u0915\u093c") == tokens("क")


@given(st.text())
def test_words_are_their_own_words(text: str) -> None:
    words = tokens(text)
    assert tokens(" ".join(words)) == words


def test_phrases_are_written_with_commas() -> None:
    assert phrases("I see, got it", "okay") == {("i", "see"), ("got", "it"), ("okay",)}
    assert without_apostrophes(tokens("that's right")) == ("thats", "right")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a", 1),
        ("a b", 1),
        ("a b a", 2),
        ("b", None),
        ("a b b", None),
        ("c a", None),
        ("a a b c d", 3),
    ],
)
def test_words_are_made_of_phrases(text: str, count: int | None) -> None:
    assert parts(tokens(text), phrases("a, a b, c d")) == count


def test_a_longer_phrase_is_not_looked_for() -> None:
    words = ("a",) * (LONGEST_PHRASE + 1)
    assert parts(words, frozenset({words})) is None
    assert parts(words[1:], frozenset({words[1:]})) == 1
