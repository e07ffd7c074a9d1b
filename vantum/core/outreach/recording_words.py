"""Does somebody allow a call to be recorded, or forbid it? By hard patterns in five languages, with the words.

Law: forbidding counts wherever it is said. Allowing counts only as an answer, right behind a question of the bot that
is about the recording: a yes to anything else is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from vantum.core.analysis.quote import LONGEST_QUOTE, Found
from vantum.core.analysis.spoken_line import ANY, SpokenLine, spoken_line
from vantum.core.analysis.turn import Turn
from vantum.core.transcript import Speaker


class Word(StrEnum):
    """What somebody said about the recording."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Said:
    """It, and where it stands."""

    word: Word
    found: Found


_MANY: Final = rf"(?:{ANY} ){{0,3}}"
_FORBIDS: Final = re.compile(
    "|".join(
        (
            rf"(?<= )(?:do not|don't|dont|never|stop|no|not|without) {_MANY}"
            r"(?:record|recording|recorded|taping|tape)(?= )",
            r"(?<= )(?:turn|switch|shut) (?:off |the |that |your |this ){0,2}recording(?: off)?(?= )",
            rf"(?<= )(?:nicht|keine|keinen|stoppen sie|beenden sie|ohne) {_MANY}"
            r"(?:aufnehmen|aufzeichnen|aufgenommen|aufgezeichnet|aufnahme|aufzeichnung|mitschneiden|mitschnitt)(?= )",
            rf"(?<= )(?:no|deje de|sin) {_MANY}(?:grabe|grabes|graben|grabar|grabando|grabacion|grabado)(?= )",
            rf"(?<= )(?:n'enregistrez|ne m'enregistrez|pas d'enregistrement|arretez {_MANY}d'enregistrer"
            rf"|arretez {_MANY}l'enregistrement|(?:pas|plus) {_MANY}enregistree?s?)(?= )",
            r"(?<= )(?:रिकॉर्ड|रिकार्ड|रिकॉर्डिंग) (?:मत|न|नहीं|बंद)(?= )",
        )
    )
)
_ASKS: Final = re.compile(
    r"\b(?:record|recording|recorded|aufnehmen|aufzeichnen|aufgezeichnet|aufnahme|aufzeichnung|mitschneiden"
    r"|grabar|grabacion|grabada|enregistrer|enregistrement|enregistree?|रिकॉर्ड|रिकॉर्डिंग)\b"
)
_AGREES: Final = re.compile(
    r"^ (?:yes|yeah|yep|sure|okay|ok|of course|that is fine|that's fine|fine|go ahead|no problem|ja|gerne|klar"
    r"|in ordnung|einverstanden|si|claro|vale|de acuerdo|oui|bien sur|d'accord|हां|जी|ठीक) "
)
_BUT: Final = re.compile(r" (?:but|not|no|aber|nicht|nein|pero|mais|non|pas|लेकिन|नहीं) ")


def about_recording(turns: Sequence[Turn]) -> Said | None:
    """The caller's last word about the recording; None where they said none."""
    said = None
    for number, turn in enumerate(turns):
        if turn.role is Speaker.CALLER:
            said = _forbids(number, turn) or _allows(number, turns) or said
    return said


def _forbids(number: int, turn: Turn) -> Said | None:
    line = spoken_line(turn.text)
    found = _FORBIDS.search(line.text)
    return (
        None if found is None else _said(Word.FORBIDDEN, number, turn, line.said(found.start(), found.end()))
    )


def _allows(number: int, turns: Sequence[Turn]) -> Said | None:
    if number == 0 or turns[number - 1].role is not Speaker.BOT:
        return None
    asked, turn = turns[number - 1], turns[number]
    if "?" not in asked.text or _ASKS.search(spoken_line(asked.text).text) is None:
        return None
    line: SpokenLine = spoken_line(turn.text)
    if _AGREES.match(line.text) is None or _BUT.search(line.text) is not None:
        return None
    return _said(Word.ALLOWED, number, turn, turn.text.strip()[:LONGEST_QUOTE])


def _said(word: Word, number: int, turn: Turn, quote: str) -> Said:
    begin = turn.text.index(quote)
    return Said(word, Found(number, quote, turn.ms_at(begin), turn.ms_at(begin + len(quote))))
