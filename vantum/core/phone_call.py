"""What is known of a phone call at the carrier: a value that only ever learns.

The carrier's reports come late, twice and in any order. The law kept here: the state never goes back, a report
that is not newer than the last one moves nothing, and a call that has ended stays as it ended. Two things may
still be learned then: facts that were missing, and how the carrier saw the end when the end was our own guess.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from vantum.core.carrier_fault import meaning


class PhoneState(StrEnum):
    """How far the call has come, in order."""

    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    ENDED = "ended"


class Outcome(StrEnum):
    """How a call ended."""

    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    CANCELED = "canceled"
    VOICEMAIL = "voicemail"
    DECLINED = "declined"


class EndedBy(StrEnum):
    """Who said that the call has ended."""

    US = "us"  # a guess until the carrier has reported
    CARRIER = "carrier"


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What the carrier reports of a call.

    ``sequence`` orders the reports of a call; None for one that we fetched, which is always the newest.
    ``status`` is the carrier's word. ``sip_code`` and ``duration_seconds`` come with the end, if at all.
    """

    sequence: int | None
    status: str
    sip_code: int | None = None
    error_code: int | None = None
    duration_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known so far.

    ``sequence`` is that of the newest report. ``outcome``, ``reason`` (a sentence) and ``ended_by`` come with
    the end. ``machine`` says that an answering machine was reached, so that completing means voicemail.
    """

    state: PhoneState = PhoneState.QUEUED
    sequence: int = -1
    outcome: Outcome | None = None
    reason: str = ""
    sip_code: int | None = None
    duration_seconds: int | None = None
    machine: bool = False
    ended_by: EndedBy | None = None


STATES: Final = {
    "queued": PhoneState.QUEUED,
    "initiated": PhoneState.INITIATED,
    "ringing": PhoneState.RINGING,
    "in-progress": PhoneState.IN_PROGRESS,
    "answered": PhoneState.IN_PROGRESS,
    "completed": PhoneState.ENDED,
    "busy": PhoneState.ENDED,
    "no-answer": PhoneState.ENDED,
    "failed": PhoneState.ENDED,
    "canceled": PhoneState.ENDED,
}
"""The carrier's words. One that is not here changes nothing."""

_ORDER: Final = list(PhoneState)
_UNANSWERED: Final = ("busy", "no-answer", "failed")

SIP_OUTCOMES: Final = {
    486: Outcome.BUSY,
    600: Outcome.BUSY,
    603: Outcome.DECLINED,
    607: Outcome.DECLINED,
    608: Outcome.DECLINED,
}
"""Where the SIP code says more than the carrier's word for a call that nobody took."""

REPUTATION_CODES: Final = (607, 608)

SIP_WORDS: Final = {
    400: "The callee's network did not understand the call",
    401: "The callee's network asked for credentials",
    403: "The callee's network forbids the call",
    404: "The number does not exist",
    405: "The callee's network does not allow the call",
    407: "A network on the way asked for credentials",
    408: "The callee's network did not respond in time",
    410: "The number is no longer in service",
    413: "The callee's network found the call's request too large",
    415: "The callee's phone does not support the kind of call",
    480: "The callee is unavailable at the moment",
    481: "The callee's network lost track of the call",
    484: "The number is incomplete",
    485: "The number is ambiguous",
    486: "The line was busy",
    487: "The call was ended before anybody answered",
    488: "The callee's phone does not accept the kind of audio",
    491: "The callee's network was still busy with a request of this call",
    500: "The callee's network failed",
    502: "A network on the way failed",
    503: "The callee's network is out of service or overloaded",
    504: "A network on the way did not respond in time",
    600: "The callee is busy on every line",
    603: "The callee declined the call",
    604: "The number does not exist anywhere",
    606: "The callee's phone accepts none of the kinds of audio",
    607: "The callee rejected the call as unwanted",
    608: "The callee's network rejected the call as unwanted",
}
"""What a SIP code says, without its full stop (RFC 3261, 8197 and 8688)."""

_WORDS: Final = {
    Outcome.COMPLETED: "The call was completed",
    Outcome.BUSY: "The line was busy",
    Outcome.NO_ANSWER: "Nobody answered",
    Outcome.FAILED: "The call failed",
    Outcome.CANCELED: "The call was canceled",
    Outcome.VOICEMAIL: "An answering machine took the call",
    Outcome.DECLINED: "The callee declined the call",
}


def reported(progress: Progress, report: StatusReport) -> Progress:
    """What is known after ``report``."""
    state = STATES.get(report.status)
    if state is None:
        return progress
    late = report.sequence is not None and report.sequence <= progress.sequence
    if progress.state is PhoneState.ENDED:
        if state is not PhoneState.ENDED:
            return progress
        settled = late or progress.ended_by is EndedBy.CARRIER
        return _filled(progress, report) if settled else _ended(progress, report)
    if late:
        return progress
    if state is PhoneState.ENDED:
        return _ended(progress, report)
    furthest = max(state, progress.state, key=_ORDER.index)
    return replace(progress, state=furthest, sequence=_newest(progress, report))


def closed(progress: Progress, outcome: Outcome, reason: str) -> Progress:
    """We ended the call, or know why it never began: ``outcome`` holds until the carrier reports another."""
    if progress.state is PhoneState.ENDED:
        return progress
    machine = progress.machine or outcome is Outcome.VOICEMAIL
    return replace(
        progress,
        state=PhoneState.ENDED,
        outcome=_with_machine(outcome, machine=machine),
        reason=reason,
        machine=machine,
        ended_by=EndedBy.US,
    )


def left_voicemail(progress: Progress) -> Progress:
    """An answering machine was reached: the call's outcome is VOICEMAIL now, or as soon as it completes."""
    if progress.outcome is not Outcome.COMPLETED:
        return replace(progress, machine=True)
    ours = progress.reason != f"{_WORDS[Outcome.COMPLETED]}."
    reason = progress.reason if ours else f"{_WORDS[Outcome.VOICEMAIL]}."
    return replace(progress, outcome=Outcome.VOICEMAIL, reason=reason, machine=True)


def is_reputation_signal(progress: Progress) -> bool:
    """Whether the call was rejected as unwanted: our numbers are losing their good name."""
    return progress.sip_code in REPUTATION_CODES


def _ended(progress: Progress, report: StatusReport) -> Progress:
    known = _filled(progress, report)
    outcome = _outcome(report.status, known)
    # We know better than the carrier why we ended a call, if only it ended that way.
    ours = progress.reason if outcome is progress.outcome else ""
    return replace(
        known,
        state=PhoneState.ENDED,
        sequence=_newest(progress, report),
        outcome=outcome,
        reason=ours or _reason(report, outcome, known.sip_code),
        ended_by=EndedBy.CARRIER,
    )


def _filled(progress: Progress, report: StatusReport) -> Progress:
    """Takes from ``report`` the facts that were missing."""
    sip_code, duration = progress.sip_code, progress.duration_seconds
    return replace(
        progress,
        sip_code=report.sip_code if sip_code is None else sip_code,
        duration_seconds=report.duration_seconds if duration is None else duration,
    )


def _newest(progress: Progress, report: StatusReport) -> int:
    return progress.sequence if report.sequence is None else report.sequence


def _outcome(status: str, known: Progress) -> Outcome:
    outcome = Outcome(status)
    if status in _UNANSWERED and known.sip_code is not None:
        return SIP_OUTCOMES.get(known.sip_code, outcome)
    return _with_machine(outcome, machine=known.machine)


def _with_machine(outcome: Outcome, *, machine: bool) -> Outcome:
    return Outcome.VOICEMAIL if machine and outcome is Outcome.COMPLETED else outcome


def _reason(report: StatusReport, outcome: Outcome, sip_code: int | None) -> str:
    """Why the call ended: a sentence with the most telling code, if there was one."""
    words = _WORDS[outcome]
    if report.status not in _UNANSWERED:
        return f"{words}."
    if outcome is Outcome.FAILED and report.error_code is not None and meaning(report.error_code):
        return meaning(report.error_code)
    if sip_code is not None:
        return f"{SIP_WORDS.get(sip_code, words)} (SIP {sip_code})."
    return f"{words}." if report.error_code is None else f"{words} (error {report.error_code})."
