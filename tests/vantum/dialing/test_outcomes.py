"""What an end means: its outcome, how the first word came, and what the callee wants."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.vantum.store.rows import NOON
from vantum.core.outreach.outcome import AttemptOutcome, Disposition, HungUpBy, Message, Pickup
from vantum.core.phone_call import Outcome
from vantum.dialing.outcomes import ending_of
from vantum.dialing.placer import Over

_O = AttemptOutcome
LATER = NOON + timedelta(seconds=60)


def after(seconds: float) -> dict[str, object]:
    return {"first_word_at": NOON + timedelta(seconds=seconds)}


@pytest.mark.parametrize(
    ("end", "facts", "outcome", "how", "disposition"),
    [
        (Outcome.BUSY, {}, _O.BUSY, Pickup.NOBODY, None),
        (Outcome.DECLINED, {}, _O.BUSY, Pickup.NOBODY, None),
        (Outcome.NO_ANSWER, {}, _O.NO_ANSWER, Pickup.NOBODY, None),
        (Outcome.CANCELED, {}, _O.CANCELED, Pickup.NOBODY, None),
        (Outcome.FAILED, {}, _O.FAILED, Pickup.NOBODY, None),
        (Outcome.FAILED, {"sip_code": 404}, _O.INVALID_NUMBER, Pickup.NOBODY, None),
        (Outcome.VOICEMAIL, {}, _O.ANSWERED_MACHINE, Pickup.NOBODY, Disposition.VOICEMAIL),
        (
            Outcome.VOICEMAIL,
            {"message": Message.LEFT},
            _O.VOICEMAIL_LEFT,
            Pickup.NOBODY,
            Disposition.VOICEMAIL,
        ),
        (Outcome.COMPLETED, {"answered_at": NOON, **after(1)}, _O.ANSWERED_HUMAN, Pickup.IN_TIME, None),
        (Outcome.COMPLETED, {"answered_at": NOON, **after(3)}, _O.ANSWERED_HUMAN, Pickup.LATE, None),
        (
            Outcome.COMPLETED,
            {"answered_at": NOON, "greeted_at": NOON + timedelta(seconds=2), **after(3)},
            _O.ANSWERED_HUMAN,
            Pickup.IN_TIME,
            None,
        ),
        (Outcome.COMPLETED, {"answered_at": NOON}, _O.ABANDONED, Pickup.DROPPED, None),
        (Outcome.COMPLETED, {"seconds": 60.0}, _O.ABANDONED, Pickup.DROPPED, None),
        (
            Outcome.COMPLETED,
            {"seconds": 1.0, "hung_up_by": HungUpBy.CALLEE},
            _O.ANSWERED_HUMAN,
            Pickup.IN_TIME,
            None,
        ),
        (
            Outcome.COMPLETED,
            {"answered_at": NOON, "disposition": "Do not call", **after(1)},
            _O.ANSWERED_HUMAN,
            Pickup.IN_TIME,
            Disposition.DO_NOT_CALL,
        ),
        (
            Outcome.FAILED,
            {"answered_at": NOON, "disposition": "maybe", **after(1)},
            _O.ANSWERED_HUMAN,
            Pickup.IN_TIME,
            None,
        ),
    ],
)
def test_an_end_has_one_meaning(
    end: Outcome,
    facts: dict[str, object],
    outcome: AttemptOutcome,
    how: Pickup,
    disposition: Disposition | None,
) -> None:
    ending = ending_of(Over(end, LATER, **facts))  # type: ignore[arg-type]
    assert (ending.outcome, ending.pickup, ending.disposition) == (outcome, how, disposition)


@pytest.mark.parametrize(
    ("facts", "seconds"),
    [
        ({"answered_at": NOON}, 60.0),
        ({"answered_at": NOON, "seconds": 42.0}, 42.0),
        ({"answered_at": LATER + timedelta(seconds=1)}, 0.0),
        ({}, 0.0),
    ],
)
def test_the_length_is_the_carriers_or_ours(facts: dict[str, object], seconds: float) -> None:
    assert ending_of(Over(Outcome.COMPLETED, LATER, **facts)).seconds == seconds  # type: ignore[arg-type]
