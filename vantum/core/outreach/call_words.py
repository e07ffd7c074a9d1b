"""What the record of a call says about what it came to: the tools' words, the wish, and where a promised time stands.

Law: a time that was promised is looked for where it was agreed on: in the tool's note, in what the bot read back, and
only then in the caller's own words, all of the last ones together, because a day and an hour come one after another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from vantum.core.analysis.do_not_call import find_wish
from vantum.core.analysis.quote import Found
from vantum.core.analysis.turn import Turn
from vantum.core.outreach.outcome import Disposition
from vantum.core.outreach.promised import LONGEST, names_day
from vantum.core.outreach.settlement import Words
from vantum.core.transcript import Entry, Speaker

MOST_BOT: Final = 4
"""Turns of the bot that are looked at, the last ones: it reads a time back when it is agreed on."""
MOST_CALLER: Final = 4
"""Turns of the caller, the last ones, taken together."""
MOST_BEFORE: Final = 6
"""Turns of both, in which the day of an hour may be named."""
_BOOKED: Final = frozenset({Disposition.CALLBACK})


@dataclass(frozen=True, slots=True)
class Told:
    """What the bot wrote down with a tool, ``t`` seconds after the call began."""

    t: float
    disposition: Disposition
    notes: str = ""


@dataclass(frozen=True, slots=True)
class CallWords:
    """The words of a call that something follows from."""

    turns: tuple[Turn, ...]
    told: tuple[Told, ...] = ()
    wish: Found | None = None

    @property
    def words(self) -> Words:
        """As they are judged."""
        return Words(self.wish is not None, tuple(each.disposition for each in self.told))

    @property
    def opt_out(self) -> Found | None:
        """The wish not to be called any more: by hard patterns, else what was said when a tool wrote it down."""
        if self.wish is not None:
            return self.wish
        told = next((each for each in self.told if each.disposition is Disposition.DO_NOT_CALL), None)
        return None if told is None else last_words(self.turns, told.t)

    @property
    def promise(self) -> Told | None:
        """The tool's last word, if it promised a callback."""
        last = self.told[-1] if self.told else None
        return last if last is not None and last.disposition in _BOOKED else None


def call_words(entries: Sequence[Entry], turns: Sequence[Turn]) -> CallWords:
    """The words of a record; entries that say nothing known are passed by."""
    return CallWords(tuple(turns), tuple(_told(entries)), find_wish(turns))


def disposition_of(word: str) -> Disposition | None:
    """What a tool wrote down; None for what is no disposition."""
    try:
        return Disposition(word.strip().lower().replace(" ", "_").replace("-", "_"))
    except ValueError:
        return None


def last_words(turns: Sequence[Turn], t: float) -> Found | None:
    """What the caller said last before a moment, in seconds: the whole turn, as its own proof."""
    for number in range(len(turns) - 1, -1, -1):
        turn = turns[number]
        if turn.role is Speaker.CALLER and turn.start_ms <= t * 1000:
            return Found(number, turn.text, turn.start_ms, turn.end_ms)
    return None


def promise_words(turns: Sequence[Turn], notes: str = "", until: float | None = None) -> tuple[str, ...]:
    """Where a promised time may stand, the most certain first; ``until`` is when it was written down, in seconds."""
    before = [turn for turn in turns if until is None or turn.start_ms <= until * 1000]
    bot = [turn.text for turn in before if turn.role is Speaker.BOT]
    caller = [turn.text for turn in before if turn.role is Speaker.CALLER]
    together = " ".join(caller[-MOST_CALLER:])
    found = (notes, *reversed(bot[-MOST_BOT:]), together, *reversed(caller[-MOST_CALLER:]))
    return tuple(dict.fromkeys(words for words in found if words.strip() and len(words) <= LONGEST))


def found_words(turns: Sequence[Turn], callback: str, said: Found | None) -> tuple[str, ...]:
    """The same for a time that an analysis found: ``callback``, in the words that were ``said``.

    An hour alone ("at three") is no promise by itself where somebody named a day before: they belong together.
    """
    own = (callback, "" if said is None else said.quote)
    if said is None or names_day(callback):
        return own
    before = [turn.text for turn in turns if turn.start_ms < said.start_ms][-MOST_BEFORE:]
    day = next((text for text in reversed(before) if names_day(text)), None)
    return own if day is None else (f"{day} {callback}", *own)


def _told(entries: Sequence[Entry]) -> Iterator[Told]:
    for entry in entries:
        match entry:
            case {"event": "disposition_recorded", "t": float(t), "disposition": str(word)}:
                disposition = disposition_of(word)
                if disposition is not None:
                    yield Told(t, disposition, str(entry.get("notes", "")))
