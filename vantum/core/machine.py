"""Did a human or a machine answer, and what follows from the carrier's verdict?

The law kept here: once a human has answered in words, no verdict counts. The greeting of an answering machine
is words, too, and not a human's; it is told by its phrases.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from vantum.core.turn_words import folded


class AnsweredBy(StrEnum):
    """The carrier's verdict, in its own words."""

    HUMAN = "human"
    MACHINE_END_BEEP = "machine_end_beep"  # the greeting is over: ...
    MACHINE_END_SILENCE = "machine_end_silence"
    MACHINE_END_OTHER = "machine_end_other"
    MACHINE_START = "machine_start"  # the greeting still runs
    FAX = "fax"
    UNKNOWN = "unknown"


class MachineAction(StrEnum):
    """What the call does upon a verdict."""

    CARRY_ON = "carry_on"
    LEAVE_MESSAGE = "leave_message"
    HANG_UP = "hang_up"


_MESSAGE: Final = r"(?:(?:a|an|your|me|us|the) )*(?:\w+ ){0,2}messages?"
_CANNOT: Final = r"(?:cannot|can not|cant|unable to|not able to)"
_GREETINGS: Final = (
    # English
    rf"(?:leave|record) {_MESSAGE}",
    r"leave (?:me |us )?your (?:name|number|details)",
    r"(?:after|at|following|hear|wait for) the (?:tone|beep|signal)",
    r"(?:not |isnt |un)available",
    rf"{_CANNOT} (?:take|answer|get to|come to) (?:your|the|my|this) (?:call|phone)",
    r"voice ?mail(?: ?box)?|mail ?box|answering (?:machine|service)",
    r"(?:person|party|customer|subscriber|number) (?:that )?(?:you are|youre|you were) (?:trying|calling)",
    r"(?:number|person) (?:that )?(?:you have|youve|you) (?:dialed|dialled|called)",
    r"(?:you have|youve) reached",
    r"press (?:pound|hash|star|the|any|zero|one|two|three|four|five|six|seven|eight|nine|[0-9])",
    # German
    r"(?:nachricht|nachrichten) (?:\w+ ){0,4}(?:hinterlassen|aufsprechen|sprechen)",
    r"(?:hinterlassen|sprechen) sie (?:\w+ ){0,4}nachricht",
    r"nach dem (?:signalton|piepton|ton|signal|piep|piepen)",
    r"anrufbeantworter|(?:nicht|nicht personlich) (?:erreichbar|zu erreichen)|sprachbox",
    # Spanish
    r"(?:deje|deja|dejar|grabe) (?:\w+ ){0,3}mensaje",
    r"(?:despues de|al oir|tras) (?:la |el )?(?:tono|senal|pitido)|despues del (?:tono|pitido)",
    r"buzon (?:de voz|de mensajes)|contestador|no (?:esta|estoy|se encuentra) disponible",
    # French
    r"(?:laissez|laisser|laisse) (?:\w+ ){0,3}message",
    r"apres le (?:bip|signal|ton|tonalite)",
    r"(?:boite|messagerie) vocale|repondeur|(?:nest|suis|nes) pas disponible",
)
_GREETING: Final = re.compile(rf"\b(?:{'|'.join(_GREETINGS)})\b")


def answered_by(word: str) -> AnsweredBy:
    """The verdict of the carrier's ``word``; a word that it does not have is UNKNOWN."""
    try:
        return AnsweredBy(word)
    except ValueError:
        return AnsweredBy.UNKNOWN


def decide(verdict: AnsweredBy, caller_said: Sequence[str], voicemail: str) -> MachineAction:
    """What to do upon ``verdict``, after ``caller_said`` (one text an utterance, in their order) was heard.

    ``voicemail`` is the text to leave to a machine; blank when none is to be left.
    """
    if verdict in (AnsweredBy.HUMAN, AnsweredBy.UNKNOWN) or _human_spoke(caller_said):
        return MachineAction.CARRY_ON
    if verdict is AnsweredBy.FAX or not voicemail.strip():
        return MachineAction.HANG_UP
    if verdict is AnsweredBy.MACHINE_START:
        return MachineAction.CARRY_ON
    return MachineAction.LEAVE_MESSAGE


def sounds_like_machine(text: str) -> bool:
    """Whether ``text`` holds a phrase of answering machines, in English, German, Spanish or French."""
    return _GREETING.search(_bare(text)) is not None


def _human_spoke(caller_said: Sequence[str]) -> bool:
    """Whether the last words are a human's.

    What comes before a machine's phrase is part of its greeting: "Hi, this is John." - "Please leave a message."
    """
    last = next((text for text in reversed(caller_said) if _bare(text)), None)
    return last is not None and not sounds_like_machine(last)


def _bare(text: str) -> str:
    """Folded words without accents: recognisers differ in them."""
    letters = unicodedata.normalize("NFKD", text)
    return folded("".join(letter for letter in letters if not unicodedata.combining(letter)))
