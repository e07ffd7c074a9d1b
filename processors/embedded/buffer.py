"""Keeps what the caller is saying, from a little before it began; bounded in both directions.

Law: nothing is kept but the last ``PRE_ROLL_SECONDS`` while the caller is quiet, and the last ``LONGEST_SECONDS``
while they speak. Audio is PCM16, mono, 16 kHz, counted in bytes.
"""

from __future__ import annotations

from processors.embedded.jobs import SPEECH_RATE

LONGEST_SECONDS = 30.0
PRE_ROLL_SECONDS = 1.0
# What the decoder wants to hear of the quiet around speech.
MARGIN_SECONDS = 0.25


def size_of(seconds: float) -> int:
    """Bytes of audio, whole samples."""
    return 2 * int(seconds * SPEECH_RATE)


class SpeechBuffer:
    """The audio of one utterance at a time."""

    def __init__(self) -> None:
        self._pcm = bytearray()
        self._limit = size_of(PRE_ROLL_SECONDS)

    @property
    def seconds(self) -> float:
        """How much is kept."""
        return len(self._pcm) / (2 * SPEECH_RATE)

    def add(self, pcm: bytes) -> None:
        """More audio; the oldest goes when there is too much."""
        self._pcm += pcm
        if len(self._pcm) > self._limit:
            del self._pcm[: len(self._pcm) - self._limit]

    def begin(self, started_ago: float) -> None:
        """Speech began so many seconds ago: keep it and a margin before it, and all that comes."""
        keep = size_of(started_ago + MARGIN_SECONDS)
        del self._pcm[: max(0, len(self._pcm) - keep)]
        self._limit = size_of(LONGEST_SECONDS)

    def so_far(self) -> bytes:
        """The utterance as far as it has come."""
        return bytes(self._pcm)

    def end(self, stopped_ago: float) -> bytes:
        """The utterance, which stopped so many seconds ago, and a margin after it; the buffer begins anew."""
        surplus = size_of(max(0.0, stopped_ago - MARGIN_SECONDS))
        utterance = bytes(self._pcm[: max(0, len(self._pcm) - surplus)])
        self._pcm.clear()
        self._limit = size_of(PRE_ROLL_SECONDS)
        return utterance
