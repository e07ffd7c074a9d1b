"""What a caller hears: chunks play one after the other as in a browser, until they are wiped.

Times are ``time.monotonic()`` seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from benchmarks.conversation.voice import FRAME_SECONDS, VOCABULARY, WORD_SECONDS, Pcm, frames_heard

JOINT_SECONDS = 0.0005
"""Chunks that are no further apart are one sound."""
FRAMES_PER_WORD = WORD_SECONDS / FRAME_SECONDS


@dataclass(frozen=True, slots=True)
class Played:
    """A sound that begins at ``at``."""

    at: float
    pcm: Pcm
    rate: int

    @property
    def end(self) -> float:
        """When its last sample has been played."""
        return self.at + len(self.pcm) / self.rate

    def until(self, moment: float) -> Played:
        """What of it is played by then."""
        return Played(self.at, self.pcm[: max(0, round((moment - self.at) * self.rate))], self.rate)


@dataclass(slots=True)
class Run:
    """Words that were heard one after the other, each the next of the vocabulary, with or without pauses."""

    first: int
    begin: float
    end: float
    frames: list[int] = field(default_factory=list)

    @property
    def words(self) -> int:
        """How many words were heard, of the last one at least half."""
        whole = sum(frames >= FRAMES_PER_WORD / 2 for frames in self.frames[:-1])
        return whole + (self.frames[-1] >= FRAMES_PER_WORD / 2)

    def takes(self, word: int) -> bool:
        """Whether the run goes on with this word; a word may be heard again from its beginning."""
        step = (word - self.first) % len(VOCABULARY) - (len(self.frames) - 1)
        if step == 1:
            self.frames.append(0)
        if step not in (0, 1):
            return False
        self.frames[-1] += 1
        return True


class PlayOut:
    """The sound card of a caller."""

    def __init__(self) -> None:
        self._played: list[Played] = []

    def push(self, now: float, pcm: Pcm, rate: int) -> None:
        """A chunk came: it plays when what came before it is over."""
        at = max(now, self._played[-1].end) if self._played else now
        self._played.append(Played(at, pcm, rate))

    def wipe(self, now: float) -> None:
        """What has not been played yet is never heard."""
        while self._played and self._played[-1].at >= now:
            self._played.pop()
        if self._played and self._played[-1].end > now:
            self._played[-1] = self._played[-1].until(now)

    def silent_since(self, now: float) -> float | None:
        """When the last sound ended, long ago for none; None while one plays or waits."""
        if not self._played:
            return float("-inf")
        end = self._played[-1].end
        return None if end > now else end

    def began_after(self, moment: float) -> float | None:
        """When the first sound began that began after ``moment``, silence between it and the one before."""
        before = float("-inf")
        for played in self._played:
            if played.at >= moment and played.at > before + JOINT_SECONDS:
                return played.at
            before = played.end
        return None

    def sounds(self) -> list[Played]:
        """All that was heard, chunks that follow each other joined."""
        joined: list[list[Played]] = []
        for played in self._played:
            whole = joined and played.rate == joined[-1][0].rate
            if whole and played.at <= joined[-1][-1].end + JOINT_SECONDS:
                joined[-1].append(played)
            else:
                joined.append([played])
        return [Played(row[0].at, np.concatenate([one.pcm for one in row]), row[0].rate) for row in joined]

    def gaps(self, begin: float, end: float, audible: float = FRAME_SECONDS) -> list[tuple[float, float]]:
        """The silences between two moments that are longer than ``audible`` seconds."""
        borders = [(begin, begin), *((sound.at, sound.end) for sound in self.sounds()), (end, end)]
        clipped = sorted(
            (max(begin, at), min(end, over)) for at, over in borders if over >= begin and at <= end
        )
        found, silent_from = [], begin
        for at, over in clipped:
            if at - silent_from > audible:
                found.append((silent_from, at))
            silent_from = max(silent_from, over)
        return found

    def runs(self) -> list[Run]:
        """What was heard, word by word."""
        runs: list[Run] = []
        for at, word in self._frames():
            if not (runs and runs[-1].takes(word)):
                runs.append(Run(word, at, at, [1]))
            runs[-1].end = at + FRAME_SECONDS
        return runs

    def _frames(self) -> Iterator[tuple[float, int]]:
        for sound in self.sounds():
            for index, word in enumerate(frames_heard(sound.pcm, sound.rate)):
                if word is not None and word >= 0:
                    yield sound.at + index * FRAME_SECONDS, word
