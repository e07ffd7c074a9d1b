"""The ledger of one bot turn: what was queued, what was sent, and what the ear has heard.

Positions are samples of the turn's audio at one rate; ``now`` is seconds on any steady clock. Audio is sent a
little ahead of playing, so what was sent is not yet heard. Words lie on the same axis, so that a cut answer keeps
the words heard, no more and no less. Where the carrier says what it has played, its word counts (``MarkedPlayback``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass

MARK_PATIENCE_SECONDS = 2.0
"""A carrier that says nothing for this long after its time is taken to have played what it was sent."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word (or a run of text) and the sample at which it begins."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark behind sample ``position``, expected to come back at ``due``."""

    position: int
    due: float

    @property
    def patience_ends_at(self) -> float:
        """When the mark counts as lost."""
        return self.due + MARK_PATIENCE_SECONDS


class Playback:
    """One bot turn on its way to the ear."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._sent = 0
        self._ends_at = 0.0
        self._words: list[Word] = []
        self._told = 0

    @property
    def sent(self) -> int:
        """Samples sent so far."""
        return self._sent

    @property
    def ends_at(self) -> float:
        """When the last sample sent will have been heard."""
        return self.reached_at(self._sent)

    def send(self, samples: int, now: float) -> float:
        """``samples`` go to the wire now. Returns when they begin to play: at once, or after what plays already."""
        starts_at = max(self._ends_at, now)
        self._ends_at = starts_at + samples / self._rate
        self._sent += samples
        return starts_at

    def heard(self, now: float) -> int:
        """How many samples the ear has heard by ``now``."""
        ahead = max(0.0, self._ends_at - now)
        return max(0, self._sent - round(ahead * self._rate))

    def reached_at(self, position: int) -> float:
        """When the ear will have heard ``position`` samples, of those sent so far."""
        return self._ends_at - (self._sent - position) / self._rate

    def confirm(self, position: int, now: float) -> None:
        """The carrier has played ``position`` samples by ``now``. Without marks, time alone tells."""

    def add_word(self, text: str, start: int) -> None:
        """``text`` begins at sample ``start``; a word never begins before the one it follows."""
        floor = self._words[-1].start if self._words else 0
        self._words.append(Word(text, max(start, floor)))

    def add_text(self, text: str, start: int, end: int) -> None:
        """``text`` without times is spoken from ``start`` to ``end``: its words get their share by length."""
        words = text.split()
        letters = sum(len(word) + 1 for word in words)
        before = 0
        for word in words:
            self.add_word(word, start + (end - start) * before // letters)
            before += len(word) + 1

    def next_word_at(self) -> float | None:
        """When the next word not yet told begins to be heard; None when there is none on the wire."""
        if self._told >= len(self._words) or self._words[self._told].start >= self._sent:
            return None
        return self.reached_at(self._words[self._told].start)

    def tell(self, now: float) -> str:
        """The words that began to be heard since the last call, joined; "" when there are none."""
        last = min(self.heard(now), self._sent - 1)
        begun = bisect_right(self._words, last, key=lambda word: word.start)
        words, self._told = self._words[self._told : begun], max(begun, self._told)
        return " ".join(word.text for word in words)

    def heard_text(self, now: float) -> str:
        """The words heard by ``now``: those of which the ear has had at least half."""
        heard = self.heard(now)
        texts = []
        for index, word in enumerate(self._words):
            end = self._words[index + 1].start if index + 1 < len(self._words) else self._sent
            if heard * 2 < word.start + max(end, word.start) or heard <= word.start:
                break
            texts.append(word.text)
        return " ".join(texts)

    def text(self) -> str:
        """All words of the turn."""
        return " ".join(word.text for word in self._words)


class MarkedPlayback(Playback):
    """One bot turn at a carrier that tells when each sent piece has been played.

    Between two marks time tells what was heard, and never beyond the next mark that is outstanding. A carrier
    that gives no marks back is waited for once.
    """

    def __init__(self, rate: int) -> None:
        super().__init__(rate)
        self._outstanding: deque[Mark] = deque()

    def send(self, samples: int, now: float) -> float:
        """``samples`` go to the wire now, and a mark behind them."""
        starts_at = super().send(samples, now)
        self._outstanding.append(Mark(self._sent, self._ends_at))
        return starts_at

    def confirm(self, position: int, now: float) -> None:
        """The mark at ``position`` came back at ``now``; one that came before, or was never sent, tells nothing."""
        if all(mark.position != position for mark in self._outstanding):
            return
        self._ends_at = now + (self._sent - position) / self._rate
        left = [mark.position for mark in self._outstanding if mark.position > position]
        self._outstanding = deque(
            Mark(later, super(MarkedPlayback, self).reached_at(later)) for later in left
        )

    def heard(self, now: float) -> int:
        """How many samples the ear has heard by ``now``, as far as the carrier has said so."""
        heard = super().heard(now)
        if not self._outstanding or now >= self._outstanding[0].patience_ends_at:
            return heard
        return min(heard, self._outstanding[0].position)

    def reached_at(self, position: int) -> float:
        """When ``position`` will have been heard; beyond an outstanding mark not before patience ends."""
        at = super().reached_at(position)
        if not self._outstanding or position <= self._outstanding[0].position:
            return at
        return max(at, self._outstanding[0].patience_ends_at)
