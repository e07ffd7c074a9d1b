"""What a caller's microphone picks up: recordings at their times, and silence between them."""

from __future__ import annotations

import wave
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vantum.core.audio import PIPELINE_RATE, SAMPLE_BYTES, seconds

CHUNK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Clip:
    """PCM16 mono at 16 kHz that begins at ``start`` seconds."""

    start: float
    pcm: bytes

    @property
    def stop(self) -> float:
        """When its last sample has been spoken."""
        return self.start + seconds(self.pcm, PIPELINE_RATE)


def clip_of(start: float, wav: Path) -> Clip:
    """A recording that is 16-bit mono at 16 kHz; ValueError if it is anything else."""
    with wave.open(str(wav)) as recording:
        found = (recording.getsampwidth(), recording.getnchannels(), recording.getframerate())
        if found != (SAMPLE_BYTES, 1, PIPELINE_RATE):
            raise ValueError(f"{wav.name} is not 16-bit mono at {PIPELINE_RATE} Hz: {found}.")
        return Clip(start, recording.readframes(recording.getnframes()))


def picked_up(clips: Iterable[Clip], until: float) -> Iterator[tuple[float, bytes]]:
    """Chunks of 20 ms up to ``until`` seconds, each with the time at which its last sample was spoken."""
    line = bytearray(round(until * PIPELINE_RATE) * SAMPLE_BYTES)
    for clip in clips:
        at = round(clip.start * PIPELINE_RATE) * SAMPLE_BYTES
        line[at : at + len(clip.pcm)] = clip.pcm[: max(0, len(line) - at)]
    size = round(CHUNK_SECONDS * PIPELINE_RATE) * SAMPLE_BYTES
    for number, at in enumerate(range(0, len(line), size), start=1):
        yield round(number * CHUNK_SECONDS, 9), bytes(line[at : at + size])
