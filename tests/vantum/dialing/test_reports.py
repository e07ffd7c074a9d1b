"""What a phone tells of a call that came to nothing, and what a dialer makes of it."""

from __future__ import annotations

import pytest

from tests.vantum.store.rows import NOON
from vantum.core.carrier_fault import FAULTS
from vantum.core.outreach.outcome import AttemptOutcome
from vantum.core.phone_call import Outcome, PhoneState
from vantum.dialing.moments import Moments
from vantum.dialing.outcomes import ending_of
from vantum.dialing.placer import Over, Stage, UnderWay
from vantum.dialing.reports import Known, refusal, report_of
from vantum.phone.dialer import TOO_LATE, UNSURE

_O = AttemptOutcome


@pytest.mark.parametrize(
    ("outcome", "reason", "sid", "expected"),
    [
        (Outcome.FAILED, FAULTS[21211].meaning, "", _O.INVALID_NUMBER),
        (Outcome.FAILED, FAULTS[21216].meaning, "", _O.REFUSED),
        (Outcome.FAILED, "The server was down when the call was to be placed.", "", _O.REFUSED),
        (Outcome.FAILED, UNSURE, "", _O.UNKNOWN),
        (Outcome.CANCELED, TOO_LATE, "", _O.REFUSED),
        (Outcome.CANCELED, "The call was canceled on request.", "", _O.CANCELED),
        (Outcome.FAILED, "The call failed.", "CA1", _O.FAILED),
        (Outcome.BUSY, "The line was busy.", "CA1", _O.BUSY),
    ],
)
def test_what_never_rang_is_told_from_what_failed(
    outcome: Outcome, reason: str, sid: str, expected: AttemptOutcome
) -> None:
    over = report_of(Known(PhoneState.ENDED, outcome, reason, sid), Moments(), NOON)
    assert isinstance(over, Over)
    assert ending_of(over).outcome is expected


@pytest.mark.parametrize(
    ("state", "stage"),
    [
        (PhoneState.QUEUED, Stage.DIALING),
        (PhoneState.INITIATED, Stage.DIALING),
        (PhoneState.RINGING, Stage.RINGING),
    ],
)
def test_what_is_under_way_has_a_stage(state: PhoneState, stage: Stage) -> None:
    assert report_of(Known(state, sid="CA1"), Moments(), NOON) == UnderWay(stage, "CA1")


def test_a_call_that_is_taken_was_answered_now_at_the_latest() -> None:
    known = Known(PhoneState.IN_PROGRESS)
    assert report_of(known, Moments(), NOON) == UnderWay(Stage.IN_CALL, "", NOON)


def test_a_number_that_is_none_is_told_by_its_reason() -> None:
    assert refusal(f"This number is not dialed any more: {FAULTS[21217].meaning}") is _O.INVALID_NUMBER
    assert refusal("Dialing is stopped.") is _O.REFUSED
