"""The bot's own words come back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.echo import is_echo

SAID = "Good morning, this is Ana from Vantum. Do you have a minute to talk about your phone contract?"


@pytest.mark.parametrize(
    "words",
    [
        "good morning",
        "this is Ana from Vantum",
        "THIS IS ANA",
        "do you have a minute to talk about your phone contract",
        "this is Anna from Vantum do",
        "do you have minute to talk",
        "do you have a tiny minute to talk",
        "from phantom do you have",
        "your phone contract?",
    ],
)
def test_an_echo(words: str) -> None:
    assert is_echo(words, SAID)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "minute",
        "no",
        "stop it",
        "good evening",
        "I have a minute",
        "who is this",
        "this is not Ana at all",
        "contract phone your",
        "do you talk about your contract",
        "good morning how are you",
        "minute to phone",
    ],
)
def test_the_caller(words: str) -> None:
    assert not is_echo(words, SAID)


def test_nothing_was_said() -> None:
    assert not is_echo("good morning", "")


@given(st.lists(st.sampled_from("abcdef"), min_size=2, max_size=12), st.data())
def test_each_run_of_two_words_is_an_echo(said: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(said) - 2))
    end = data.draw(st.integers(start + 2, len(said)))
    assert is_echo(" ".join(said[start:end]), " ".join(said))
    assert not is_echo("x y", " ".join(said))
