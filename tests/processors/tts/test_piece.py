"""What was spoken of a piece, what was told of it, and what is left, after any number of attempts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.tts.piece import CHARACTERS_PER_SECOND, Piece, Told, Word, letters

TEXT = "This is a story, told."


def timed(text: str, *, ends: bool = True) -> list[Word]:
    """A character takes a tenth of a second."""
    return [
        Word(found.group(), found.start() / 10, found.end() / 10 if ends else None)
        for found in re.finditer(r"\S+", text)
    ]


def begun(text: str, at: float = 0.0, *, ends: bool = True) -> Piece:
    piece = Piece(text)
    for word in timed(piece.begin(at), ends=ends):
        piece.expect(word)
    return piece


def test_words_are_told_with_the_audio_they_begin_in() -> None:
    piece = begun(TEXT, at=5.0)
    assert piece.hear(0.6) == [("This", 5.0), ("is", 5.5)]
    assert piece.hear(0.2) == []
    assert piece.hear(0.1) == [("a", 5.8)]
    assert piece.end() == [("story,", 6.0), ("told.", 6.7)]
    assert (piece.rest, piece.unspoken) == ("", "")


@pytest.mark.parametrize(
    ("heard", "rest", "unspoken"),
    [
        (0.0, TEXT, TEXT),
        (0.3, TEXT, "is a story, told."),
        (0.4, "is a story, told.", "is a story, told."),
        (1.2, "story, told.", "told."),
        (1.6, "told.", "told."),
        (2.2, "", ""),
    ],
)
def test_an_attempt_that_breaks_off_leaves_what_is_not_whole(heard: float, rest: str, unspoken: str) -> None:
    piece = begun(TEXT)
    piece.hear(heard)
    piece.break_off()
    assert (piece.rest, piece.unspoken) == (rest, unspoken)


@pytest.mark.parametrize(("heard", "cut_short"), [(0.0, True), (1.4, True), (1.5, False), (2.2, False)])
def test_audio_that_lacks_the_last_word_is_cut_short(heard: float, cut_short: bool) -> None:
    piece = begun(TEXT)
    piece.hear(heard)
    assert piece.cut_short is cut_short


def test_audio_without_times_is_never_cut_short() -> None:
    piece = Piece(TEXT)
    piece.begin(0.0)
    assert not piece.cut_short
    piece.hear(0.1)
    assert not piece.cut_short


def test_without_ends_a_word_is_whole_when_the_next_begins() -> None:
    piece = begun(TEXT, ends=False)
    piece.hear(0.75)
    piece.break_off()
    assert piece.rest == "is a story, told."


def test_a_cut_word_is_spoken_again_and_told_once() -> None:
    piece = begun(TEXT)
    piece.hear(1.2)
    piece.break_off()
    for word in timed(piece.begin(1.2)):
        piece.expect(word)
    assert piece.hear(0.5) == []
    [(last, start)] = piece.hear(0.3)
    assert (last, round(start, 6)) == ("told.", 1.9)
    assert piece.end() == []


def test_a_voice_may_cut_a_text_into_other_words() -> None:
    piece = Piece("Twenty-one, please.")
    piece.begin(0.0)
    for word in (Word("Twenty", 0.0), Word("one", 0.5), Word("please", 1.0)):
        piece.expect(word)
    piece.hear(0.7)
    piece.break_off()
    assert piece.rest == "one, please."


def test_words_without_times_get_their_share_of_the_audio() -> None:
    piece = Piece("One three.")
    piece.begin(2.0)
    assert piece.hear(1.6) == []
    one, three = piece.end()
    assert one == ("One", 2.0)
    assert (three[0], round(three[1], 6)) == ("three.", 2.6)


def test_what_was_spoken_without_times_is_estimated() -> None:
    piece = Piece(TEXT)
    piece.begin(0.0)
    piece.hear(8 / CHARACTERS_PER_SECOND)
    told = piece.break_off()
    assert [word for word, _ in told] == ["This", "is", "a", "story,"]
    assert [start for _, start in told] == pytest.approx([0.0, 4 / 15, 6 / 15, 7 / 15])
    assert (piece.rest, piece.unspoken) == ("story, told.", "told.")


def test_a_voice_that_gave_nothing_leaves_everything() -> None:
    piece = Piece(TEXT)
    piece.begin(0.0)
    assert piece.break_off() == []
    assert piece.rest == piece.unspoken == TEXT
    assert not piece.audible


words = st.lists(st.from_regex(r"[\"(]?[a-z0-9]{1,6}[.,!?)]?", fullmatch=True), min_size=1, max_size=8)


@given(words=words, cuts=st.lists(st.floats(0.0, 4.0), max_size=3), ends=st.booleans())
def test_every_word_is_told_once_in_order_whatever_breaks_off(
    words: list[str], cuts: list[float], ends: bool
) -> None:
    text = " ".join(words)
    piece, told, at = Piece(text), list[Told](), 0.0
    for cut in [*cuts, None]:
        for word in timed(piece.begin(at), ends=ends):
            piece.expect(word)
        if cut is None:
            told += piece.hear(letters(text) + len(text)) + piece.end()
        else:
            told += piece.hear(cut) + piece.break_off()
            at += cut
            assert text.endswith(piece.rest)
            assert piece.rest.endswith(piece.unspoken)
    assert [word for word, _ in told] == words
    assert [start for _, start in told] == sorted(start for _, start in told)
