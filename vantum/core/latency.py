"""The waterfall of one answer: seconds from the end of the caller's speech to each station."""

from __future__ import annotations

from vantum.core.events import Event, Stage, StageReached, TurnCommitted, TurnLatency, UtteranceEnded


class Waterfall:
    """Watches the events of a call and adds up each turn's stations; the last one completes it."""

    def __init__(self) -> None:
        self._turn = 0
        self._speech_ended: float | None = None
        self._seconds: dict[Stage, float] = {}

    def watch(self, event: Event, now: float) -> TurnLatency | None:
        """Take an event at ``now`` (seconds, any steady clock). Returns the turn's latency when it is complete."""
        match event:
            case TurnCommitted():
                self._turn = event.turn
                self._speech_ended = now - event.silent_seconds
                self._seconds = {Stage.COMMITTED: event.silent_seconds}
            case StageReached() if self._speech_ended is not None and event.stage not in self._seconds:
                self._seconds[event.stage] = now - self._speech_ended
                if event.stage is Stage.FIRST_BYTE:
                    self._speech_ended = None
                    return TurnLatency(self._turn, self._seconds)
            case UtteranceEnded():
                self._speech_ended = None
            case _:
                pass
        return None
