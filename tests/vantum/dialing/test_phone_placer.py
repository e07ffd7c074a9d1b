"""Placing calls with the phone of the process, and with that of a server: the same call for the same key."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.vantum.api_kit import THEM, US, Desk, desk
from tests.vantum.dialing.outside import outside
from transports.twilio.rest import CarrierError
from vantum.call_folder import folder_of
from vantum.core.outreach.outcome import AttemptOutcome, HungUpBy
from vantum.core.phone_call import Outcome, StatusReport, closed, reported
from vantum.dialing.http_placer import HttpPlacer
from vantum.dialing.phone_placer import PhonePlacer
from vantum.dialing.placer import (
    Absent,
    Order,
    Over,
    Placed,
    Placer,
    Refused,
    Report,
    Stage,
    UnderWay,
    Unknown,
)
from vantum.testing import at_rest

ORDER = Order("019cabd8-3030-7c31-9d2f-0a6f3f6f4e11", THEM, US, "other", {"name": "Anna"}, "Call us back.")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path) as opened:
        yield opened


@pytest.fixture(params=["phone", "http"])
def placer(request: pytest.FixtureRequest, office: Desk) -> Placer:
    """A placer in the server's process, or one beside it."""
    return (
        PhonePlacer(office.telephone, office.data, office.services.writer.is_open)
        if request.param == "phone"
        else HttpPlacer(office.http)
    )


async def told(placer: Placer, record_id: str) -> Report:
    # The server reads the record in a thread that virtual time does not see.
    with outside():
        return await placer.report(record_id)


async def placed(placer: Placer, order: Order = ORDER) -> str:
    answer = await placer.place(order)
    assert isinstance(answer, Placed)
    await at_rest()
    return answer.record_id


async def test_the_same_order_is_the_same_call(office: Desk, placer: Placer) -> None:
    first = await placed(placer)
    assert await placed(placer) == first
    assert len(office.rest.placed) == 1
    call = await office.telephone.book.find(first)
    assert call is not None
    assert (call.to_number, call.from_number, call.pipeline) == (THEM, US, "other")
    assert (call.variables, call.voicemail) == ({"name": "Anna"}, "Call us back.")


async def test_a_call_is_followed_from_ringing_to_its_end(office: Desk, placer: Placer) -> None:
    record_id = await placed(placer)
    book = office.telephone.book

    def learn(status: str, seconds: int | None = None) -> None:
        report = StatusReport(None, status, duration_seconds=seconds)
        book.change(record_id, lambda call: replace(call, progress=reported(call.progress, report)))

    assert await told(placer, record_id) == UnderWay(Stage.DIALING, f"CA{1:032x}")
    learn("ringing")
    assert await told(placer, record_id) == UnderWay(Stage.RINGING, f"CA{1:032x}")
    learn("in-progress")
    under_way = await told(placer, record_id)
    assert isinstance(under_way, UnderWay)
    assert under_way.stage is Stage.IN_CALL
    assert under_way.answered_at is not None
    write_events(office, record_id)
    learn("completed", 7)
    await asyncio.sleep(1.0)
    over = await told(placer, record_id)
    assert isinstance(over, Over)
    assert (over.end, over.seconds, over.hung_up_by) == (Outcome.COMPLETED, 7.0, HungUpBy.CALLEE)
    assert over.first_word_at is not None


def write_events(office: Desk, record_id: str) -> None:
    folder = folder_of(office.data, record_id)
    assert folder is not None
    at = "2026-11-18T17:00:0{}+00:00"
    events = [
        {"t": 0.0, "at": at.format(0), "event": "call_started", "pipeline": "p", "transport": "twilio"},
        {"t": 1.0, "at": at.format(1), "event": "words_spoken", "utterance_id": "u", "text": "Hello"},
        {"t": 7.0, "at": at.format(7), "event": "call_ended", "reason": "caller hung up"},
    ]
    (folder / "events.jsonl").write_text("".join(f"{json.dumps(event)}\n" for event in events))


async def test_a_call_that_rings_is_canceled(office: Desk, placer: Placer) -> None:
    record_id = await placed(placer)
    await placer.hang_up(record_id)
    await asyncio.sleep(1.0)
    over = await told(placer, record_id)
    assert isinstance(over, Over)
    assert over.end is Outcome.CANCELED
    await placer.hang_up(record_id)
    assert office.rest.ended == [f"CA{1:032x}"]


async def test_what_the_phone_does_not_take_is_refused(office: Desk, placer: Placer) -> None:
    unknown = replace(ORDER, pipeline="nobody")
    answer = await placer.place(unknown)
    assert isinstance(answer, Refused)
    assert answer.outcome is AttemptOutcome.REFUSED
    wrong = replace(ORDER, to_number="+1415555")
    answer = await placer.place(wrong)
    assert isinstance(answer, Refused)
    assert answer.outcome is AttemptOutcome.INVALID_NUMBER
    office.rest.fault = CarrierError(400, 21211, "The number is not valid.")
    record_id = await placed(placer)
    await asyncio.sleep(5.0)
    over = await told(placer, record_id)
    assert isinstance(over, Over)
    assert over.not_placed is AttemptOutcome.INVALID_NUMBER
    again = await placer.place(replace(ORDER, attempt_id="another"))
    assert isinstance(again, Refused)
    assert again.outcome is AttemptOutcome.INVALID_NUMBER


async def test_what_is_not_known_is_told(office: Desk, placer: Placer) -> None:
    assert await placer.look_up(ORDER) == Absent()
    assert await told(placer, "019cabd8-3030-7c31-9d2f-0a6f3f6f4e12") == Unknown()


async def test_the_call_of_a_key_is_found(placer: Placer) -> None:
    record_id = await placed(placer)
    assert await placer.look_up(ORDER) == Placed(record_id, US)
    assert await placer.look_up(replace(ORDER, attempt_id="another")) == Absent()


async def test_it_is_not_over_before_all_of_it_is_written(office: Desk, placer: Placer) -> None:
    record_id = await placed(placer)
    office.services.writer.elsewhere = lambda _: True
    office.telephone.book.change(
        record_id, lambda call: replace(call, progress=closed(call.progress, Outcome.COMPLETED, "Done."))
    )
    await asyncio.sleep(1.0)
    under_way = await told(placer, record_id)
    assert isinstance(under_way, UnderWay)
    assert under_way.stage is Stage.IN_CALL
    office.services.writer.elsewhere = lambda _: False
    assert isinstance(await told(placer, record_id), Over)


async def test_a_disk_that_does_not_answer_is_no_answer(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    inside = PhonePlacer(office.telephone, office.data, office.services.writer.is_open)
    monkeypatch.setattr(office.telephone.book, "claimed", full)
    assert await inside.place(ORDER) == Unknown()
    assert await inside.look_up(ORDER) == Unknown()


async def test_an_end_without_a_record_is_told_as_the_book_knows_it(office: Desk) -> None:
    inside = PhonePlacer(office.telephone, office.data, office.services.writer.is_open)
    record_id = await placed(inside)
    office.telephone.book.change(
        record_id, lambda call: replace(call, progress=closed(call.progress, Outcome.BUSY, "Busy."))
    )
    over = await inside.report(record_id)
    assert isinstance(over, Over)
    assert (over.end, over.reason, over.answered_at) == (Outcome.BUSY, "Busy.", None)
