"""Tags, numbers and the choice of a language."""

from __future__ import annotations

import pytest

from vantum.core.languages import Texts, base, chosen, in_language, language_of_number, name


@pytest.mark.parametrize(
    ("tag", "language", "english"),
    [
        ("en", "en", "English"),
        ("de-AT", "de", "German"),
        ("DE_at", "de", "German"),
        ("es-419", "es", "Spanish"),
        ("fr", "fr", "French"),
        ("hi-Latn-IN", "hi", "Hindi"),
        ("pt-BR", "pt", "Portuguese"),
        ("tlh", "tlh", "tlh"),
        ("", "", ""),
    ],
)
def test_a_tag(tag: str, language: str, english: str) -> None:
    assert (base(tag), name(tag)) == (language, english)


@pytest.mark.parametrize(
    ("texts", "tag", "text"),
    [
        ("Hello", "de", "Hello"),
        ("", "de", ""),
        ({"de": "Hallo", "en": "Hello"}, "de-AT", "Hallo"),
        ({"de": "Hallo", "en": "Hello"}, "fr", "Hello"),
        ({"de": "", "en": "Hello"}, "de", "Hello"),
        ({"de": "Hallo", "es": "Hola"}, "fr", "Hallo"),
        ({}, "en", ""),
    ],
)
def test_a_text_in_a_language(texts: Texts, tag: str, text: str) -> None:
    assert in_language(texts, tag) == text


@pytest.mark.parametrize(
    ("number", "language"),
    [
        ("+14155550100", "en"),
        ("+442071838750", "en"),
        ("+353123456", "en"),
        ("+493012345", "de"),
        ("+4312345", "de"),
        ("+4231234", "de"),
        ("+34911234567", "es"),
        ("+525512345678", "es"),
        ("+17875550100", "es"),
        ("+18095550100", "es"),
        ("+33123456789", "fr"),
        ("+37712345", "fr"),
        ("+15145550100", None),
        ("+14185550100", None),
        ("+41123456", None),
        ("+32123456", None),
        ("+3521234", None),
        ("+911234567890", None),
        ("+8112345", None),
        ("+", None),
        ("4930123", None),
        ("", None),
        ("anonymous", None),
    ],
)
def test_a_number_suggests_a_language(number: str, language: str | None) -> None:
    assert language_of_number(number) == language


@pytest.mark.parametrize(
    ("asked", "pipeline", "number", "language"),
    [
        ("fr", "de", "+34911234567", "fr"),
        (None, "de", "+34911234567", "de"),
        (None, None, "+34911234567", "es"),
        (None, None, "+41123456", "hi"),
        ("", "", "", "hi"),
    ],
)
def test_the_first_who_knows_chooses(
    asked: str | None, pipeline: str | None, number: str, language: str
) -> None:
    assert chosen(asked, pipeline, number, default="hi") == language
