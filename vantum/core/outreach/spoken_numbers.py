"""English and German words about time in one plain form: numbers as digits, no accents, no needless punctuation.

"Übermorgen um halb vier, bitte!"  ->  "ubermorgen um halb 4 bitte"
"Tuesday the fifth, 3 p.m."        ->  "tuesday the 5th 3 pm"
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_EN_UNITS: Final = _split("zero one two three four five six seven eight nine")
_EN_TEENS: Final = _split("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
_EN_TENS: Final = {20: "twenty", 30: "thirty", 40: "forty", 50: "fifty"}
_EN_ORDINALS: Final = _split(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
    " thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
)
_EN_TENTHS: Final = {20: "twentieth", 30: "thirtieth"}
_DE_UNITS: Final = _split("null eins zwei drei vier funf sechs sieben acht neun")
_DE_TEENS: Final = _split("zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn")
_DE_TENS: Final = {20: "zwanzig", 30: "dreissig", 40: "vierzig", 50: "funfzig"}
_DE_JOINED: Final = ("ein", *_DE_UNITS[2:])
"""As they stand in "einundzwanzig"."""
_DE_ORDINALS: Final = _split(
    "erst zweit dritt viert funft sechst siebt acht neunt zehnt elft zwolft"
    " dreizehnt vierzehnt funfzehnt sechzehnt siebzehnt achtzehnt neunzehnt"
)
_DE_ENDINGS: Final = ("e", "en", "er", "em")
_DE_DAYS: Final = "montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag"
_DE_PARTS: Final = "vormittag|mittag|nachmittag|abend|fruh"

# While the punctuation is still there: "nicht heute, morgen" names no morning.
_COMPOUNDS: Final = (
    (rf"\b({_DE_DAYS}|heute|morgen)(morgen|{_DE_PARTS})\b", r"\1 \2"),
    (rf"\b({_DE_DAYS}|heute|am|diesen|jeden) morgen\b", r"\1 vormittag"),
    (r"\b([ap])\. ?m\b\.?", r"\1m"),
)
_SPELLINGS: Final = (
    (r"(?<=[0-9])(am|pm|uhr)\b", r" \1"),
    (r"(?<=[0-9]) ?h\b", " uhr"),
    # Umlauts that were typed as two letters.
    (r"\bueber(?=morgen)", "uber"),
    (r"\bnaechst", "nachst"),
    (r"\bfrueh", "fruh"),
    (r"\bspaet", "spat"),
    (r"\bmaerz\b", "marz"),
    (r"\bfuenf", "funf"),
    (r"\bzwoelf", "zwolf"),
    (r"\bzwo\b", "zwei"),
    (r"\b(zwei|drei|vier|funf)einhalb\b", r"\1 einhalb"),
    (r"\bein uhr\b", "eins uhr"),
    (r"\bguten (?:tag|morgen|abend)\b", " "),
    (r"\bgood (?:morning|afternoon|evening)\b", " "),
    (r"\bo clock\b", "oclock"),
    (r"\bfirst thing\b", "early"),
    (r"\btonight\b", "today evening"),
    (r"\bthis (?=(?:early |late )?(?:morning|afternoon|evening)\b)", "today "),
)
_AFTER_NUMBERS: Final = (
    (r"\b([0-9]{1,2})(?:st|nd|rd)\b", r"\1th"),
    (r"\b([0-9]{1,2}) oh ([1-9])\b", r"\1 0\2"),
    # The German "am" is no a.m.
    (
        rf"\bam (?=(?:{_DE_DAYS}|(?:fruhen |spaten )?(?:{_DE_PARTS})|kommenden|nachsten|[0-9]+(?:th|\.)))",
        "den ",
    ),
)


def _numbers() -> dict[str, str]:
    table = {word: n for n, word in enumerate((*_EN_UNITS, *_EN_TEENS))}
    table |= {word: n for n, word in enumerate((*_DE_UNITS, *_DE_TEENS))}
    for tens, word in _EN_TENS.items():
        table |= {word: tens, **{f"{word} {unit}": tens + n for n, unit in enumerate(_EN_UNITS) if n}}
    for tens, word in _DE_TENS.items():
        table |= {word: tens, **{f"{unit}und{word}": tens + n for n, unit in enumerate(_DE_JOINED, 1)}}
    return {word: str(n) for word, n in table.items()}


def _ordinals() -> dict[str, str]:
    """Up to the 31st."""
    table = {word: n for n, word in enumerate(_EN_ORDINALS, 1)}
    for tens, word in _EN_TENTHS.items():
        table |= {
            word: tens,
            **{f"{_EN_TENS[tens]} {unit}": tens + n for n, unit in enumerate(_EN_ORDINALS[:9], 1)},
        }
    stems = {stem: n for n, stem in enumerate(_DE_ORDINALS, 1)}
    for tens in _EN_TENTHS:
        word = f"{_DE_TENS[tens]}st"
        stems |= {word: tens, **{f"{unit}und{word}": tens + n for n, unit in enumerate(_DE_JOINED, 1)}}
    table |= {stem + ending: n for stem, n in stems.items() for ending in _DE_ENDINGS}
    return {word: f"{n}th" for word, n in table.items() if n <= 31}


_WORDS: Final = _numbers() | _ordinals()
_NUMBER: Final = re.compile(rf"\b(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b")


def plain(words: str) -> str:
    """``words`` in that form: lower case, ASCII, one space apart; ``:`` and ``.`` stay behind digits."""
    decomposed = unicodedata.normalize("NFKD", words.casefold())
    text = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    text = re.sub(r"[\u2019'`]", "", text)
    for pattern, by in _COMPOUNDS:
        text = re.sub(pattern, by, text)
    text = re.sub(r"[^a-z0-9:.]+|(?<![0-9])[:.]|(?<=[0-9])\.(?=[a-z])", " ", text)
    text = " ".join(text.split())
    for pattern, by in _SPELLINGS:
        text = re.sub(pattern, by, text)
    text = _NUMBER.sub(lambda found: _WORDS[found[0]], text)
    for pattern, by in _AFTER_NUMBERS:
        text = re.sub(pattern, by, text)
    return " ".join(text.split())
