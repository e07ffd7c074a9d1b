"""Numbers as people say them: every way to say 0 to 99 in five languages, and the words around them."""

# ruff: noqa: SIM905 - lists of words are read as text

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vantum.core.tokens import Words, tokens

_EN_ONES: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
).split()
_EN_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_EN_ORDINALS: Final = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
    " fifteenth sixteenth seventeenth eighteenth nineteenth"
).split()
_DE_ONES: Final = (
    "null ein zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn"
    " siebzehn achtzehn neunzehn"
).split()
_DE_TENS: Final = "zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig".split()
_ES_ONES: Final = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis"
    " diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis"
    " veintisiete veintiocho veintinueve"
).split()
_ES_TENS: Final = "treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
_FR_ONES: Final = (
    "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
).split()
_FR_TENS: Final = "vingt trente quarante cinquante soixante".split()
_HI_ONES: Final = (
    "शून्य एक दो तीन चार पांच छह सात आठ नौ दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस बीस"
).split()
_HI_TENS: Final = {"तीस": 30, "चालीस": 40, "पचास": 50, "साठ": 60, "सत्तर": 70, "अस्सी": 80, "नब्बे": 90}

AND: Final = frozenset(tokens("and und y et"))
"""May stand inside of a number."""
SCALES: Final[Mapping[str, int]] = {
    **dict.fromkeys(tokens("hundred hundert cien ciento cientos cent cents सौ"), 100),
    **dict.fromkeys(tokens("thousand tausend mil mille हज़ार"), 1000),
    **dict.fromkeys(tokens("million millions millionen millon millones"), 1_000_000),
    **dict.fromkeys(tokens("lakh लाख"), 100_000),
}
MONTHS: Final[Mapping[str, int]] = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "januar februar marz april mai juni juli august september oktober november dezember",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    )
    for number, name in enumerate(names.split(), start=1)
}
MEANT_OTHERWISE: Final = frozenset(
    tokens("one ein eine einen einem einer un une uno una एक once mil cent cents second third elf sept six")
)
"""Words that in a sentence are as often something else: an article, "once", "cents"."""


def _english() -> Iterator[tuple[str, int]]:
    yield from zip(_EN_ONES, range(20), strict=True)
    for ten, name in enumerate(_EN_TENS, start=2):
        yield name, ten * 10
        yield from (
            (f"{name} {one}", ten * 10 + number) for number, one in enumerate(_EN_ONES[1:10], start=1)
        )


def _english_ordinals() -> Iterator[tuple[str, int]]:
    yield from zip(_EN_ORDINALS, range(1, 20), strict=True)
    for ten, name in enumerate(_EN_TENS, start=2):
        yield f"{name[:-1]}ieth", ten * 10
        yield from (
            (f"{name} {one}", ten * 10 + number) for number, one in enumerate(_EN_ORDINALS[:9], start=1)
        )


def _german() -> Iterator[tuple[str, int]]:
    yield from zip(_DE_ONES, range(20), strict=True)
    yield from (("eins", 1), ("zwo", 2))
    for ten, name in enumerate(_DE_TENS, start=2):
        yield name, ten * 10
        yield from (
            (f"{one}und{name}", ten * 10 + number) for number, one in enumerate(_DE_ONES[1:10], start=1)
        )


def _german_ordinals() -> Iterator[tuple[str, int]]:
    stems = {"ein": "ers", "drei": "drit", "sieben": "sieb", "acht": "ach"}
    for name, number in _german():
        stem = stems.get(name, name + "s" if number >= 20 else name)
        yield from ((f"{stem}t{ending}", number) for ending in ("e", "en", "er", "es"))


def _spanish() -> Iterator[tuple[str, int]]:
    yield from zip(_ES_ONES, range(30), strict=True)
    for ten, name in enumerate(_ES_TENS, start=3):
        yield name, ten * 10
        yield from (
            (f"{name} y {one}", ten * 10 + number) for number, one in enumerate(_ES_ONES[1:10], start=1)
        )


def _french() -> Iterator[tuple[str, int]]:
    ones = [*_FR_ONES, "dix sept", "dix huit", "dix neuf"]
    yield from zip(ones, range(20), strict=True)
    for ten, name in enumerate(_FR_TENS, start=2):
        yield name, ten * 10
        for number, one in enumerate(ones[1 : 20 if ten == 6 else 10], start=1):
            yield f"{name} et {one}" if number in (1, 11) else f"{name} {one}", ten * 10 + number
    yield "quatre vingts", 80
    yield "quatre vingt", 80
    yield from ((f"quatre vingt {one}", 80 + number) for number, one in enumerate(ones[1:], start=1))


def _hindi() -> Iterator[tuple[str, int]]:
    yield from zip(_HI_ONES, range(21), strict=True)
    yield from _HI_TENS.items()


def _spelled(*languages: Iterator[tuple[str, int]]) -> dict[Words, int]:
    return {tokens(name): number for language in languages for name, number in language}


CARDINALS: Final[Mapping[Words, int]] = _spelled(_english(), _german(), _spanish(), _french(), _hindi())
"""0 to 99 (Hindi: 0 to 20 and the tens)."""
ORDINALS: Final[Mapping[Words, int]] = _spelled(_english_ordinals(), _german_ordinals())
LONGEST: Final = max(map(len, (*CARDINALS, *ORDINALS)))
