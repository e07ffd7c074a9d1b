"""An answer that broke off: where it may end, and how what follows is joined to it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.break_splitter import MARKER, BreakSplitter
from vantum.core.going_on import ENOUGH_CHARS, Seam, marker_rest, may_end, spoken

SENTENCE = "I am very well today, thank you for asking me."


@pytest.mark.parametrize(
    ("text", "language", "ends"),
    [
        (SENTENCE, "en", True),
        (SENTENCE + " ", "en", True),
        (f"{SENTENCE} {MARKER}", "en", True),
        (f"{SENTENCE} ||BRE", "en", True),
        (SENTENCE.replace(".", "?"), "en", True),
        (SENTENCE.replace(".", ","), "en", False),
        (SENTENCE.removesuffix("."), "en", False),
        ("I am well.", "en", False),
        (f"{'I am well.':<{ENOUGH_CHARS + 9}}", "en", False),
        ("I will put you through at once to our Mr.", "en", False),
        ("Wir sehen uns dann also wieder gegen den 3.", "de-AT", False),
        ("Wir sehen uns dann also wieder gegen den 3.", "en", True),
        ("मैं बहुत अच्छा हूँ और आपसे बात करके मुझे बहुत खुशी हुई।", "hi", True),
        ("", "en", False),
    ],
)
def test_an_answer_may_end_behind_a_sentence_if_it_says_something(
    text: str, language: str, ends: bool
) -> None:
    assert may_end(text, language) is ends


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("", ""),
        ("Hi.", ""),
        ("Hi. |", "|BREAK||"),
        ("Hi. ||BREA", "K||"),
        (f"Hi. {MARKER}", ""),
        ("||BREAK|", "|"),
    ],
)
def test_a_marker_that_broke_off_is_completed(text: str, rest: str) -> None:
    assert marker_rest(text) == rest
    assert MARKER[:2] not in BreakSplitter().feed(text + rest)


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        (" Hi.\n ", "Hi."),
        (f"Hi. {MARKER} You.{MARKER}", "Hi. You."),
        ("Hi. ||BREA", "Hi."),
        ("||BR", ""),
    ],
)
def test_what_is_heard_has_no_marker(text: str, heard: str) -> None:
    assert spoken(text) == heard


def joined(said: str, tokens: list[str]) -> str:
    seam = Seam(said)
    return "".join(seam.feed(token) for token in tokens) + seam.flush()


@pytest.mark.parametrize(
    ("said", "going_on", "rest"),
    [
        ("", "I am fine.", "I am fine."),
        ("I am", " fine.", " fine."),
        ("I am", "fine.", " fine."),
        ("I am ", "fine.", "fine."),
        ("I am", ", well, fine.", ", well, fine."),
        ("He is (", "I think) fine.", "I think) fine."),
        ("I am", "“fine”.", " “fine”."),
        ("I am", "I am fine.", " fine."),
        ("Well, I am", "I am fine.", " fine."),
        ("Well, I am", "am fine.", " fine."),
        ("I am and I am", "I am fine.", " fine."),
        ("I am", "I\n am  fine.", "  fine."),
        ("I am", "I am", ""),
        ("I am", " am ", ""),
        ("I am", "I was fine.", " I was fine."),
        ("You are what you", "are what I eat.", " are what I eat."),
        ("On Tues", "Tuesday at ten.", " Tuesday at ten."),
        ("I have the", "theory.", " theory."),
        (f"No. {MARKER}", "It is late.", " It is late."),
        ("I am", "", ""),
        ("I am", "   ", ""),
    ],
)
@pytest.mark.parametrize("tokens", [r"(?s).", r"\s*\S+|\s+$", r"\S+\s*|^\s+", r"(?s).+"])
def test_what_was_said_is_not_said_again(said: str, going_on: str, rest: str, tokens: str) -> None:
    assert joined(said, re.findall(tokens, going_on)) == rest


words = st.lists(st.sampled_from(["I", "am", "so", "fine", "you"]), max_size=6).map(" ".join)


@given(words, words)
def test_no_word_is_lost_but_those_that_end_what_was_said(said: str, going_on: str) -> None:
    rest = joined(said, re.findall(r"\s*\S+", going_on)).split()
    gone = going_on.split()[: len(going_on.split()) - len(rest)]
    assert [*gone, *rest] == going_on.split()
    assert not gone or said.split()[-len(gone) :] == gone


def test_words_that_repeat_nothing_wait_for_no_more_than_their_end() -> None:
    seam = Seam("I am")
    assert [seam.feed(token) for token in ("fi", "ne", " to", "day")] == ["", "", " fine to", "day"]
