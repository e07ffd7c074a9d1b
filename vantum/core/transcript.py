"""What was said in a call, line by line, out of the entries of its record.

The law: every word that was recognised or heard stands in exactly one line. A turn is one line, in the words
that went to the LLM; what the caller said beside a turn (a backchannel, the last words before hanging up)
gets a line of its own, when the turn or the call is over. Where a record breaks off, the words that were still being
recognised stand in the last line: nobody can say them finally any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from vantum.core.turn_words import folded

Entry = Mapping[str, object]
"""One event of the record: ``t`` in seconds, ``event`` its name in snake case, and the event's own fields."""


class Speaker(StrEnum):
    """Who said it."""

    CALLER = "caller"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class Line:
    """Words said from ``t`` seconds on; ``interrupted`` when the bot was cut there."""

    t: float
    speaker: Speaker
    text: str
    interrupted: bool = False

    def __str__(self) -> str:
        minutes, tenths = divmod(int(self.t * 10), 600)
        cut = " (interrupted)" if self.interrupted else ""
        words = " ".join(self.text.split())
        return f"[{minutes:02}:{tenths // 10:02}.{tenths % 10}] {self.speaker.capitalize()}: {words}{cut}"


class Transcriber:
    """Turns entries, in their order, into lines."""

    def __init__(self) -> None:
        self._heard: list[Line] = []
        self._begun: dict[str, float] = {}
        self._told: tuple[object, str] = (None, "")
        """The number and the words of the last turn."""
        self._owed = ""
        """The last turn's words, while no final has said them."""
        self._open: Line | None = None
        """Words that are still being recognised."""
        self._is_over = False

    def add(self, entry: Entry) -> list[Line]:
        """The lines that are complete with this entry."""
        match entry:
            case {"event": "transcript", "t": float(t), "text": str(text), "final": bool(final)}:
                line = Line(t, Speaker.CALLER, text)
                self._open = None if final or self._is_over else line
                if final:
                    self._hear(line)
            case {"event": "turn_committed", "t": float(t), "text": str(text)}:
                return self._committed(Line(t, Speaker.CALLER, text), entry.get("turn"))
            case {"event": "utterance_started", "t": float(t), "utterance_id": str(utterance)}:
                self._begun[utterance] = t
            case {
                "event": "utterance_ended",
                "t": float(t),
                "utterance_id": str(utterance),
                "text": str(text),
            }:
                begun = self._begun.pop(utterance, t)
                return _spoken(Line(begun, Speaker.BOT, text, entry.get("interrupted") is True))
            case {"event": "call_ended"}:
                self._open, self._is_over = None, True
                return self._untaken()
        return []

    def rest(self) -> list[Line]:
        """The caller's words that no turn has taken, and those that were being recognised: nothing follows."""
        if self._open is not None:
            self._hear(self._open)
            self._open = None
        return self._untaken()

    def _untaken(self) -> list[Line]:
        lines = [line for heard in self._heard for line in _spoken(heard)]
        self._heard.clear()
        return lines

    def _hear(self, line: Line) -> None:
        """Final words; those that the last turn was committed with, before they were final, are told already."""
        words, owed = line.text.split(), self._owed.split()
        self._owed = ""
        if owed and folded(line.text).split()[: len(owed)] == owed:
            words = words[len(owed) :]
        if words:
            self._heard.append(replace(line, text=" ".join(words)))

    def _committed(self, turn: Line, number: object) -> list[Line]:
        """The turn's line, from its first words on, and beside it what the turn does not hold.

        A turn that got more words is committed again, with all of them: its second line has the new ones.
        """
        told, (last, before) = _plain(turn.text), self._told
        self._told = number, turn.text
        new = turn.text.removeprefix(before).strip() if number is not None and number == last else turn.text
        inside = [line for line in self._heard if _plain(line.text) in told]
        self._heard = [line for line in self._heard if line not in inside]
        finals = folded(" ".join(line.text for line in inside))
        self._owed = "" if finals.endswith(folded(new)) else folded(turn.text)
        begun = min((line.t for line in inside), default=turn.t)
        if self._open is not None and _plain(self._open.text) in told:
            self._open = None
        return [*self._untaken(), *_spoken(Line(begun, Speaker.CALLER, new))]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _spoken(line: Line) -> list[Line]:
    return [line] if line.text.strip() else []
