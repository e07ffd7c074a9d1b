"""The telephone of a process: which calls it takes, from which number, and how it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from tests.vantum.api_kit import THEM, TWILIO, US, Desk, desk
from tests.vantum.phone.calls_kit import on_disk
from transports.twilio.rest import CarrierError
from transports.twilio.webhook import StreamStatus
from vantum.core.call_facts import Direction
from vantum.core.errors import CapacityError, DialError, PipelineError, QueueFullError
from vantum.core.phone_call import PhoneState
from vantum.phone.phone import Wanted
from vantum.phone.phone_call import PhoneCall
from vantum.testing import at_rest

BAD_TOKEN = CarrierError(401, 20003, "Authenticate")
NO_SUCH_NUMBER = CarrierError(400, 21211, "The number is not valid.")
SILENCE = CarrierError(None, None, "no answer within 10 seconds.")
ORDER = Wanted(THEM, idempotency_key="order 7")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path) as opened:
        yield opened


def counted(office: Desk, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that grows whenever Twilio is asked for the account's numbers."""
    asked: list[str] = []
    numbers = office.rest.numbers

    async def counting() -> list[str]:
        asked.append("numbers")
        return await numbers()

    monkeypatch.setattr(office.rest, "numbers", counting)
    return asked


# --- placing --------------------------------------------------------------------------------------------


async def test_a_call_is_on_disk_before_it_is_dialed(office: Desk) -> None:
    placed = await office.telephone.place(Wanted(THEM))
    assert office.rest.placed == []
    assert on_disk(office.data, placed.id) == placed
    assert (placed.direction, placed.to_number, placed.from_number) == (Direction.OUTBOUND, THEM, US)
    assert (placed.pipeline, placed.variables, placed.voicemail) == ("served", {}, "")
    assert placed.progress.state is PhoneState.QUEUED
    await at_rest()
    assert [request.to for request in office.rest.placed] == [THEM]


async def test_what_is_wanted_is_what_is_placed(office: Desk) -> None:
    wanted = Wanted(THEM, "+14155550199", "other", {"name": "Anna"}, "Call us back.")
    placed = await office.telephone.place(wanted)
    assert (placed.from_number, placed.pipeline) == ("+14155550199", "other")
    assert (placed.variables, placed.voicemail) == ({"name": "Anna"}, "Call us back.")


async def test_an_unknown_pipeline_places_nothing(office: Desk) -> None:
    with pytest.raises(PipelineError, match="Known ones: served, other"):
        await office.telephone.place(Wanted(THEM, pipeline="nobody"))
    assert office.telephone.book.open_calls() == ()


# --- the same call again --------------------------------------------------------------------------------


async def test_the_same_key_is_the_same_call(office: Desk) -> None:
    first = await office.telephone.place(ORDER)
    await at_rest()
    again = await office.telephone.place(ORDER)
    await at_rest()
    assert (again.id, again.sid) == (first.id, f"CA{1:032x}")
    assert len(office.rest.placed) == 1


async def test_the_same_key_at_the_same_time_is_queued_once(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued: list[PhoneCall] = []
    monkeypatch.setattr(office.telephone.switchboard, "admit", queued.append)
    placed = await asyncio.gather(*(office.telephone.place(ORDER) for _ in range(10)))
    assert {call.id for call in placed} == {call.id for call in queued}
    assert len(queued) == 1


async def stopped(office: Desk) -> None:
    """Twilio does not take our token."""
    office.rest.fault = BAD_TOKEN
    await office.telephone.place(Wanted("+14155550177", US))
    await asyncio.sleep(5)


async def blocked(office: Desk) -> None:
    """Twilio says that the number does not exist."""
    office.rest.fault = NO_SUCH_NUMBER
    await office.telephone.place(Wanted(THEM, US))
    await asyncio.sleep(5)


async def filled(office: Desk) -> None:
    """As many calls wait as may."""
    for _ in range(2):
        await office.telephone.place(Wanted("+14155550177", US))
        await at_rest()


OBSTACLES = [
    (stopped, CapacityError, r"^Dialing is stopped\. "),
    (blocked, DialError, r"^This number is not dialed any more: "),
    (filled, QueueFullError, r"^1 calls wait to be placed already\."),
]
Obstacle = Callable[[Desk], Coroutine[None, None, None]]


@pytest.mark.parametrize(("obstacle", "error", "told"), OBSTACLES)
async def test_a_known_key_gives_its_call_even_when_none_is_taken(
    tmp_path: Path, obstacle: Obstacle, error: type[Exception], told: str
) -> None:
    """Who repeats a request because the answer was lost is told of the call, not that there is no room."""
    settings: dict[str, Any] = {"VANTUM_MAX_QUEUED_CALLS": "1", "VANTUM_CALLS_PER_SECOND": "0.5"}
    async with desk(tmp_path, phone=True, **settings) as office:
        first = await office.telephone.place(ORDER)
        await at_rest()
        await obstacle(office)
        for another in (Wanted(THEM, US), Wanted(THEM, US, idempotency_key="order 8")):
            with pytest.raises(error, match=told):
                await office.telephone.place(another)
        assert (await office.telephone.place(ORDER)).id == first.id
        assert await office.telephone.book.claimed("order 8") is None


async def test_a_known_key_gives_its_call_whatever_else_is_wanted_now(office: Desk) -> None:
    first = await office.telephone.place(ORDER)
    again = Wanted("+14155550123", pipeline="nobody", idempotency_key=ORDER.idempotency_key)
    assert (await office.telephone.place(again)).to_number == first.to_number


# --- the number to call from ----------------------------------------------------------------------------


async def test_without_a_setting_the_accounts_first_number_calls_and_is_asked_for_once(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = counted(office, monkeypatch)
    office.rest.own = ["+15550100001", "+15550100002"]
    placed = [await office.telephone.place(Wanted(THEM)) for _ in range(3)]
    assert [call.from_number for call in placed] == ["+15550100001"] * 3
    assert asked == ["numbers"]


@pytest.mark.parametrize(
    ("given", "setting", "used"),
    [
        ("+14155550199", "", "+14155550199"),
        ("", "+14155550188", "+14155550188"),
        ("+14155550199", "+14155550188", "+14155550199"),
    ],
)
async def test_a_number_that_is_given_or_set_wins_and_nobody_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, setting: str, used: str
) -> None:
    async with desk(tmp_path, TWILIO_FROM=setting) as office:
        asked = counted(office, monkeypatch)
        assert (await office.telephone.place(Wanted(THEM, given))).from_number == used
    assert asked == []


@pytest.mark.parametrize(
    ("own", "fault", "told"),
    [
        ([], None, "The Twilio account has no number that can call."),
        ([US], SILENCE, "Twilio did not tell its numbers: no answer within 10 seconds."),
    ],
)
async def test_without_a_number_nothing_is_placed_until_there_is_one(
    office: Desk, own: list[str], fault: CarrierError | None, told: str
) -> None:
    office.rest.own, office.rest.fault = own, fault
    with pytest.raises(DialError) as refused:
        await office.telephone.place(ORDER)
    assert str(refused.value) == (f"There is no number to call from: give `from`, or set TWILIO_FROM. {told}")
    assert office.telephone.book.open_calls() == ()
    office.rest.own, office.rest.fault = [US], None
    assert (await office.telephone.place(ORDER)).from_number == US


# --- how it is ------------------------------------------------------------------------------------------


async def test_a_telephone_at_rest_is_ready(office: Desk) -> None:
    ready = {
        "status": "ready",
        "carrier": "twilio",
        "reason": "",
        "waiting": 0,
        "stoppedCountries": (),
        "streamFailures": 0,
    }
    assert office.telephone.health() == ready
    await office.telephone.place(ORDER)
    await asyncio.sleep(2)
    assert office.telephone.health() == ready


async def test_calls_that_wait_are_counted(tmp_path: Path) -> None:
    async with desk(tmp_path, VANTUM_CALLS_PER_SECOND="0.5") as office:
        for _ in range(4):
            await office.telephone.place(Wanted(THEM))
            await at_rest()
        # One is placed, and one is next in turn.
        assert office.telephone.health()["waiting"] == 2
        await asyncio.sleep(10)
        assert office.telephone.health()["waiting"] == 0


async def test_why_no_call_is_placed_is_told(office: Desk) -> None:
    await stopped(office)
    health = office.telephone.health()
    assert (health["status"], health["reason"]) == ("stopped", office.telephone.dialer.stop_reason)
    assert health["reason"]


async def test_streams_that_failed_are_counted(office: Desk) -> None:
    for code in (31920, None, 31921):
        told = StreamStatus("CA1", "MZ1", "stream-error", "It is broken." if code else "", code)
        await office.telephone.switchboard.stream_status("", told)
    assert office.telephone.health()["streamFailures"] == 2


# --- opening --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", [(name,) for name in TWILIO] + [tuple(TWILIO)])
async def test_without_all_its_settings_there_is_no_telephone(
    tmp_path: Path, missing: tuple[str, ...]
) -> None:
    settings: dict[str, Any] = dict.fromkeys(missing, "")
    async with desk(tmp_path, phone=True, **settings) as office:
        assert office.phone is None
        assert office.services.settings.phone_missing == missing
    assert not office.data.exists()


async def test_calls_that_waited_when_the_process_ended_are_placed_by_the_next(tmp_path: Path) -> None:
    async with desk(tmp_path, VANTUM_CALLS_PER_SECOND="0.01") as office:
        placed = [await office.telephone.place(Wanted(THEM)) for _ in range(2)]
        await at_rest()
        assert len(office.rest.placed) == 1
    async with desk(tmp_path) as later:
        await asyncio.sleep(5)
        assert [request.status_callback.rpartition("/")[2] for request in later.rest.placed] == [placed[1].id]
