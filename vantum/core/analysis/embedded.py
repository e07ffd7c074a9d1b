"""The analysis without a language model: hard patterns, the script's own intents, and a score of words.

The law: it makes an answer of the same form as a language model does, which is checked in the same way. It is weaker
and says so: it knows no fields of a campaign, no language but English beside the wish not to be called, and its
sentences of summary are the caller's own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from vantum.core.analysis.brief import Brief
from vantum.core.analysis.quote import LONGEST_QUOTE
from vantum.core.analysis.turn import Turn
from vantum.core.conversation import Message, Role
from vantum.core.day_time import NOTHING_YET, find_day_time
from vantum.core.dialogue import reply
from vantum.core.dialogue_script import Script
from vantum.core.dialogue_turn import Matcher
from vantum.core.intent import hard_intent
from vantum.core.intent_table import Intent
from vantum.core.languages import base
from vantum.core.machine import sounds_like_machine
from vantum.core.outreach.outcome import Disposition
from vantum.core.transcript import Speaker
from vantum.core.words import plain

Score = Callable[[str], float]
"""How a sentence sounds, -1..1; 0 for one without any word that tells."""

CONFIDENCE: Final = 0.3
"""Never more: no language model has read the call."""
MOST_REPLAYED: Final = 80
"""Turns of a call that are played through the script, the last ones of a longer one: each replays those before it."""
_SENTENCE: Final = re.compile(r"[^.!?।]{1,2000}[.!?।]{0,3}")
_WRONG_PERSON: Final = re.compile(
    r"\bwrong (?:number|person)\b|\bnobody here by that name\b|\bno one here by that name\b"
)

_NO_OBJECTIONS: Final = frozenset(
    {
        Intent.DO_NOT_CALL,
        Intent.HUMAN,
        Intent.ROBOT,
        Intent.WHO,
        Intent.INFO,
        Intent.BYE,
        Intent.STOP,
        Intent.ACK,
    }
    | {Intent.NO, Intent.YES}
    | {"wrong_person"}
)
_MEANT: Final[Mapping[str, Disposition]] = {
    Intent.DO_NOT_CALL: Disposition.DO_NOT_CALL,
    Intent.NOT_INTERESTED: Disposition.NOT_INTERESTED,
    Intent.HUMAN: Disposition.CALLBACK,
}
_INTEREST: Final[Mapping[Disposition, int]] = {
    Disposition.MEETING_BOOKED: 95,
    Disposition.INTERESTED: 75,
    Disposition.CALLBACK: 70,
    Disposition.NOT_INTERESTED: 15,
    Disposition.DO_NOT_CALL: 0,
}
_ASKED: Final = 55
"""Who asks for the price or for more, and for nothing else."""
_NEXT: Final[Mapping[Disposition, str]] = {
    Disposition.MEETING_BOOKED: "Keep the meeting.",
    Disposition.CALLBACK: "Call back.",
}


@dataclass(frozen=True, slots=True)
class Meant:
    """What the caller was understood to mean in a turn, and how the script then ended, if it did.

    It ``objects`` unless it answers one of the script's own questions.
    """

    turn: int
    intent: str | None
    disposition: Disposition | None = None
    objects: bool = True


def meanings(turns: Sequence[Turn], script: Script | None, match: Matcher) -> tuple[Meant, ...]:
    """What each turn of the caller meant: by the script where there is one, else by hard patterns alone."""
    first = max(0, len(turns) - MOST_REPLAYED)
    callers = [number for number in range(first, len(turns)) if turns[number].role is Speaker.CALLER]
    if script is None:
        return tuple(Meant(number, _heard(turns[number].text)) for number in callers)
    messages = [Message(_ROLES[turn.role], turn.text) for turn in turns[first:]]
    found: list[Meant] = []
    for number in callers:
        said = reply(script, messages[: number - first + 1], match)
        ended = None if said.disposition is None else Disposition(str(said.disposition))
        intent = said.intent or _heard(turns[number].text)
        found.append(Meant(number, intent, ended, objects=intent in script.objections))
    return tuple(found)


def answer(turns: Sequence[Turn], meant: Sequence[Meant], score: Score, brief: Brief) -> dict[str, object]:
    """An answer of the form ``answer.form`` has; the campaign's own fields stay unknown."""
    disposition, turn = _disposition(turns, meant)
    interest, asked = _interest(meant, disposition, turn)
    proof = _quote(turns, turn)
    return {
        "sentiment": _sentiment(turns, score) if base(brief.language) == "en" else None,
        "interest": _claim(interest, _quote(turns, asked), asked),
        "disposition": _claim(disposition, proof, turn),
        "objections": [
            _claim(str(one.intent).replace("_", " "), _quote(turns, one.turn), one.turn)
            for one in _objections(meant)
        ],
        "next_step": _claim(_NEXT.get(disposition) if disposition else None, proof, turn),
        "callback": _callback(turns, meant, disposition),
        "summary": [_claim(quote, quote, number) for number, quote in _told(turns, turn)],
        "confidence": CONFIDENCE,
    }


_ROLES: Final = {Speaker.CALLER: Role.USER, Speaker.BOT: Role.ASSISTANT}


def _heard(text: str) -> str | None:
    words = plain(text)
    return "wrong_person" if _WRONG_PERSON.search(words) else hard_intent(words)


def _disposition(turns: Sequence[Turn], meant: Sequence[Meant]) -> tuple[Disposition | None, int | None]:
    """How it came out, and the turn that says so: the script's end, else the last turn that decides."""
    ended = next(((one.disposition, one.turn) for one in meant if one.disposition), None)
    if ended is not None:
        return ended
    machine = next((one for one in meant if sounds_like_machine(turns[one.turn].text)), None)
    if machine is not None:
        return Disposition.VOICEMAIL, machine.turn
    for one in reversed(meant):
        found = _decides(one, turns[one.turn].text)
        if found is not None:
            return found, one.turn
    return None, None


def _decides(one: Meant, text: str) -> Disposition | None:
    words = plain(text)
    if one.intent == "wrong_person":
        return Disposition.WRONG_PERSON
    if one.intent == Intent.BUSY and find_day_time(words) != NOTHING_YET:
        return Disposition.CALLBACK
    if one.intent == Intent.YES and re.search(r"\binterested\b", words):
        return Disposition.INTERESTED
    return _MEANT.get(one.intent or "")


def _interest(
    meant: Sequence[Meant], disposition: Disposition | None, turn: int | None
) -> tuple[int | None, int | None]:
    if disposition is not None and disposition in _INTEREST:
        return _INTEREST[disposition], turn
    asked = next((one.turn for one in meant if one.intent in (Intent.PRICE, Intent.INFO)), None)
    return (None, None) if asked is None or disposition is not None else (_ASKED, asked)


def _objections(meant: Sequence[Meant]) -> list[Meant]:
    """The first turn of each objection."""
    firsts: dict[str, Meant] = {}
    for one in meant:
        if one.objects and one.intent is not None and one.intent not in _NO_OBJECTIONS:
            firsts.setdefault(one.intent, one)
    return list(firsts.values())


def _callback(
    turns: Sequence[Turn], meant: Sequence[Meant], disposition: Disposition | None
) -> dict[str, object] | None:
    if disposition is not Disposition.CALLBACK:
        return None
    timed = [one.turn for one in meant if find_day_time(plain(turns[one.turn].text)) != NOTHING_YET]
    quote = _quote(turns, timed[-1]) if timed else ""
    return _claim(quote, quote, timed[-1]) if quote else None


def _sentiment(turns: Sequence[Turn], score: Score) -> dict[str, object] | None:
    """The mean of the caller's sentences, by their words; proved by the one that tells most."""
    scored = [
        (score(sentence), sentence, number)
        for number, turn in enumerate(turns)
        if turn.role is Speaker.CALLER
        for sentence in sentences(turn.text)
    ]
    telling = [one for one in scored if one[0] != 0 and len(one[1].split()) > 1]
    words = sum(len(sentence.split()) for _, sentence, _ in scored)
    mean = sum(value * len(sentence.split()) for value, sentence, _ in scored) / max(1, words)
    same = [one for one in telling if (one[0] > 0) == (mean > 0)]
    if not same:
        return None
    _, quote, number = max(same, key=lambda one: abs(one[0]))
    return _claim(round(max(-1.0, min(1.0, mean)), 3), quote, number)


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, none longer than a quote may be."""
    for found in _SENTENCE.findall(text):
        sentence = _short(found.strip())
        if any(map(str.isalnum, sentence)):
            yield sentence


def _told(turns: Sequence[Turn], decided: int | None) -> list[tuple[int, str]]:
    """The caller's first words, those that decided, and their last."""
    callers = [number for number, turn in enumerate(turns) if turn.role is Speaker.CALLER]
    numbers = [callers[0], *([] if decided is None else [decided]), callers[-1]]
    return [(number, _quote(turns, number)) for number in dict.fromkeys(numbers)]


def _quote(turns: Sequence[Turn], number: int | None) -> str:
    return "" if number is None else _short(turns[number].text)


def _short(text: str) -> str:
    """The text, up to its last whole word that a quote has room for."""
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE].rpartition(" ")[0]


def _claim(value: object, quote: str, turn: int | None) -> dict[str, object]:
    return {"value": value, "quote": quote, "turn": turn}
