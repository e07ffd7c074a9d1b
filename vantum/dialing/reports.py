"""Makes of what a phone knows of a call, and of the call's record, what a dialer is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from vantum.core.carrier_fault import FAULTS, Action
from vantum.core.outreach.outcome import AttemptOutcome
from vantum.core.phone_call import Outcome, PhoneState
from vantum.dialing.moments import Moments
from vantum.dialing.placer import Over, Report, Stage, UnderWay
from vantum.phone.dialer import TOO_LATE, UNSURE

_STAGES: Final = {
    PhoneState.QUEUED: Stage.DIALING,
    PhoneState.INITIATED: Stage.DIALING,
    PhoneState.RINGING: Stage.RINGING,
    PhoneState.IN_PROGRESS: Stage.IN_CALL,
}
_INVALID: Final = frozenset(
    fault.meaning for fault in FAULTS.values() if fault.action is Action.NUMBER_INVALID
)


@dataclass(frozen=True, slots=True)
class Known:
    """A phone call, as the phone or its REST API tells it."""

    state: PhoneState
    outcome: Outcome | None = None
    reason: str = ""
    sid: str = ""
    sip_code: int | None = None
    answered_by: str = ""
    disposition: str = ""
    seconds: float | None = None


def report_of(known: Known, moments: Moments, now: datetime) -> Report:
    """How a call is; an end whose moment nobody wrote down is now."""
    if known.state is not PhoneState.ENDED:
        stage = _STAGES[known.state]
        answered_at = moments.answered_at if stage is Stage.IN_CALL else None
        return UnderWay(stage, known.sid, answered_at or (now if stage is Stage.IN_CALL else None))
    return Over(
        end=known.outcome or Outcome.FAILED,
        ended_at=moments.ended_at or now,
        reason=known.reason,
        sid=known.sid,
        sip_code=known.sip_code,
        answered_at=moments.answered_at,
        greeted_at=moments.greeted_at,
        first_word_at=moments.first_word_at,
        hung_up_by=moments.hung_up_by,
        answered_by=known.answered_by,
        message=moments.message,
        disposition=known.disposition,
        seconds=known.seconds,
        not_placed=_not_placed(known),
    )


def refusal(reason: str) -> AttemptOutcome:
    """What it means that no call was placed, for this reason of the phone."""
    wrong = any(meaning in reason for meaning in _INVALID)
    return AttemptOutcome.INVALID_NUMBER if wrong else AttemptOutcome.REFUSED


def _not_placed(known: Known) -> AttemptOutcome | None:
    """The outcome of a call that the carrier has no name for: it never rang, unless nobody can tell."""
    if known.sid:
        return None
    match known.outcome, known.reason:
        case _, reason if reason == UNSURE:
            return AttemptOutcome.UNKNOWN
        case Outcome.FAILED, reason:
            return refusal(reason)
        case Outcome.CANCELED, reason if reason == TOO_LATE:
            return AttemptOutcome.REFUSED
        case _:
            return None
