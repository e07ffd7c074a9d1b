"""The waterfall of one answer: seconds from the end of the caller's speech to each station.

An answer that was drafted reaches stations before the caller's turn is committed, and even before anybody knows
when the speech ended: times are kept as they come and are counted from the end of speech once that is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vantum.core.choice import Kind
from vantum.core.events import (
    CallerPrompted,
    CallStarted,
    DraftDropped,
    DraftStarted,
    Event,
    ProviderSwitched,
    Stage,
    StageReached,
    TurnCommitted,
    TurnLatency,
    UtteranceEnded,
    UtteranceStarted,
)

SLOW = "slow"
"""The reason of a prompt that fills the wait for an answer; after any other there is nothing to wait for."""
TEXT_STAGES = frozenset({Stage.FIRST_TOKEN, Stage.FIRST_PIECE})


def voice_to_voice(seconds: Mapping[Stage, float] | Mapping[str, float]) -> float | None:
    """Seconds from the caller's voice to the bot's: until it was heard, or was sent where nobody tells more."""
    told: Mapping[str, float] = {str(stage): reached for stage, reached in seconds.items()}
    return told.get(Stage.HEARD, told.get(Stage.FIRST_BYTE))


@dataclass(slots=True)
class _Answer:
    """An answer on its way. ``attempt`` is 0 when it is no draft, ``turn`` is 0 until the turn is committed.

    ``earlier`` is the utterance that began last before this answer, ``reached`` holds times of the clock, and
    ``heard_by`` is who recognised the caller's words.
    """

    earlier: str
    attempt: int = 0
    turn: int = 0
    speech_ended: float = 0.0
    reached: dict[Stage, float] = field(default_factory=dict)
    heard_by: dict[str, str] = field(default_factory=dict)

    def latency(self, providers: Mapping[str, str]) -> TurnLatency:
        """What there is to tell; the stations in their usual order. ``providers`` are those at work by now."""
        seconds = {stage: self.reached[stage] - self.speech_ended for stage in Stage if stage in self.reached}
        return TurnLatency(self.turn, seconds, self.attempt > 0, {**providers, **self.heard_by})


class Waterfall:
    """Watches the events of a call and adds up each turn's stations, until the answer is heard.

    A turn that is cut before its answer is heard has no latency, and neither have the bot's turns that answer nobody.
    """

    def __init__(self) -> None:
        self._answer: _Answer | None = None
        self._said_last = ""
        self._prompting = False
        self._providers: dict[str, str] = {}

    def watch(self, event: Event, now: float) -> TurnLatency | None:
        """Take an event at ``now`` (seconds, any steady clock). Returns the turn's latency when it is complete."""
        match event:
            case DraftStarted():
                self._begin(_Answer(self._said_last, event.attempt))
            case DraftDropped():
                self._drop(event)
            case TurnCommitted():
                self._commit(event, now)
            case StageReached():
                return self._reach(event.stage, now)
            case CallerPrompted():
                self._prompting = event.reason == SLOW
                self._answer = self._answer if self._prompting else None
            case UtteranceStarted():
                self._said_last = event.utterance_id
            case UtteranceEnded():
                return self._end(event)
            case CallStarted():
                self._providers = dict(event.providers)
            case ProviderSwitched():
                self._providers[event.kind] = event.provider
            case _:
                pass
        return None

    def _begin(self, answer: _Answer) -> _Answer:
        self._answer = answer
        self._prompting = False
        return answer

    def _drop(self, dropped: DraftDropped) -> None:
        """The stations of a draft are forgotten; a turn that was committed waits for another answer."""
        answer = self._answer
        if answer is None or answer.attempt != dropped.attempt:
            return
        if not answer.turn:
            self._answer = None
            return
        answer.attempt = 0
        answer.reached = {Stage.COMMITTED: answer.reached[Stage.COMMITTED]}

    def _commit(self, turn: TurnCommitted, now: float) -> None:
        """The draft becomes the answer; without one, and when more words amend a turn, it begins anew."""
        answer = self._answer
        if answer is None or answer.turn:
            answer = self._begin(_Answer(self._said_last))
        answer.turn, answer.speech_ended = turn.turn, now - turn.silent_seconds
        answer.reached[Stage.COMMITTED] = now
        # The first choice may be back at work before the answer to what another one heard is told.
        answer.heard_by = {kind: name for kind, name in self._providers.items() if kind == Kind.STT}

    def _reach(self, stage: Stage, now: float) -> TurnLatency | None:
        answer = self._answer
        if answer is None or stage in answer.reached or (self._prompting and stage not in TEXT_STAGES):
            return None
        if stage is not Stage.HEARD:
            answer.reached[stage] = now
            return None
        if not answer.turn or Stage.FIRST_BYTE not in answer.reached:
            # Nothing of this answer is on the wire: it was something else that was heard.
            return None
        answer.reached[stage] = now
        return self._tell(answer)

    def _end(self, ended: UtteranceEnded) -> TurnLatency | None:
        answer, prompting, self._prompting = self._answer, self._prompting, False
        if answer is None or ended.utterance_id == answer.earlier:
            return None
        heard = bool(ended.text) or not ended.interrupted
        if answer.turn and not prompting and heard and Stage.FIRST_BYTE in answer.reached:
            return self._tell(answer)
        if ended.interrupted:
            self._answer = None
        # Else a response ended without a sound, as one does that calls a tool: the answer is still to come.
        return None

    def _tell(self, answer: _Answer) -> TurnLatency:
        self._answer = None
        return answer.latency(self._providers)
