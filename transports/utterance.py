"""One bot turn in the output: its audio, its ledger, how far it has come, and where its words lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from transports.reel import Reel
from vantum.core.audio import padded
from vantum.core.playback import KEPT_SECONDS, Playback

LEAD_SECONDS = 0.4
"""How far ahead of playing audio is sent at most, unless the carrier wants less."""
TICK_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Framing:
    """How a carrier wants a turn's audio: hertz, samples in a chunk, and the block that the last one fills up.

    ``lead_seconds`` is how far ahead of playing it is sent. ``cut_pause_seconds`` is what its client needs
    between a cut and the first chunk that follows; ``ledger`` makes the books of a turn.
    """

    rate: int
    chunk_samples: int
    block_samples: int
    cut_pause_seconds: float = 0.0
    lead_seconds: float = LEAD_SECONDS
    ledger: Callable[[int], Playback] = Playback


class Phase(Enum):
    """How far a turn has come."""

    QUEUED = auto()  # nothing of it was sent
    PLAYING = auto()
    PAUSED = auto()  # silenced in the middle; the next chunk goes on where it stopped


class Utterance:
    """The audio of one bot turn at one rate. Times are seconds on the output's clock.

    Chunks are taken with ``next_chunk`` and entered in ``playback`` as they are sent.
    """

    def __init__(self, utterance_id: str, framing: Framing) -> None:
        self.id = utterance_id
        self.playback = framing.ledger(framing.rate)
        self.complete = False
        self.phase = Phase.QUEUED
        self._at_ear = False
        self._framing = framing
        self._lead = round(framing.lead_seconds * framing.rate) - framing.chunk_samples
        self._reel = Reel()
        self._spelled = 0
        self._context: str | None = None
        self._context_start: tuple[int, int] | None = None

    @property
    def queued(self) -> int:
        """Samples that came so far."""
        return self._reel.end

    # --- filling ------------------------------------------------------------------------------------

    def queue_audio(self, pcm: bytes, context: str | None, clock_ns: int) -> None:
        """Audio of a TTS ``context`` came at ``clock_ns`` on the pipeline's clock."""
        self._enter(context, clock_ns)
        self._reel.append(pcm)

    def queue_text(self, text: str, context: str | None, pts_ns: int | None, clock_ns: int) -> None:
        """Words of the audio: at ``pts_ns`` on the pipeline's clock, or spread over the audio since the last."""
        base_ns, base_sample = self._enter(context, clock_ns)
        if pts_ns is None:
            self.playback.add_text(text, self._spelled, self.queued)
        else:
            offset = (pts_ns - base_ns) * self._framing.rate // TICK_NS
            self.playback.add_word(text.strip(), base_sample + max(0, offset))
        self._spelled = self.queued

    def _enter(self, context: str | None, clock_ns: int) -> tuple[int, int]:
        """Where ``context`` began, on the clock and in this turn: its word times count from there."""
        if context != self._context or self._context_start is None:
            self._context = context
            self._context_start = (clock_ns, self.queued)
        return self._context_start

    # --- playing ------------------------------------------------------------------------------------

    def next_chunk(self, now: float) -> bytes | None:
        """The next chunk if it may leave now: with it no more than the lead is ahead of playing."""
        if not self._chunk_waits() or now < self._chunk_leaves_at():
            return None
        self._reel.forget(self.playback.heard(now) - round(KEPT_SECONDS * self._framing.rate))
        chunk = self._reel.read(self.playback.sent, self._framing.chunk_samples)
        return padded(chunk, self._framing.block_samples)

    def reaches_ear(self, now: float) -> bool:
        """Whether its first audio is heard for the first time."""
        if self._at_ear or not self.playback.reaches_ear(now):
            return False
        self._at_ear = True
        return True

    def audible(self, now: float) -> bool:
        """Whether speech of it is being heard: on the wire, and not at the ear yet."""
        if self.phase is not Phase.PLAYING:
            return False
        return self.playback.heard(now) < min(self.playback.sent, self.queued)

    def pause(self, now: float) -> None:
        """It is silent from ``now`` on; what was sent ahead will be sent again."""
        self.phase = Phase.PAUSED
        self.playback.hold(now)

    def resume(self) -> None:
        """If it was silenced, go back to the word in which it stopped."""
        if self.phase is Phase.PAUSED:
            self.playback.rewind(self._reel.begin)

    def chunk_due(self) -> float | None:
        """When the next chunk may leave; None while the TTS has to deliver first."""
        return self._chunk_leaves_at() if self._chunk_waits() else None

    def word_due(self) -> float | None:
        """When the next word of what was sent is heard, or its end; None while nothing more is known."""
        ends_at = self.playback.ends_at if self._all_sent() else None
        return min((at for at in (self.playback.next_word_at(), ends_at) if at is not None), default=None)

    def over(self, now: float) -> bool:
        """All audio was sent and has been heard."""
        return self._all_sent() and now >= self.playback.ends_at

    def text(self) -> str:
        """The words of a turn that was played to its end: none, if there was nothing to hear."""
        return self.playback.text() if self.queued else ""

    def _all_sent(self) -> bool:
        return self.complete and self.playback.sent >= self.queued

    def _chunk_waits(self) -> bool:
        unsent = self.queued - self.playback.sent
        return unsent >= self._framing.chunk_samples or (self.complete and unsent > 0)

    def _chunk_leaves_at(self) -> float:
        return self.playback.reached_at(self.playback.sent - self._lead)
