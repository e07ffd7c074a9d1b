"""The audio of one bot turn, from a little before the ear to its end so far, addressed by sample."""

from __future__ import annotations

from vantum.core.audio import SAMPLE_BYTES


class Reel:
    """PCM16 mono that grows at its end; what will never be played again is given back at its beginning."""

    def __init__(self) -> None:
        self._pcm = bytearray()
        self._begin = 0

    @property
    def begin(self) -> int:
        """The first sample that is still here."""
        return self._begin

    @property
    def end(self) -> int:
        """The sample behind the last one."""
        return self._begin + len(self._pcm) // SAMPLE_BYTES

    def append(self, pcm: bytes) -> None:
        """More audio came."""
        self._pcm += pcm

    def read(self, position: int, samples: int) -> bytes:
        """Up to ``samples`` from ``position`` on, which is not before ``begin``."""
        first = (position - self._begin) * SAMPLE_BYTES
        return bytes(self._pcm[first : first + samples * SAMPLE_BYTES])

    def forget(self, before: int) -> None:
        """Give back what lies before sample ``before``."""
        samples = min(before, self.end) - self._begin
        if samples > 0:
            # A bytearray is cut at its front without moving the rest.
            del self._pcm[: samples * SAMPLE_BYTES]
            self._begin += samples
