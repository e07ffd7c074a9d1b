"""Keeps the sound of the caller's turn, which the end-of-turn model judges; bounded while nobody speaks, too.

Law: a turn begins with the first speech after ``NEW_TURN_SECONDS`` of silence, and a little before it. Its last
``LONGEST_SECONDS`` are kept. Audio is PCM16, mono, counted in bytes.
"""

from __future__ import annotations

from vantum.core.audio import SAMPLE_BYTES

LONGEST_SECONDS = 8.0
NEW_TURN_SECONDS = 1.5
LEAD_SECONDS = 0.3
"""What the model hears of the quiet before the first word."""
PRE_ROLL_SECONDS = 1.0
"""What is kept of a long silence: speech is noticed late."""


class TurnAudio:
    """The audio of one turn at a time, at ``rate`` Hz."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._pcm = bytearray()
        self._speaking = False
        self._silent = 0
        self._long_silence = self._size(NEW_TURN_SECONDS + PRE_ROLL_SECONDS)
        self._pre_roll, self._longest = self._size(PRE_ROLL_SECONDS), self._size(LONGEST_SECONDS)
        self.forget()

    def add(self, pcm: bytes) -> None:
        """More audio; the oldest goes when there is too much."""
        self._pcm += pcm
        if not self._speaking:
            self._silent += len(pcm)
        surplus = len(self._pcm) - (self._pre_roll if self._silent >= self._long_silence else self._longest)
        if surplus > 0:
            del self._pcm[:surplus]

    def started(self, ago: float) -> None:
        """Speech began so many seconds ago: of a new turn, or of the one before a short silence."""
        if self._silent - self._size(ago) >= self._size(NEW_TURN_SECONDS):
            self._keep(ago + LEAD_SECONDS)
        self._speaking = True
        self._silent = 0

    def stopped(self, ago: float) -> None:
        """Speech ended so many seconds ago."""
        self._speaking = False
        self._silent = self._size(ago)

    def so_far(self) -> bytes:
        """The turn as far as it has come."""
        return bytes(self._pcm)

    def forget(self) -> None:
        """The turn is over or was interrupted; the next speech begins a new one."""
        self._pcm.clear()
        self._speaking = False
        self._silent = self._long_silence

    def _keep(self, seconds: float) -> None:
        del self._pcm[: max(0, len(self._pcm) - self._size(seconds))]

    def _size(self, seconds: float) -> int:
        return SAMPLE_BYTES * int(seconds * self._rate)
