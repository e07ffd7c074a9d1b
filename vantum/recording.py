"""The sound of a call as a stereo WAV that can be played at any moment: caller left, bot right.

Audio is laid on a timeline of 16 kHz samples by the time at which it was heard. The last second stays in
memory, because a barge-in cuts what the bot was scheduled to say and a slow network delivers late; what is
older is on disk, and the header on disk always tells what is there. Used by one thread, the record's writer.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass, field
from enum import Enum
from io import FileIO
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

RATE = 16000
LOOK_BACK_SECONDS = 1.0

GAP = RATE * 80 // 1000  # less is jitter: laid without a hole, so that nothing clicks
HOLD_BACK = RATE // 5  # more than a resampler ever keeps to itself
LONGEST_AHEAD = RATE * 30  # a client may send a file at once; more than this is not kept
LONGEST_WRITE = RATE * 5  # bounds the memory of a write after the disk was slow

QUIET_PEAK = 500

FRAME_BYTES = 4
HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")

Samples = NDArray[np.int16]


class Side(Enum):
    """Whose sound it is; the value is the channel."""

    CALLER = 0
    BOT = 1


class WavFile:
    """A growing stereo WAV: after every write the header is true, in one write of its own.

    A process that is killed leaves at worst a few samples that the header does not know of yet.
    """

    def __init__(self, path: Path) -> None:
        self._file = FileIO(path, "xb", opener=private)
        self._bytes = 0
        self._write_header()

    def append(self, frames: Samples) -> None:
        """Add frames, an array of shape (n, 2)."""
        self._file.seek(HEADER.size + self._bytes)
        write_whole(self._file, frames.astype("<i2", copy=False).tobytes())
        self._bytes += len(frames) * FRAME_BYTES
        self._write_header()

    def close(self) -> None:
        self._file.close()

    def _write_header(self) -> None:
        riff = (b"RIFF", HEADER.size - 8 + self._bytes, b"WAVE")
        pcm = (b"fmt ", 16, 1, 2, RATE, RATE * FRAME_BYTES, FRAME_BYTES, 16)
        self._file.seek(0)
        write_whole(self._file, HEADER.pack(*riff, *pcm, b"data", self._bytes))


def write_whole(file: FileIO, content: bytes) -> None:
    """Write all of ``content``, in one system call unless the system takes less."""
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]


def private(path: str, flags: int) -> int:
    """Opens a file for its owner only."""
    return os.open(path, flags, 0o600)


@dataclass(slots=True)
class Run:
    """Unbroken audio of one rate, resampled as one stream so that its pieces join without a trace.

    ``start`` is in samples of the timeline; ``floor`` is where the audio before it ended.
    """

    start: int
    rate: int
    floor: int
    received: int = 0
    waiting: int = 0
    made: int = 0
    raw: list[bytes] = field(default_factory=list)
    stream: soxr.ResampleStream | None = None
    end: int = 0

    def __post_init__(self) -> None:
        self.end = self.start
        if self.rate != RATE:
            self.stream = soxr.ResampleStream(self.rate, RATE, 1, dtype="int16")

    def add(self, pcm: bytes) -> None:
        self.raw.append(pcm)
        self.waiting += len(pcm) // 2
        self.received += len(pcm) // 2
        self.end = self.start + self.received * RATE // self.rate

    @property
    def is_full(self) -> bool:
        """Whether so much waits that a resampler's buffers would grow, which they never undo."""
        return self.waiting * 5 >= self.rate

    def pull(self, shift: int) -> None:
        """Begin ``shift`` earlier."""
        self.start -= shift
        self.end -= shift

    def flow(self) -> tuple[int, Samples]:
        """What can be laid by now, and where it begins; the resampler may hold back the newest part."""
        return self._made(self._joined())

    def finish(self) -> tuple[int, Samples]:
        """All the rest, and where it begins."""
        begin, rest = self._made(self._joined(), last=True)
        return begin, rest[: self.end - begin]

    def _made(self, samples: Samples, *, last: bool = False) -> tuple[int, Samples]:
        begin = self.start + self.made
        if self.stream:
            # A copy, because the resampler gives a short view of a long buffer.
            samples = self.stream.resample_chunk(samples, last=last).copy()
        self.made += len(samples)
        return begin, samples

    def _joined(self) -> Samples:
        samples = np.frombuffer(b"".join(self.raw), dtype="<i2").astype(np.int16, copy=False)
        self.raw.clear()
        self.waiting = 0
        return samples


class Track:
    """One side of a call: audio that waits to be written, each piece with its place on the timeline."""

    def __init__(self) -> None:
        self._run: Run | None = None
        self._laid: list[tuple[int, Samples]] = []
        self._end = 0

    @property
    def end(self) -> int:
        """Where the audio that was added ends, in samples."""
        return self._run.end if self._run else self._end

    def add(self, pcm: bytes, rate: int, start: int, written: int) -> None:
        """Lay audio that was heard from ``start`` on, as near to it as the audio before it allows."""
        run = self._run
        if run and (run.rate != rate or start - run.end > GAP):
            self._finish()
            run = None
        if run is None:
            floor = max(self._end, written)
            run = self._run = Run(max(start, floor), rate, floor)
        elif run.end - start > GAP:
            self._pull_back(run, run.end - start, written)
            # After a longer stall, or when the caller's clock runs fast: catch up where nobody speaks.
            if run.end - start > GAP and _is_quiet(pcm):
                return
        run.add(pcm)
        if run.is_full:
            self._laid.append(run.flow())

    def cut(self, stop: int) -> None:
        """Forget what was to be heard at or after ``stop``."""
        self._finish()
        self._laid = [(begin, samples[: stop - begin]) for begin, samples in self._laid if begin < stop]
        self._end = min(self._end, stop)

    def take(self, start: int, taken: Samples) -> None:
        """Put the sound from ``start`` on into ``taken``, which is silent; it is forgotten here."""
        stop = start + len(taken)
        self._lay(stop)
        kept: list[tuple[int, Samples]] = []
        for begin, samples in self._laid:
            first, last = max(begin, start), min(begin + len(samples), stop)
            if first < last:
                taken[first - start : last - start] = samples[first - begin : last - begin]
            if begin + len(samples) > stop:
                kept.append((begin, samples))
        self._laid = kept

    def _lay(self, stop: int) -> None:
        if self._run and self._run.end <= stop + HOLD_BACK:
            self._finish()
        elif self._run:
            self._laid.append(self._run.flow())

    def _finish(self) -> None:
        if self._run:
            self._laid.append(self._run.finish())
            self._end = self._run.end
            self._run = None

    def _pull_back(self, run: Run, early: int, written: int) -> None:
        """A burst after a stall: the run began earlier than its first piece came, so move it there."""
        shift = min(early, run.start - max(run.floor, written))
        if shift > 0:
            self._laid = [
                (begin - shift if begin >= run.start else begin, samples) for begin, samples in self._laid
            ]
            run.pull(shift)


def _is_quiet(pcm: bytes) -> bool:
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.int32)
    return not len(samples) or int(np.abs(samples).max()) < QUIET_PEAK


class Recording:
    """The recording of one call. Times are seconds since the call began."""

    def __init__(self, path: Path) -> None:
        self._file = WavFile(path)
        self._caller = Track()
        self._bot = Track()
        self._written = 0

    def add(self, side: Side, pcm: bytes, rate: int, at: float, now: float) -> None:
        """Lay PCM16 that was heard from ``at`` on; what lies too far in the future is dropped."""
        track, start = self._caller if side is Side.CALLER else self._bot, round(at * RATE)
        if max(start, track.end) - round(now * RATE) <= LONGEST_AHEAD:
            track.add(pcm[: len(pcm) & ~1], rate, start, self._written)

    def cut(self, at: float) -> None:
        """Forget what the bot was to say at or after ``at``: it was never heard."""
        self._bot.cut(round(at * RATE))

    def advance(self, now: float) -> None:
        """Write what is old enough to be certain."""
        self._write(round((now - LOOK_BACK_SECONDS) * RATE))

    def close(self, now: float) -> None:
        """Write the rest: the whole length of the call, and nothing of the bot that was still to come."""
        self.cut(now)
        self._write(max(round(now * RATE), self._caller.end))
        self._file.close()

    def abandon(self) -> None:
        """Leave the file as it is."""
        self._file.close()

    def _write(self, stop: int) -> None:
        while self._written < stop:
            block = min(stop, self._written + LONGEST_WRITE)
            frames = np.zeros((block - self._written, 2), np.int16)
            self._caller.take(self._written, frames[:, Side.CALLER.value])
            self._bot.take(self._written, frames[:, Side.BOT.value])
            self._file.append(frames)
            self._written = block
