"""The words of a turn: piece by piece, twice, late, or never final."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.turn_words import LONGEST_CHARACTERS, TurnWords, folded

Piece = tuple[str, str]
"""``interim`` or ``final``, and the text."""


def spoken(*pieces: Piece) -> TurnWords:
    words = TurnWords()
    for at, (kind, text) in enumerate(pieces):
        if kind == "interim":
            words.add_interim(text, float(at))
        else:
            words.add_final(text)
    return words


def answered(*pieces: Piece) -> TurnWords:
    words = spoken(*pieces)
    words.turn_over(amended=False)
    return words


@pytest.mark.parametrize(
    ("pieces", "text", "interim_at"),
    [
        ([], "", None),
        ([("final", "one")], "one", None),
        ([("final", "one"), ("final", "two")], "one two", None),
        ([("interim", "on")], "on", 0.0),
        ([("interim", "on"), ("interim", "one")], "one", 1.0),
        ([("interim", "on"), ("final", "one")], "one", None),
        ([("final", "one"), ("interim", "two")], "one two", 1.0),
        ([("final", "one"), ("interim", "two"), ("interim", "")], "one", None),
    ],
)
def test_finals_stay_and_the_newest_interim_counts(
    pieces: list[Piece], text: str, interim_at: float | None
) -> None:
    words = spoken(*pieces)
    assert (words.text, words.interim_at) == (text, interim_at)


@pytest.mark.parametrize(
    ("pieces", "text", "final", "known"),
    [
        ([("final", "Hello, you.")], "hello you", True, True),
        ([("final", "Hello, you.")], "hello you", False, False),
        ([("final", "Hello, you.")], "hello", True, False),
        ([("final", "one"), ("final", "two")], "one", True, False),
        ([("final", "one"), ("interim", "one")], "one", True, False),
        ([("interim", "one")], "one", True, False),
        ([], "", True, False),
    ],
)
def test_the_last_final_said_twice_is_known(pieces: list[Piece], text: str, final: bool, known: bool) -> None:
    assert spoken(*pieces).knows(text, final=final) is known


def test_a_new_stretch_of_speech_may_say_the_same() -> None:
    words = spoken(("final", "yes"))
    words.new_stretch()
    assert not words.knows("yes", final=True)
    assert words.text == "yes"


@pytest.mark.parametrize(
    ("pieces", "text", "final", "again"),
    [
        ([("final", "My name is Kate.")], "my name is kate", True, True),
        ([("final", "My name is Kate.")], "is Kate", True, True),
        ([("final", "My name is Kate.")], "is Kat", True, False),
        ([("final", "My name is Kate.")], "Kate and", True, False),
        ([("final", "My name is Kate.")], "my name is late", True, False),
        ([("final", "My name is Kate.")], "My na", False, True),
        ([("final", "My name is Kate.")], "is Kate", False, False),
        ([("final", "My name is Kate.")], "...", True, False),
        ([], "my name", True, False),
        ([], "", False, False),
        # Answered before it was final: the final may differ a little.
        ([("interim", "my name is kate and i paid")], "My name is Cate and I paid.", True, True),
        ([("final", "my name is kate and i paid")], "My name is Cate and I paid.", True, False),
        ([("interim", "my name is kate and i paid")], "I would like my money back.", True, False),
        ([("interim", "my name is kate and i paid")], "My name is Cate and I paid.", False, False),
    ],
)
def test_what_only_says_the_last_turn_again(pieces: list[Piece], text: str, final: bool, again: bool) -> None:
    assert answered(*pieces).answers(text, final=final) is again


@pytest.mark.parametrize(
    ("last", "late", "rest"),
    [
        ("I paid twice.", "Please help.", "Please help."),
        ("I paid twice.", "twice. Please help.", "Please help."),
        ("I paid twice.", "I paid twice. Please help.", "Please help."),
        ("I paid twice.", "paid", "paid"),
        ("I paid twice.", "twice", "twice"),
        ("I paid twice.", "paid and left", "paid and left"),
        ("no no", "no no no", "no"),
        ("", "Please help.", "Please help."),
    ],
)
def test_late_words_lose_what_was_answered(last: str, late: str, rest: str) -> None:
    words = answered(("final", last))
    words.add_final(words.unanswered(late))
    assert words.text == rest
    assert words.knows(rest, final=True)


def test_the_recogniser_is_through_with_its_interim() -> None:
    words = spoken(("final", "one"), ("interim", "two"))
    words.settle_interim()
    assert (words.text, words.interim_at) == ("one two", None)
    assert words.knows("two", final=True)


def test_there_is_no_interim_to_settle() -> None:
    words = spoken(("final", "one"))
    words.settle_interim()
    assert (words.text, words.knows("one", final=True)) == ("one", True)


def test_the_turn_is_over_and_the_next_has_no_words() -> None:
    words = spoken(("final", "one"), ("interim", "two"))
    assert words.turn_over(amended=False) == "one two"
    assert (words.text, words.interim_at, words.knows("one", final=True)) == ("", None, False)


def test_an_amendment_is_answered_with_what_it_amends() -> None:
    words = answered(("final", "I paid twice."))
    words.add_final(words.unanswered("Please help."))
    assert words.turn_over(amended=True) == "Please help."
    assert words.answers("twice please", final=True)


def test_a_new_turn_takes_the_place_of_the_last() -> None:
    words = answered(("final", "I paid twice."))
    words.add_final("Please help.")
    words.turn_over(amended=False)
    assert words.answers("please help", final=True)
    assert not words.answers("I paid twice", final=True)


@pytest.mark.parametrize(("amended", "again"), [(True, True), (False, False)])
def test_a_guess_stays_one_when_it_is_amended(amended: bool, again: bool) -> None:
    words = answered(("interim", "my name is kate and i paid"))
    words.add_final("my name is kate and i paid")
    words.turn_over(amended=amended)
    assert words.answers("My name is Cate and I paid.", final=True) is again


def test_what_is_forgotten() -> None:
    words = answered(("final", "I paid twice."))
    words.add_final("mhm")
    words.forget()
    assert (words.text, words.knows("mhm", final=True)) == ("", False)
    assert words.answers("I paid twice", final=True)
    words.forget_answered()
    assert not words.answers("I paid twice", final=True)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("  Grüß  Gott! 24 Uhr? ", "grüß gott 24 uhr"),
        ("STRASSE", "straße"),
        ("I'm", "im"),
        ("Hello,\nyou.", "hello you"),
        ("नमस्ते।", "नमस्ते"),
        ("...", ""),
    ],
)
def test_folding_keeps_letters_and_digits_of_any_script(text: str, same: str) -> None:
    assert folded(text) == folded(same)


def test_folding_keeps_the_signs_that_make_another_word() -> None:
    assert folded("की") != folded("का")
    assert folded("24") != folded("25")


@given(st.lists(st.sampled_from("abc"), min_size=1), st.lists(st.sampled_from("abc"), min_size=1))
def test_late_words_are_an_end_of_what_was_said_and_the_rest_was_answered(
    last: list[str], late: list[str]
) -> None:
    words = answered(("final", " ".join(last)))
    words.add_final(words.unanswered(" ".join(late)))
    rest = words.text.split()
    known = late[: len(late) - len(rest)]
    assert rest
    assert [*known, *rest] == late
    assert not known or last[-len(known) :] == known


# --- what a turn may hold -------------------------------------------------------------------------------


def test_of_an_endless_turn_the_newest_words_stay() -> None:
    words = TurnWords()
    for count in range(3_000):
        words.add_final(f"word{count}")
    kept = words.text.split()
    assert sum(map(len, kept)) <= LONGEST_CHARACTERS
    assert kept == [f"word{count}" for count in range(3_000 - len(kept), 3_000)]
    assert len(kept) > 1_000
    words.turn_over(amended=False)
    words.add_final("again")
    assert words.text == "again"


@pytest.mark.parametrize("kind", ["interim", "final"])
def test_an_endless_transcript_is_cut(kind: str) -> None:
    assert spoken((kind, "a" * 50_000)).text == "a" * LONGEST_CHARACTERS
