"""What was said in a call, line by line, out of the entries of its record.

The law: every word that was recognised or heard stands in exactly one line. A turn is one line, in the words
that went to the LLM; what the caller said beside a turn (a backchannel, the last words before hanging up)
gets a line of its own, when the turn or the call is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

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

    def add(self, entry: Entry) -> list[Line]:
        """The lines that are complete with this entry."""
        match entry:
            case {"event": "transcript", "t": float(t), "text": str(text), "final": True}:
                self._heard.append(Line(t, Speaker.CALLER, text))
            case {"event": "turn_committed", "t": float(t), "text": str(text)}:
                return self._committed(Line(t, Speaker.CALLER, text))
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
                return self.rest()
        return []

    def rest(self) -> list[Line]:
        """The caller's words that no turn has taken."""
        lines = [line for heard in self._heard for line in _spoken(heard)]
        self._heard.clear()
        return lines

    def _committed(self, turn: Line) -> list[Line]:
        """The turn's line, from its first words on, and beside it what the turn does not hold."""
        told = _plain(turn.text)
        inside = [line for line in self._heard if _plain(line.text) in told]
        self._heard = [line for line in self._heard if line not in inside]
        begun = min((line.t for line in inside), default=turn.t)
        return [*self.rest(), *_spoken(Line(begun, Speaker.CALLER, turn.text))]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _spoken(line: Line) -> list[Line]:
    return [line] if line.text.strip() else []
