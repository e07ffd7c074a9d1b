"""Words about time in one plain form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.outreach.spoken_numbers import plain


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Übermorgen um halb vier, bitte!", "ubermorgen um halb 4 bitte"),
        ("Tuesday the fifth, 3 p.m.", "tuesday the 5th 3 pm"),
        ("3pm", "3 pm"),
        ("3 P. M. sharp", "3 pm sharp"),
        ("15Uhr, 15h", "15 uhr 15 uhr"),
        ("three o'clock", "3 oclock"),
        ("three o\u2019clock", "3 oclock"),
        ("twenty-five to ten", "25 to 10"),
        ("ten twenty", "10 20"),
        ("ten oh five", "10 05"),
        ("the twenty-first", "the 21th"),
        ("the thirty-first and the 2nd", "the 31th and the 2th"),
        ("am einunddreißigsten Dezember", "den 31th dezember"),
        ("am siebenundzwanzigsten", "den 27th"),
        ("fünfundvierzig, zwoelf, zwo", "45 12 2"),
        ("um ein Uhr", "um 1 uhr"),
        ("zweieinhalb Stunden", "2 einhalb stunden"),
        ("Dienstagnachmittag", "dienstag nachmittag"),
        ("Dienstag morgen", "dienstag vormittag"),
        ("heute, morgen", "heute morgen"),
        ("um 3 am Dienstag", "um 3 den dienstag"),
        ("3 am Monday", "3 am monday"),
        ("am 5.12.", "den 5.12."),
        ("5.Mai", "5 mai"),
        ("tonight", "today evening"),
        ("this late afternoon", "today late afternoon"),
        ("Guten Morgen! Good evening.", ""),
        ("... : -", ""),
        ("अरे 3", "3"),
    ],
)
def test_the_plain_form(said: str, expected: str) -> None:
    assert plain(said) == expected


@given(st.text(max_size=80))
def test_the_plain_form_is_plain(said: str) -> None:
    text = plain(said)
    assert text == " ".join(text.split())
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789:. ")
