"""What somebody who wants a call may demand: who places it, and until when; and how the call of a key is found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.vantum.api_kit import THEM, US, Desk, desk
from transports.twilio.rest import CarrierError
from vantum.core.call_facts import PhoneCarrier
from vantum.core.errors import DialError
from vantum.core.phone_call import Outcome
from vantum.phone.dialer import TOO_LATE
from vantum.phone.phone import Wanted
from vantum.testing import at_rest


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path) as opened:
        yield opened


async def test_another_carrier_places_nothing(office: Desk) -> None:
    with pytest.raises(DialError, match="twilio"):
        await office.telephone.place(Wanted(THEM, US, carrier=PhoneCarrier.LOCAL))
    answer = await office.http.post("/api/calls", json={"to": THEM, "from": US, "carrier": "local"})
    assert answer.status_code == 409
    assert office.telephone.book.open_calls() == ()
    assert (await office.telephone.place(Wanted(THEM, US, carrier=PhoneCarrier.TWILIO))).from_number == US


@pytest.mark.parametrize(
    ("minutes", "placed", "outcome", "reason"), [(-1, 0, Outcome.CANCELED, TOO_LATE), (1, 1, None, "")]
)
async def test_a_call_is_not_placed_when_it_has_become_too_late(
    office: Desk, minutes: int, placed: int, outcome: Outcome | None, reason: str
) -> None:
    not_after = datetime.now(UTC) + timedelta(minutes=minutes)
    body = {"to": THEM, "from": US, "notAfter": not_after.isoformat()}
    answer = await office.http.post("/api/calls", json=body)
    await asyncio.sleep(1.0)
    call = await office.telephone.book.find(answer.json()["id"])
    assert call is not None
    assert len(office.rest.placed) == placed
    assert (call.progress.outcome, call.progress.reason) == (outcome, reason)


async def test_the_call_of_a_key_is_found(office: Desk) -> None:
    async def found(key: str) -> list[str]:
        answer = await office.http.get("/api/calls", params={"idempotencyKey": key})
        assert answer.status_code == 200
        assert answer.json()["next"] is None
        return [call["id"] for call in answer.json()["calls"]]

    assert await found("order 7") == []
    placed = await office.telephone.place(Wanted(THEM, US, idempotency_key="order 7"))
    await office.telephone.place(Wanted(THEM, US, idempotency_key="order 8"))
    assert await found("order 7") == [placed.id]


async def test_without_a_phone_nobody_can_tell_of_a_key(tmp_path: Path) -> None:
    async with desk(tmp_path, phone=False, VANTUM_CARRIER="twilio") as office:
        answer = await office.http.get("/api/calls", params={"idempotencyKey": "order 7"})
    assert answer.status_code == 409


async def test_a_request_that_was_lost_is_not_repeated_too_late(office: Desk) -> None:
    office.rest.fault = CarrierError(None, None, "no answer")
    soon = datetime.now(UTC) + timedelta(seconds=0.3)
    call = await office.telephone.place(Wanted(THEM, US, not_after=soon))
    await at_rest()
    office.rest.fault = None
    while datetime.now(UTC) <= soon:  # noqa: ASYNC110 - the clock of the machine
        await asyncio.sleep(0)
    await asyncio.sleep(60.0)
    known = await office.telephone.book.find(call.id)
    assert known is not None
    assert known.progress.reason == TOO_LATE
