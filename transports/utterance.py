"""One bot turn in the output: its audio still to send, its ledger, and where its words lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vantum.core.audio import SAMPLE_BYTES, padded
from vantum.core.playback import Playback

LEAD_SECONDS = 0.4
"""How far ahead of playing audio is sent at most, unless the carrier wants less."""
TICK_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Framing:
    """How a carrier wants a turn's audio: hertz, samples in a chunk, and the block that the last one fills up.

    ``lead_seconds`` is how far ahead of playing it is sent. ``cut_pause_seconds`` is what its client needs
    between a cut and the first chunk of the next turn; ``ledger`` makes the books of a turn.
    """

    rate: int
    chunk_samples: int
    block_samples: int
    cut_pause_seconds: float = 0.0
    lead_seconds: float = LEAD_SECONDS
    ledger: Callable[[int], Playback] = Playback


class Utterance:
    """The audio of one bot turn at one rate. Times are seconds on the output's clock."""

    def __init__(self, utterance_id: str, framing: Framing) -> None:
        self.id = utterance_id
        self.playback = framing.ledger(framing.rate)
        self.complete = False
        self.queued = 0
        self._framing = framing
        self._rate = framing.rate
        self._chunk_bytes = framing.chunk_samples * SAMPLE_BYTES
        self._lead = round(framing.lead_seconds * framing.rate) - framing.chunk_samples
        self._buffer = bytearray()
        self._spelled = 0
        self._context: str | None = None
        self._context_start: tuple[int, int] | None = None

    def queue_audio(self, pcm: bytes, context: str | None, clock_ns: int) -> None:
        """Audio of a TTS ``context`` came at ``clock_ns`` on the pipeline's clock."""
        self._enter(context, clock_ns)
        self._buffer += pcm
        self.queued += len(pcm) // SAMPLE_BYTES

    def queue_text(self, text: str, context: str | None, pts_ns: int | None, clock_ns: int) -> None:
        """Words of the audio: at ``pts_ns`` on the pipeline's clock, or spread over the audio since the last."""
        base_ns, base_sample = self._enter(context, clock_ns)
        if pts_ns is None:
            self.playback.add_text(text, self._spelled, self.queued)
        else:
            offset = (pts_ns - base_ns) * self._rate // TICK_NS
            self.playback.add_word(text.strip(), base_sample + max(0, offset))
        self._spelled = self.queued

    def next_chunk(self, now: float) -> bytes | None:
        """The next chunk if it may leave now: with it no more than the lead is ahead of playing."""
        if not self._chunk_waits() or now < self._chunk_due():
            return None
        chunk = bytes(self._buffer[: self._chunk_bytes])
        del self._buffer[: self._chunk_bytes]
        return padded(chunk, self._framing.block_samples)

    def due(self) -> float | None:
        """When there is something to do next; None while the TTS has to deliver first."""
        times = [self.playback.next_word_at()]
        if self._chunk_waits():
            times.append(self._chunk_due())
        elif self.complete:
            times.append(self.playback.ends_at)
        return min((at for at in times if at is not None), default=None)

    def over(self, now: float) -> bool:
        """All audio was sent and has been heard."""
        return self.complete and not self._buffer and now >= self.playback.ends_at

    def _chunk_due(self) -> float:
        return self.playback.reached_at(self.playback.sent - self._lead)

    def _chunk_waits(self) -> bool:
        return len(self._buffer) >= self._chunk_bytes or (self.complete and bool(self._buffer))

    def _enter(self, context: str | None, clock_ns: int) -> tuple[int, int]:
        """Where ``context`` began, on the clock and in this turn: its word times count from there."""
        if context != self._context or self._context_start is None:
            self._context = context
            self._context_start = (clock_ns, self.queued)
        return self._context_start
