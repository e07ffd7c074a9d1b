"""Twilio's play-out buffer of one media stream: when what was sent is heard, and when its marks are due.

Moments are samples at 8 kHz since the call was answered, so audio that follows without a gap is heard
without one. Nothing here waits: the moment is passed in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.wire.twilio_mulaw import FRAME_BYTES


@dataclass(frozen=True, slots=True)
class Piece:
    """Audio that is heard from ``begin`` on."""

    begin: int
    mulaw: bytes

    @property
    def end(self) -> int:
        return self.begin + len(self.mulaw)


@dataclass(frozen=True, slots=True)
class PlayedMark:
    """A mark that may go back at ``due``; ``cleared`` says that the audio before it was never heard."""

    due: int
    name: str
    cleared: bool = False


@dataclass(slots=True)
class PlayOut:
    """Plays in real time; after it ran dry, the next audio begins ``delay`` samples after it came."""

    delay: int = 0
    pieces: list[Piece] = field(default_factory=list)
    pending: deque[PlayedMark] = field(default_factory=deque)
    max_ahead: int = 0
    _run_begin: int = 0
    _end: int = 0

    def play(self, at: int, mulaw: bytes) -> None:
        """Put audio behind all that still waits."""
        if self._end <= at:
            self._run_begin = self._end = at + self.delay
        self.pieces.append(Piece(self._end, mulaw))
        self._end += len(mulaw)
        self.max_ahead = max(self.max_ahead, self._end - max(at, self._run_begin))

    def mark(self, at: int, name: str) -> None:
        """Give a mark back when all that was put in before it is played."""
        self.pending.append(PlayedMark(max(at, self._end), name))

    def clear(self, at: int) -> None:
        """Forget what is not played; the 20 ms that play right now are played to their end."""
        begun = max(0, at - self._run_begin)
        end = self._run_begin + -(-begun // FRAME_BYTES) * FRAME_BYTES
        while self.pieces and self.pieces[-1].end > end:
            piece = self.pieces.pop()
            if piece.begin < end:
                self.pieces.append(Piece(piece.begin, piece.mulaw[: end - piece.begin]))
        self._end = min(self._end, end)
        self.pending = deque(
            PlayedMark(at, mark.name, cleared=True) if mark.due > at else mark for mark in self.pending
        )

    def due_marks(self, at: int) -> Iterator[PlayedMark]:
        """Take the marks out that may go back, in order."""
        while self.pending and self.pending[0].due <= at:
            yield self.pending.popleft()
