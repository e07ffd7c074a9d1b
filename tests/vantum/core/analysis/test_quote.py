# ruff: noqa: RUF001 - the look-alikes are the subject here

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vantum.core.analysis.calls import patient
from vantum.core.analysis.quote import LONGEST_QUOTE, Found, Quotes, find_quote, occurs
from vantum.core.analysis.turn import Turn
from vantum.core.transcript import Speaker

TURNS = (
    Turn(Speaker.BOT, "Hello, this is Ada. Is Thursday at ten good?", 0, 4000),
    Turn(Speaker.CALLER, "Yes.", 4500, 4900),
    Turn(Speaker.CALLER, "Thursday at ten – that’s fine, I know a café.", 5000, 9000),
    Turn(Speaker.CALLER, "मुझे कॉल मत करना 不要再打电话", 10_000, 12_000),
)


@pytest.mark.parametrize(
    ("quote", "hint", "turn", "said"),
    [
        ("thursday at ten", None, 0, "Thursday at ten"),
        ("thursday at ten", 2, 2, "Thursday at ten"),
        ("thursday at ten", 1, 0, "Thursday at ten"),
        ("thursday at ten", 99, 0, "Thursday at ten"),
        ("that's  FINE,", None, 2, "that’s fine,"),
        ("ten - that's", None, 2, "ten – that’s"),
        ("a cafe\u0301.", None, 2, "a café."),
        ("Yes.", 0, 1, "Yes."),
        ("कॉल मत", None, 3, "कॉल मत"),
        ("再打", None, 3, "再打"),
    ],
)
def test_a_quote_is_found_as_it_was_said(quote: str, hint: int | None, turn: int, said: str) -> None:
    found = find_quote(TURNS, quote, hint)
    assert found is not None
    assert (found.turn, found.quote) == (turn, said)


@pytest.mark.parametrize(
    "quote",
    [
        "",
        " ",
        "ursday at",
        "Thursday at te",
        "a cafe",
        "Thursday, at ten",
        "Ada. Yes",
        "मुझ",
        "x" * (LONGEST_QUOTE + 1),
    ],
)
def test_what_nobody_said_is_not_found(quote: str) -> None:
    assert find_quote(TURNS, quote, None) is None
    assert find_quote((Turn(Speaker.CALLER, "x" * 999, 0, 1),), quote, None) is None


def test_the_right_side_must_have_said_it() -> None:
    found = find_quote(TURNS, "Thursday at ten", 0, Speaker.CALLER)
    assert found is not None
    assert found.turn == 2
    assert find_quote(TURNS, "this is Ada", None, Speaker.CALLER) is None


def test_the_second_is_that_of_the_words() -> None:
    assert find_quote(TURNS, "Is Thursday at ten", None) == Found(0, "Is Thursday at ten", 1778, 3556)


def test_a_part_of_a_word_does_not_hide_the_word_behind_it() -> None:
    turns = (Turn(Speaker.CALLER, "I know no one.", 0, 4000),)
    found = find_quote(turns, "no", None)
    assert found is not None
    assert found.start_ms == 2000


@pytest.mark.parametrize(
    ("text", "quote", "telling"),
    [
        ("Yes.", "yes.", True),
        ("Yes.", "yes", True),
        ("Yes. I do.", "Yes", False),
        ("Well, yes, I do.", "yes, I do", False),
        ("It is too expensive for us", "expensive", False),
        ("It is too expensive for us", "too expensive", True),
        ("It is red", "is red", True),
        ("It is ox", "ox is", False),
        ("We go", "We go", True),
        ("and I go on", "I go", False),
        ("嗯不要再打电话了", "不要再打", True),
        ("嗯不要", "不", False),
        ("...", "...", False),
    ],
)
def test_a_few_words_with_a_meaning_prove_something(text: str, quote: str, telling: bool) -> None:
    turns = (Turn(Speaker.CALLER, text, 0, 1000),)
    found = find_quote(turns, quote, 0)
    assert (found is not None and Quotes(turns).is_telling(found)) is telling


@pytest.mark.parametrize(
    ("words", "text", "held"),
    [("At Ten", "so at  ten then", True), ("ten", "often", False), ("", "x", False)],
)
def test_words_occur_or_not(words: str, text: str, held: bool) -> None:
    assert occurs(words, text) is held


WORDS = st.lists(
    st.sampled_from(["Ja", "café", "don’t", "ß", "10", "हिन्दी", "a-b", "O'k."]), min_size=1, max_size=12
)


@patient
@given(WORDS, st.data())
def test_every_run_of_words_is_found_at_its_time(words: list[str], data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(begin + 1, len(words)))
    turns = (Turn(Speaker.CALLER, "  ".join(words), 0, 1000 * len(words)),)
    found = find_quote(turns, " ".join(words[begin:end]).upper(), None)
    assert found is not None
    assert found.end_ms - found.start_ms == 1000 * (end - begin)
    assert found.start_ms <= 1000 * begin


@patient
@given(st.text(max_size=50), st.text(max_size=50).filter(str.strip))
def test_what_is_found_stands_there(quote: str, text: str) -> None:
    found = find_quote((Turn(Speaker.CALLER, text, 0, 1000),), quote, None)
    assert found is None or found.quote in text
