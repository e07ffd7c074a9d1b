"""Where sentences and clauses end, and what only looks like an end."""

# ruff: noqa: RUF001 - the look-alikes are the subject here

from __future__ import annotations

import pytest

from vantum.core.sentence import Boundary, Gap, boundary

NO_END = (Boundary.NONE, Boundary.SPACE)


def judge(text: str, language: str = "en", gap: Gap | None = None) -> Boundary:
    """The boundary at the mark ``^``; the white space behind it is the gap."""
    before, _, rest = text.partition("^")
    after = rest.lstrip()
    gap = gap if gap is not None else Gap(min(1, len(rest) - len(after)))
    return boundary(before, gap, after[0], language)


@pytest.mark.parametrize(
    "text",
    [
        "I see.^ Then we go.",
        "Really?^ Yes.",
        "Stop!^ now",
        "What?!^ No.",
        "He said “Stop.”^ Then he left.",
        'He said "Stop!"^ Then he left.',
        "(It is late.)^ We go.",
        "It costs 3.50.^ Cash only.",
        "I was born in 1990.^ My brother too.",
        "See www.example.com.^ It helps.",
        "Write to me@example.com.^ I answer.",
        "Call 555.123.4567.^ We are there.",
        "No.^ I do not.",
        "See it in the sun.^ Then decide.",
        "That is odd .^ Yes.",
        "今天天气很好。^我们去公园吧",
        "好吗？^好",
        "「はい。」^次",
        "यह अच्छा है।^ हाँ",
        "هل أنت بخير؟^ نعم",
        "¿Qué tal?^ ¡Bien!",
        "Bonjour !^ Ça va",
        "« Oui. »^ Non",
        "„Halt.“^ Dann",
    ],
)
def test_a_sentence_ends(text: str) -> None:
    assert judge(text) is Boundary.SENTENCE


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Ask Dr.^ Smith"),
        ("en", "Mr.^ Jones"),
        ("en", "say (e.g.^ Monday)"),
        ("en", "i.e.^ That"),
        ("en", "at 5 p.m.^ Eastern"),
        ("en", "in the U.S.^ Army"),
        ("en", "J.^ R. Smith"),
        ("en", "Smith has a Ph.D.^ She"),
        ("en", "pens, paper, etc.^ All"),
        ("en", "item No.^ 5"),
        ("en", "on Jan.^ 5"),
        ("en", "1.^ Open the door"),
        ("en", "12.^ Close it"),
        ("en", "it costs 3.^50"),
        ("en", "at 10.^30"),
        ("en", "www.^example.com"),
        ("en", "https://example.com/?^q=1"),
        ("en", "me@example.^com"),
        ("en", "555.^123.4567"),
        ("en", "+1 (555)^ 123"),
        ("en", "Yahoo!^’s"),
        ("en", "Really?^!"),
        ("en", "Ça va^ ?"),
        ("en", "« Oui.^ »"),
        ("en", "He said “Stop.^” Then"),
        ("en", "。^”"),
        ("en", "plain^ words"),
        ("en", "wo^rd"),
        ("en", "5 -^ 3"),
        ("en", "well-^ known"),
        ("en", "wait—^—what"),
        ("en", '""^ x'),
        ("hi", "डॉ.^ शर्मा आ रहे हैं"),
        ("hi", "5 कि.मी.^ दूर"),
        ("hi", "रु.^ 500"),
        ("es", "EE.UU.^ Es"),
        ("fr", "c.-à-d.^ Non"),
        ("de", "Hr.^ Maier"),
        ("de", "z.^ B. morgen"),
        ("de", "z. B.^ Morgen"),
        ("de", "z.B.^ Morgen"),
        ("de", "Montag bzw.^ Dienstag"),
        ("de", "am 3.^ Oktober"),
        ("de", "Nr.^ 5"),
        ("es", "el Sr.^ García"),
        ("es", "p. ej.^ El"),
        ("es", "pág.^ 4"),
        ("fr", "M.^ Dupont"),
        ("fr", "Mme.^ Dupont"),
        ("xx", "Dr.^ Smith"),
    ],
)
def test_no_sentence_ends(language: str, text: str) -> None:
    assert judge(text, language) in NO_END


@pytest.mark.parametrize(
    "text",
    [
        "Well,^ yes",
        "first;^ second",
        "this:^ that",
        "hm…^ Then",
        "hm...^ Then",
        "so ..^ Then",
        "this —^ that",
        "this—^that",
        "this –^ that",
        "this -^ that",
        "你好，^世界",
        "“Stop!”^ he said",
        "approximat.^ ten",
        "نعم،^ لا",
    ],
)
def test_a_clause_ends(text: str) -> None:
    assert judge(text) is Boundary.CLAUSE


@pytest.mark.parametrize(
    ("text", "gap", "expected"),
    [
        ("A heading^ Text", Gap.LINE, Boundary.SENTENCE),
        ("a list item^ 2", Gap.LINE, Boundary.SENTENCE),
        ("a wrapped^ line", Gap.LINE, Boundary.CLAUSE),
        ("Dear John,^ Thank you", Gap.LINE, Boundary.CLAUSE),
        ("Dear John,^ Thank you", Gap.PARAGRAPH, Boundary.SENTENCE),
        ("a paragraph^ another", Gap.PARAGRAPH, Boundary.SENTENCE),
    ],
)
def test_a_line_break_ends_what_has_no_full_stop(text: str, gap: Gap, expected: Boundary) -> None:
    assert judge(text, gap=gap) is expected


def test_a_space_is_a_place_to_cut_but_not_after_an_abbreviation() -> None:
    assert judge("plain^ words") is Boundary.SPACE
    assert judge("Dr.^ Smith") is Boundary.NONE


def test_an_ordinal_is_german_only() -> None:
    assert judge("It is 3.^ Then", "de") is Boundary.NONE
    assert judge("It is 3.^ Then", "en") is Boundary.SENTENCE
    assert judge("Es war 1990.^ Dann", "de") is Boundary.SENTENCE
