"""The turns of a call out of its record, each with its second of the audio.

The law: the words are those of the record's transcript, and no time is invented. The bot's words have the times at
which they were played. The caller's turn begins with their first sound and ends with their last one, where the record
knows them: else with the first interim words, which may come up to a second late, and with the final ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from vantum.core.analysis.turn import Mark, Turn
from vantum.core.transcript import Entry, Line, Speaker, Transcriber
from vantum.core.turn_words import folded


def turns_of(record: Mapping[str, object]) -> tuple[Turn, ...]:
    """The turns in the order in which they began; ``record`` is what ``read_record`` gives (its ``events``)."""
    entries = record.get("events")
    reader = _Reader()
    for entry in entries if isinstance(entries, list) else ():
        reader.add(entry)
    reader.close()
    return tuple(sorted(reader.turns, key=lambda turn: turn.start_ms))


class _Reader:
    """Times each line that the transcriber makes of the entries."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self._transcriber = Transcriber()
        self._caller = _CallerTimes()
        self._bot = _BotTimes()
        self._now = 0.0

    def add(self, entry: Entry) -> None:
        match entry:
            case {"event": "transcript", "t": float(now), "text": str(text), "final": bool(final)}:
                self._caller.hear(_Stretch(now, now, text), final=final)
            case {"event": "words_spoken", "t": float(now), "utterance_id": str(name), "text": str(text)}:
                self._bot.speak(name, now, text)
        at = entry.get("t")
        self._now = at if isinstance(at, float) else self._now
        self._tell(self._transcriber.add(entry), entry)
        if entry.get("event") == "utterance_ended":
            self._bot.forget(entry.get("utterance_id"))

    def close(self) -> None:
        """The record ends here, perhaps in the middle of a sentence."""
        self._tell(self._transcriber.rest(), {})
        self.turns += self._bot.unfinished(self._now)

    def _tell(self, lines: list[Line], entry: Entry) -> None:
        for line in lines:
            if line.speaker is Speaker.BOT:
                turn = self._bot.turn(line, entry.get("utterance_id"), self._now)
            else:
                turn = self._caller.turn(line, *self._sounded(line, entry))
            self.turns.append(replace(turn, line=len(self.turns)))
        if any(line.speaker is Speaker.CALLER for line in lines):
            self._caller.settle()

    def _sounded(self, line: Line, entry: Entry) -> tuple[float | None, float | None]:
        """When the caller's first and last sound of a committed turn were; words beside it have their own times."""
        match entry:
            case {"event": "turn_committed", "text": str(text)} if line.text in text:
                return self._ago(entry.get("spoken_seconds")), self._ago(entry.get("silent_seconds"))
        return None, None

    def _ago(self, seconds: object) -> float | None:
        return max(0.0, self._now - seconds) if isinstance(seconds, int | float) else None


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Words that were recognised between two times, in seconds."""

    begun: float
    until: float
    text: str


class _CallerTimes:
    """When the caller's words were first seen, and when they were final."""

    def __init__(self) -> None:
        self._final: list[_Stretch] = []
        self._open: _Stretch | None = None

    def hear(self, heard: _Stretch, *, final: bool) -> None:
        begun = heard.begun if self._open is None else self._open.begun
        stretch = _Stretch(begun, heard.until, heard.text) if heard.text.strip() else None
        if final and stretch is not None:
            self._final.append(stretch)
        self._open = None if final else stretch

    def turn(self, line: Line, spoke: float | None, ended: float | None) -> Turn:
        """The line's turn; ``spoke`` and ``ended`` are when the caller's first and last sound of it were."""
        mine = self._of(line)
        until = max((stretch.until for stretch in mine), default=line.t)
        end = until if ended is None else ended
        begun = min(end, *(stretch.begun for stretch in mine or (_Stretch(line.t, line.t, ""),)))
        if spoke is None:
            return _turn(line, begun, end, [(stretch.begun, stretch.text.strip()) for stretch in mine])
        # Of words without interim ones it is known when they were recognised, and not when they were said.
        said = [
            (stretch.begun, stretch.text.strip()) for stretch in mine[1:] if stretch.begun < stretch.until
        ]
        return _turn(line, min(begun, spoke), end, said)

    def settle(self) -> None:
        """All words so far are told; only what is still recognised goes on."""
        self._final.clear()

    def _of(self, line: Line) -> list[_Stretch]:
        """The stretches that a line is made of; they are not asked for again."""
        heard = [*self._final, *([self._open] if self._open else [])]
        same = [stretch for stretch in heard if folded(stretch.text) == folded(line.text)]
        mine = same[:1] or [stretch for stretch in heard if _shared(stretch.text, line.text)]
        self._final = [stretch for stretch in self._final if stretch not in mine]
        self._open = None if self._open in mine else self._open
        return mine


class _BotTimes:
    """When the bot's words were played, by utterance: seconds and words."""

    def __init__(self) -> None:
        self._spoken: dict[object, list[tuple[float, str]]] = {}

    def speak(self, name: str, now: float, text: str) -> None:
        self._spoken.setdefault(name, []).append((now, text.strip()))

    def turn(self, line: Line, name: object, ended: float) -> Turn:
        """The line's turn: the utterance ``name``, which ended now."""
        return _turn(line, line.t, ended, self._spoken.get(name, []))

    def forget(self, name: object) -> None:
        self._spoken.pop(name, None)

    def unfinished(self, now: float) -> list[Turn]:
        """What was being said when the record broke off: words that were played, and are in no line."""
        return [
            _turn(Line(spoken[0][0], Speaker.BOT, words, interrupted=True), spoken[0][0], now, spoken)
            for spoken in self._spoken.values()
            if (words := " ".join(text for _, text in spoken if text))
        ]


def _turn(line: Line, begun: float, ended: float, said: list[tuple[float, str]]) -> Turn:
    """A turn with a mark at each place where it is known when it was said: seconds and words, in their order."""
    start, end = _ms(begun), max(_ms(begun), _ms(ended))
    marks: list[Mark] = []
    cursor, ms = 0, start
    for at, words in said:
        offset = line.text.find(words, cursor)
        if words and offset >= 0:
            ms = min(end, max(ms, _ms(at)))
            marks.append(Mark(offset, ms))
            cursor = offset + len(words)
    return Turn(line.speaker, line.text, start, end, line.interrupted, tuple(marks))


def _shared(heard: str, told: str) -> bool:
    """Whether one is a part of the other: a turn has several finals, a late final words that were told before."""
    left, right = f" {folded(heard)} ", f" {folded(told)} "
    return left in right or right in left


def _ms(seconds: float) -> int:
    return max(0, round(seconds * 1000))
