# ruff: noqa: RUF001 - the look-alikes are the subject here

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vantum.core.analysis.calls import patient
from vantum.core.analysis.spoken_line import LONGEST, spoken_line


@pytest.mark.parametrize(
    ("original", "text"),
    [
        ("", " "),
        ("Take me off, please!", " take me off , please . "),
        ("Don’t… ’call’", " don't . call "),
        ("Retirez-moi d’ici, s'il vous plaît", " retirez moi d'ici , s'il vous plait "),
        ("Cafe\u0301 CAFÉ", " cafe cafe "),
        ("फ़ोन हाँ।", " फोन हां . "),
        ("9:30", " 9 . 30 "),
    ],
)
def test_words_are_plain(original: str, text: str) -> None:
    assert spoken_line(original).text == text


def test_a_place_leads_back_to_what_was_said() -> None:
    line = spoken_line("Oh – «Take  mé off»!")
    begin = line.text.index("take")
    assert line.said(begin, line.text.index(" . ")) == "Take  mé off"


@patient
@given(st.text())
def test_every_character_has_its_place(original: str) -> None:
    line = spoken_line(original)
    assert len(line.text) == len(line.spans)
    assert len(line.original) <= LONGEST
