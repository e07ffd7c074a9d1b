"""The ledger of one bot turn: what was queued, what was sent, and what the ear has heard.

Positions are samples of the turn's audio at one rate; ``now`` is seconds on any steady clock. Audio is sent a
little ahead of playing, so what was sent is not yet heard. Words lie on the same axis, so that a cut answer keeps
the words heard, no more and no less. Where the carrier says what it has played, its word counts (``MarkedPlayback``).

A turn that is held stops where the ear is, and goes on a little before: from the beginning of the word in which
it stopped. What the ear has heard once stays heard.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, replace

MARK_PATIENCE_SECONDS = 2.0
"""A carrier that says nothing for this long after its time is taken to have played what it was sent."""
KEPT_SECONDS = 3.0
"""How far before the ear a turn may go on: no word is longer. Audio is kept for as long after it was heard."""
MOST_RUNS = 16
"""Pauses of a turn in which the ear waited for what comes next, and which are remembered."""
STEP_BACK_SECONDS = 0.15
"""How far before the ear a turn goes on where nobody knows the words: about a syllable."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word (or a run of text) and the sample at which it begins: as the TTS timed it, or about there."""

    text: str
    start: int
    timed: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark behind sample ``position``, expected to come back at ``due``.

    ``tally`` is how many samples were sent up to it in all, those sent again included: its name.
    """

    position: int
    tally: int
    due: float

    @property
    def patience_ends_at(self) -> float:
        """When the mark counts as lost."""
        return self.due + MARK_PATIENCE_SECONDS


@dataclass(frozen=True, slots=True)
class Run:
    """Samples ``begin`` to ``end`` were played without a pause, up to ``ends_at``."""

    begin: int
    end: int
    ends_at: float


class Playback:
    """One bot turn on its way to the ear. ``now`` may also be in the past, up to the last hold."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._sent = 0
        self._furthest = 0
        self._heard = 0
        self._ends_at = 0.0
        self._run_begin = 0
        self._runs: deque[Run] = deque(maxlen=MOST_RUNS)
        self._words: list[Word] = []
        self._told = 0

    @property
    def sent(self) -> int:
        """The sample behind the last one sent."""
        return self._sent

    @property
    def ends_at(self) -> float:
        """When the last sample sent will have been heard."""
        return self.reached_at(self._sent)

    def send(self, samples: int, now: float) -> float:
        """``samples`` go to the wire now. Returns when they begin to play: at once, or after what plays already."""
        if now > self._ends_at and self._sent > self._run_begin:
            self._runs.append(Run(self._run_begin, self._sent, self._ends_at))
            self._run_begin = self._sent
        starts_at = max(self._ends_at, now)
        self._ends_at = starts_at + samples / self._rate
        self._sent += samples
        self._furthest = max(self._furthest, self._sent)
        return starts_at

    def hold(self, now: float) -> None:
        """The ear hears nothing more from ``now`` on: what was sent ahead is taken back."""
        self._heard = self._sent = self._run_begin = self.heard(now)
        self._ends_at = now
        self._runs.clear()

    def rewind(self, earliest: int) -> None:
        """After a hold, go on from the word in which it stopped, but not from before sample ``earliest``."""
        self._sent = self._run_begin = max(earliest, self._resumes_at())

    def heard(self, now: float) -> int:
        """How many samples the ear has heard by ``now``."""
        return max(self._heard, self._played(now))

    def reaches_ear(self, now: float) -> bool:  # noqa: ARG002 - marks need it
        """Whether the first audio is known to be heard; without marks, it is as soon as it is sent."""
        return self._furthest > 0

    def reached_at(self, position: int) -> float:
        """When the ear will have heard ``position`` samples, of those sent so far."""
        return self._ends_at - (self._sent - position) / self._rate

    def confirm(self, tally: int, now: float) -> None:
        """The carrier has played ``tally`` samples by ``now``. Without marks, time alone tells."""

    def add_word(self, text: str, start: int) -> None:
        """``text`` begins at sample ``start``; a word never begins before the one it follows."""
        self._add(Word(text, start))

    def add_text(self, text: str, start: int, end: int) -> None:
        """``text`` without times is spoken from ``start`` to ``end``: its words get their share by length."""
        words = text.split()
        letters = sum(len(word) + 1 for word in words)
        before = 0
        for word in words:
            self._add(Word(word, start + (end - start) * before // letters, timed=False))
            before += len(word) + 1

    def next_word_at(self) -> float | None:
        """When the next word not yet told begins to be heard; None when there is none on the wire."""
        if self._told >= len(self._words) or self._words[self._told].start >= self._sent:
            return None
        return self.reached_at(self._words[self._told].start)

    def tell(self, now: float) -> str:
        """The words that began to be heard since the last call, joined; "" when there are none."""
        last = min(self.heard(now), self._furthest - 1)
        return self._tell(bisect_right(self._words, last, key=lambda word: word.start))

    def tell_rest(self) -> str:
        """The words not told yet, once all was heard: those that the TTS places behind its audio."""
        return self._tell(len(self._words))

    def heard_text(self, now: float) -> str:
        """The words heard by ``now``: those of which the ear has had at least half."""
        heard = self.heard(now)
        texts = []
        for index, word in enumerate(self._words):
            end = self._words[index + 1].start if index + 1 < len(self._words) else self._furthest
            if heard * 2 < word.start + max(end, word.start) or heard <= word.start:
                break
            texts.append(word.text)
        return " ".join(texts)

    def text(self) -> str:
        """All words of the turn."""
        return " ".join(word.text for word in self._words)

    def _tell(self, begun: int) -> str:
        words, self._told = self._words[self._told : begun], max(begun, self._told)
        return " ".join(word.text for word in words)

    def _add(self, word: Word) -> None:
        floor = self._words[-1].start if self._words else 0
        self._words.append(replace(word, start=max(word.start, floor)))

    def _played(self, now: float) -> int:
        """Up to which sample what was sent has been played by ``now``."""
        ahead = max(0.0, self._ends_at - now)
        played = self._sent - round(ahead * self._rate)
        if played >= self._run_begin or not self._runs:
            return max(0, played)
        return self._played_before(now)

    def _played_before(self, now: float) -> int:
        """The same for a time before the last pause, which is asked for rarely."""
        for run in reversed(self._runs):
            played = run.end - round(max(0.0, run.ends_at - now) * self._rate)
            if played >= run.begin:
                return played
        return 0

    def _resumes_at(self) -> int:
        begun = bisect_right(self._words, self._heard, key=lambda word: word.start)
        if self._words and not begun:
            return self._heard
        word = self._words[begun - 1] if begun else Word("", 0, timed=False)
        if word.timed and self._heard - word.start <= KEPT_SECONDS * self._rate:
            return word.start
        return max(0, self._heard - round(STEP_BACK_SECONDS * self._rate))


class MarkedPlayback(Playback):
    """One bot turn at a carrier that tells when each sent piece has been played.

    Between two marks time tells what was heard, and never beyond the next mark that is outstanding. A carrier
    that gives no marks back is waited for once.
    """

    def __init__(self, rate: int) -> None:
        super().__init__(rate)
        self._outstanding: deque[Mark] = deque()
        self._tally = 0
        self._confirmed = False

    def send(self, samples: int, now: float) -> float:
        """``samples`` go to the wire now, and a mark behind them."""
        starts_at = super().send(samples, now)
        self._tally += samples
        self._outstanding.append(Mark(self._sent, self._tally, self._ends_at))
        return starts_at

    def hold(self, now: float) -> None:
        """The ear hears nothing more from ``now`` on; marks that still come back are of what was taken back."""
        super().hold(now)
        self._outstanding.clear()

    def confirm(self, tally: int, now: float) -> None:
        """The mark behind ``tally`` samples, counted as they were sent, came back at ``now``.

        One that came before, was never sent, or was sent before a hold, tells nothing.
        """
        played = next((mark for mark in self._outstanding if mark.tally == tally), None)
        if played is None:
            return
        self._confirmed = True
        self._ends_at = now + (self._sent - played.position) / self._rate
        self._outstanding = deque(
            replace(mark, due=super(MarkedPlayback, self).reached_at(mark.position))
            for mark in self._outstanding
            if mark.position > played.position
        )

    def reaches_ear(self, now: float) -> bool:
        """Whether a mark has come back, or the first one is so late that it counts as lost."""
        return self._confirmed or (bool(self._outstanding) and now >= self._outstanding[0].patience_ends_at)

    def reached_at(self, position: int) -> float:
        """When ``position`` will have been heard; beyond an outstanding mark not before patience ends."""
        at = super().reached_at(position)
        if not self._outstanding or position <= self._outstanding[0].position:
            return at
        return max(at, self._outstanding[0].patience_ends_at)

    def _played(self, now: float) -> int:
        """Up to which sample what was sent has been played, as far as the carrier has said so."""
        played = super()._played(now)
        if not self._outstanding or now >= self._outstanding[0].patience_ends_at:
            return played
        return min(played, self._outstanding[0].position)
