"""Reads from the record of a call when what happened in it: for the law, and for the price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from vantum.core.outreach.outcome import HungUpBy, Message

CALLEE_LEFT: Final = frozenset({"caller hung up", "client left"})
"""Reasons of ends that are the callee's doing, as the transports tell them."""
MESSAGE_LEFT: Final = "the bot left a message at a machine"

Entry = Mapping[str, object]
"""One event of a record, with its own fields; ``at`` is its moment, ISO 8601."""


@dataclass(frozen=True, slots=True)
class Moments:
    """None for what never happened. ``greeted_at`` is the end of what the callee said before the first word."""

    answered_at: datetime | None = None
    greeted_at: datetime | None = None
    first_word_at: datetime | None = None
    ended_at: datetime | None = None
    hung_up_by: HungUpBy = HungUpBy.US
    message: Message = Message.NOT_LEFT


def moments_of(entries: Sequence[Entry]) -> Moments:
    """The moments of a call; entries that cannot be read are passed by."""
    first_word = _first(entries, "words_spoken") or _first(entries, "utterance_started")
    end = next((each for each in entries if each.get("event") == "call_ended"), None)
    reason = "" if end is None else str(end.get("reason", ""))
    return Moments(
        answered_at=_first(entries, "call_started"),
        greeted_at=_greeted(entries, first_word),
        first_word_at=first_word,
        ended_at=None if end is None else _at(end),
        hung_up_by=HungUpBy.CALLEE if reason in CALLEE_LEFT else HungUpBy.US,
        message=Message.LEFT if reason == MESSAGE_LEFT else Message.NOT_LEFT,
    )


def _greeted(entries: Sequence[Entry], first_word: datetime | None) -> datetime | None:
    for entry in entries:
        at = _at(entry)
        if entry.get("event") != "turn_committed" or at is None:
            continue
        silent = entry.get("silent_seconds", 0.0)
        end = at - timedelta(seconds=float(silent) if isinstance(silent, int | float) else 0.0)
        return end if first_word is None or end <= first_word else None
    return None


def _first(entries: Sequence[Entry], event: str) -> datetime | None:
    return next((at for each in entries if each.get("event") == event and (at := _at(each))), None)


def _at(entry: Entry) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(entry.get("at")))
    except ValueError:
        return None
    return at if at.utcoffset() is not None else None
