"""Cells cleaned, shown, exported and compared."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.outreach.cells import MOST_SHOWN, clean, folded, for_csv, shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("  Anna   Berg ", "Anna Berg"),
        ("Anna\r\nBerg\t\x00", "Anna Berg"),
        ("\ufeffAnna", "Anna"),
        ("An\u00adna\u200b", "Anna"),
        ("Mu\u0308ller", "Müller"),
        ("abc\u202etxt.exe", "abctxt.exe"),
        ("a\ud800b", "ab"),
        ("می\u200cشود", "می\u200cشود"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
    ],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(st.text(st.characters(exclude_categories=[])))
def test_clean_text_can_be_stored(text: str) -> None:
    found = clean(text)
    found.encode()
    assert not {"\0", "\n", "\r", "\t", "\u202e"} & set(found)
    assert unicodedata.is_normalized("NFC", found)
    assert clean(found) == found


def test_accents_have_a_bound() -> None:
    assert clean("a" + "\u0327" * 40_000 + "\u0301" * 40_000 + "b") == unicodedata.normalize(
        "NFC", "a" + "\u0327" * 30 + "b"
    )
    assert clean("e\u0301" * 100) == "é" * 100


def test_shown_is_short() -> None:
    assert shown("a\nb") == "a b"
    assert shown("x" * MOST_SHOWN) == "x" * MOST_SHOWN
    assert shown("x" * 10_000) == "x" * (MOST_SHOWN - 1) + "…"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Anna", "Anna"),
        ("", ""),
        ("+4930123456", "+4930123456"),
        ("-5.2", "-5.2"),
        ("=1+1", "'=1+1"),
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("  @SUM(A1)", "'  @SUM(A1)"),
        ("-1+1", "'-1+1"),
        ("+49 30 123", "'+49 30 123"),
        ("\tx", "'\tx"),
        ("\uff1d1", "'\uff1d1"),
    ],
)
def test_for_csv(text: str, expected: str) -> None:
    assert for_csv(text) == expected


@given(st.text())
def test_no_formula_leaves(text: str) -> None:
    assert for_csv(text)[:1] not in ("=", "@", "\t", "\r")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("E-Mail_Adresse", "e mail adresse"),
        ("FirstName", "first name"),
        ("Straße", "strasse"),
        ("Überschrift", "ueberschrift"),
        ("Prénom", "prenom"),
        (" U.S.A. ", "u s a"),
        ("日本", ""),
    ],
)
def test_folded(text: str, expected: str) -> None:
    assert folded(text) == expected
