"""The pieces of an answer: where they are cut, and that nothing depends on the tokens."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from vantum.core.break_splitter import (
    FIRST_PIECE_CHARS,
    LONGEST_PIECE_CHARS,
    MARKER,
    SENTENCE_CHARS,
    BreakSplitter,
    cut_place,
)
from vantum.core.sentence import Boundary

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A loaded machine makes no test fail."""

OPENING = "Good morning to you all."
"""A first piece, after which the rules for the first piece are done with."""

PLAIN = [
    "Hello there. ",
    "Dr. Smith",
    "so, ",
    "3.50",
    "word ",
    "word",
    "x" * 90,
    "?",
    "! ",
    "...",
    "\n",
    "\n\n",
]
FOREIGN = [
    "\u3002",
    "\uff01",
    "\u2014",
    "\u00ab",
    "\u00bb",
    "\u2026",
    "\U0001f600",
    "\u200d",
    "\ufe0f",
    "\u200b",
]
INLINE = [
    "**bold**",
    "*it*",
    "_",
    "*",
    "*5",
    "`x`",
    "[text](http://a.b/c)",
    "![",
    "](",
    "<b>",
    "</",
    "<br />",
    "<",
]
BLOCKS = ["```py\n", "# ", "- ", "1. ", "> ", "| a | b |\n", "|---|\n", "---\n"]
BARS = [MARKER, "||", "|", "||BREAK", "BREAK||"]
FRAGMENTS = st.sampled_from([*PLAIN, *FOREIGN, *INLINE, *BLOCKS, *BARS])
TEXTS = st.lists(FRAGMENTS | st.text(max_size=5), max_size=40).map("".join)
WORDS = st.sampled_from(
    [
        "a",
        "well",
        "Mr.",
        "U.S.",
        "3.50",
        "so,",
        "end.",
        "End!",
        "why?",
        "10:30",
        "x.org/a",
        "longerword",
        "||",
    ]
)


def split(*tokens: str, language: str = "en") -> list[str]:
    splitter = BreakSplitter(language)
    pieces = [piece for token in tokens for piece in splitter.feed(token)]
    return pieces + splitter.flush()


def later(text: str) -> list[str]:
    """The pieces of a text that is not the beginning of its answer."""
    pieces = split(OPENING + MARKER + text)
    assert pieces[0] == OPENING
    return pieces[1:]


# --- the laws ------------------------------------------------------------------------------------------


@patient
@given(TEXTS, st.data())
def test_the_pieces_do_not_depend_on_the_tokens(text: str, data: st.DataObject) -> None:
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=20)))
    tokens = [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]
    assert split(*tokens) == split(*text) == split(text)


@patient
@given(TEXTS)
@example("||**BREAK**||")
@example("||BR<b>EAK||")
def test_a_piece_is_trimmed_and_short_and_has_no_marker(text: str) -> None:
    for piece in split(text):
        assert piece
        assert piece == piece.strip()
        assert len(piece) <= LONGEST_PIECE_CHARS
        assert MARKER not in piece


@patient
@given(st.lists(WORDS, max_size=300))
def test_nothing_is_lost_and_nothing_comes_twice(words: list[str]) -> None:
    assert " ".join(split(" ".join(words))).split() == words


@patient
@given(st.lists(WORDS | st.just(MARKER), max_size=300))
def test_only_the_markers_are_missing(words: list[str]) -> None:
    spoken = [word for word in words if word != MARKER]
    assert " ".join(split(" ".join(words))).split() == spoken


@patient
@given(
    st.lists(st.tuples(st.sampled_from(["**{}**", "*{}*", "_{}_", "`{}`", "[{}](u)", "<b>{}</b>"]), WORDS))
)
def test_markup_is_removed_wherever_the_text_is_cut(marked: list[tuple[str, str]]) -> None:
    text = " ".join(markup.format(word) for markup, word in marked)
    assert " ".join(split(text)).split() == [word for _, word in marked]


@patient
@given(st.text(alphabet="|BREAK", max_size=100) | st.lists(st.sampled_from(BARS)).map("".join))
@example("|" + MARKER + "|")
@example("||BRE" + MARKER)
def test_what_is_no_marker_is_text(text: str) -> None:
    assert split(*text) == [piece for piece in text.split(MARKER) if piece]


# --- markers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        (" \n ", []),
        (MARKER, []),
        (f"{MARKER} {MARKER}\n", []),
        (f"One.{MARKER}Two.", ["One.", "Two."]),
        (f" One. {MARKER} \n Two. ", ["One.", "Two."]),
        (f"One|||BREAK||Two{MARKER}", ["One|", "Two"]),
        (f"One||BREA{MARKER}Two", ["One||BREA", "Two"]),
        ("either || or", ["either || or"]),
        ("||break|| || BREAK ||", ["||break|| || BREAK ||"]),
        ("cut ||BREA", ["cut ||BREA"]),
        (f"**One{MARKER}Two**", ["One", "Two"]),
        (f"a{MARKER}**{MARKER}\U0001f600{MARKER}b", ["a", "b"]),
        (f"[One{MARKER}Two", ["[One", "Two"]),
        (f"a <b{MARKER}c", ["a <b", "c"]),
    ],
)
def test_a_marker_cuts(text: str, pieces: list[str]) -> None:
    assert split(*text) == pieces


def test_a_piece_leaves_with_the_last_character_of_its_marker() -> None:
    splitter = BreakSplitter()
    assert [splitter.feed(token) for token in ("One", ".|", "|BRE", "AK|")] == [[], [], [], []]
    assert splitter.feed("|Two") == ["One."]
    assert splitter.flush() == ["Two"]


# --- the first piece -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Hello there, I am a bot, you see. Yes.", "Hello there, I am a bot,"),
        ("Good morning to you, friend.", "Good morning to you,"),
        ("Hello. My name is Ava. How are you?", "Hello. My name is Ava."),
        ("It is 3.50 at Dr. Smith's e.g. Monday, yes.", "It is 3.50 at Dr. Smith's e.g. Monday,"),
        ("Here is the **list**\n- one", "Here is the list one"),
        ("Here is the **long list**\n- One", "Here is the long list"),
    ],
)
def test_the_first_piece_leaves_at_the_first_end_of_a_clause_or_sentence(text: str, first: str) -> None:
    assert split(text)[0] == first


def test_the_first_piece_leaves_when_the_next_word_begins() -> None:
    splitter = BreakSplitter()
    assert splitter.feed("Good morning to you, ") == []
    assert splitter.feed("m") == ["Good morning to you,"]


def test_the_pieces_after_the_first_wait_for_their_marker() -> None:
    assert later(f"I am a bot, you see. How are you?{MARKER}Yes.") == [
        "I am a bot, you see. How are you?",
        "Yes.",
    ]


def test_each_answer_has_a_first_piece() -> None:
    splitter = BreakSplitter()
    for _ in range(2):
        assert splitter.feed("Good morning to you, my friend. And") == ["Good morning to you,"]
        assert splitter.flush() == ["my friend. And"]


# --- without a marker ----------------------------------------------------------------------------------


def test_a_long_piece_is_cut_at_its_last_sentence_end() -> None:
    sentence = "This is a sentence of fifty characters, all in all."
    assert later(" ".join([sentence] * 4)) == [" ".join([sentence] * 2), " ".join([sentence] * 2)]


def test_a_long_sentence_is_cut_at_its_end() -> None:
    long = "word " * 40 + "end."
    assert later(f"{long} Dr. Smith is next, e.g. today.") == [long, "Dr. Smith is next, e.g. today."]


def test_a_sentence_without_end_is_cut_at_a_clause() -> None:
    clause = "word " * 50 + "so,"
    pieces = later(clause + " more" * 40)
    assert pieces == [clause, " ".join(["more"] * 40)]


def test_a_clause_that_ends_early_is_no_place_to_cut() -> None:
    pieces = later("so, " + "word " * 100)
    assert [len(piece) for piece in pieces] == [398, 104]


def test_a_word_without_end_is_cut_at_the_limit() -> None:
    assert later("x" * 1000) == ["x" * 400, "x" * 400, "x" * 200]


def test_the_limit_counts_the_space_too() -> None:
    assert later("x" * 399 + " a b") == ["x" * 399, "a b"]
    assert later("x" * 400 + " a b") == ["x" * 400, "a b"]


def test_what_is_known_about_the_rest_survives_a_cut() -> None:
    clause, word = "word " * 60 + "so,", "x" * 395
    assert later(f"{clause} two words {word}") == [clause, "two words", word]


@pytest.mark.parametrize(
    ("length", "sentence", "clause", "space", "first", "place"),
    [
        (FIRST_PIECE_CHARS, 0, FIRST_PIECE_CHARS, 0, True, FIRST_PIECE_CHARS),
        (FIRST_PIECE_CHARS, FIRST_PIECE_CHARS, 0, 0, True, FIRST_PIECE_CHARS),
        (19, 0, 19, 10, True, 0),
        (20, 20, 20, 10, False, 0),
        (SENTENCE_CHARS - 1, 60, 0, 0, False, 0),
        (SENTENCE_CHARS, 60, 100, 140, False, 60),
        (SENTENCE_CHARS, 0, 100, 140, False, 0),
        (LONGEST_PIECE_CHARS - 1, 0, 300, 350, False, 0),
        (LONGEST_PIECE_CHARS, 0, 300, 350, False, 300),
        (LONGEST_PIECE_CHARS, 0, 149, 350, False, 350),
        (LONGEST_PIECE_CHARS, 0, 0, 0, False, LONGEST_PIECE_CHARS),
    ],
)
def test_cut_place(length: int, sentence: int, clause: int, space: int, first: bool, place: int) -> None:
    last = {Boundary.SENTENCE: sentence, Boundary.CLAUSE: clause, Boundary.SPACE: space, Boundary.NONE: 0}
    assert cut_place(length, last, first=first) == place


# --- languages -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["de", "de-AT", "DE_ch"])
def test_the_language_decides_what_an_abbreviation_is(language: str) -> None:
    text = "Wir sehen uns bzw. Sie kommen am 3. Oktober zu uns. Gut so"
    assert split(text, language=language) == ["Wir sehen uns bzw. Sie kommen am 3. Oktober zu uns.", "Gut so"]


def test_chinese_needs_no_spaces() -> None:
    sentence = "今天天气很好我们一起去公园里玩一会儿吧大家都来。"
    assert split(sentence * 3) == [sentence, sentence * 2]


# --- cost ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "unit", ["Hello there, Dr. Smith. ", "x", "[", "<b ", "*", "=", "| a ", "[a](", "\U0001f600", "||BREAK"]
)
def test_the_cost_grows_with_the_length_only(unit: str) -> None:
    text = unit * (20_000 // len(unit))
    before = process_time()
    split(*text)
    assert process_time() - before < 4.0
