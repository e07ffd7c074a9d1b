"""Languages by their tags: what a tag means, what a telephone number suggests, which language a call has."""

from __future__ import annotations

from collections.abc import Mapping

Texts = str | Mapping[str, str]
"""A text for every language, or one for each, by base language such as ``de``."""
KNOWN = ("en", "es", "de", "fr", "hi")
"""The languages whose words, phrases and endings the conversation knows."""

_NAMES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}

# E.164 calling codes of the countries in which most people speak exactly one of the languages above; None for
# those in which a guess would be wrong too often. Within +1 the area code decides: Puerto Rico and the Dominican
# Republic speak Spanish, Quebec and New Brunswick are bilingual. Source: ITU E.164, NANPA.
_CODES: dict[str, tuple[str, ...]] = {
    "en": ("1", "44", "61", "64", "65", "233", "234", "353"),
    "de": ("43", "49", "423"),
    "es": (
        *("34", "51", "52", "53", "54", "56", "57", "58", "502", "503", "504", "505", "506", "507"),
        *("591", "593", "595", "598", "1787", "1809", "1829", "1849", "1939"),
    ),
    "fr": (
        "33",
        "221",
        "225",
        "226",
        "228",
        "229",
        "241",
        "242",
        "262",
        "377",
        "590",
        "594",
        "596",
        "687",
        "689",
    ),
}
_BILINGUAL = (
    *(
        "1263",
        "1354",
        "1367",
        "1418",
        "1428",
        "1438",
        "1450",
        "1468",
        "1506",
        "1514",
        "1579",
        "1581",
        "1819",
        "1873",
    ),
    *("27", "32", "41", "91", "237", "352", "509"),
)
_LANGUAGE_OF_CODE: dict[str, str | None] = {
    **{code: language for language, codes in _CODES.items() for code in codes},
    **dict.fromkeys(_BILINGUAL),
}
_LONGEST_CODE = max(map(len, _LANGUAGE_OF_CODE))


def base(tag: str) -> str:
    """The language of a tag without its region: ``de`` for ``de-AT``, ``DE`` and ``de_AT``."""
    return tag.replace("_", "-").partition("-")[0].lower()


def in_language(texts: Texts, tag: str) -> str:
    """The text for a language: the one there is, or of several by base language; English, or else the first, where
    the language is not among them."""
    if isinstance(texts, str):
        return texts
    return texts.get(base(tag)) or texts.get("en") or next(iter(texts.values()), "")


def name(tag: str) -> str:
    """The English name of the language, ``German`` for ``de-AT``; the tag itself where none is known."""
    return _NAMES.get(base(tag), tag)


def language_of_number(number: str) -> str | None:
    """The language spoken where an E.164 number belongs to; None for anything else, or when there are several."""
    if not number.startswith("+"):
        return None
    digits = number[1:]
    codes = (digits[:length] for length in range(_LONGEST_CODE, 0, -1))
    return next((_LANGUAGE_OF_CODE[code] for code in codes if code in _LANGUAGE_OF_CODE), None)


def chosen(asked: str | None, pipeline: str | None, number: str, default: str) -> str:
    """The language of a call: what the client asked for, else what the pipeline wants, else what ``number``
    (E.164, "" for none) suggests, else the default."""
    return asked or pipeline or language_of_number(number) or default
