"""Streams that are lost and opened again: by Twilio, for the same call, and for nobody else. On virtual time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from tests.vantum.phone.conftest import Open
from tests.vantum.phone.exchange import Exchange, call_of, token_of, verbs
from tests.vantum.phone.fake_carrier import sid
from vantum.phone.streams import TRY_AGAIN_LATER
from vantum.record import read_record
from vantum.testing.memory_phone import MemoryPhone

STORY = "One two three four five six seven."
"""A letter takes 0.06 s: 0.2 One, 0.44 two, 0.68 three, 1.04 four, 1.34 five, 1.64 six, 1.88 seven."""
LOST = 1006


@dataclass
class Streams:
    """The streams of one incoming call, whose bot tells the story when the first one is up."""

    exchange: Exchange
    call_id: str = ""
    phones: list[MemoryPhone] = field(default_factory=list)
    serving: list[asyncio.Task[None]] = field(default_factory=list)

    async def begin(self) -> None:
        self.call_id = call_of(await self.exchange.calls_in())
        await self.open()
        await self.exchange.board.say(self.call_id, STORY)

    async def open(self, number: int = 1, call_id: str = "") -> MemoryPhone:
        """Open a stream: of the call, unless another is named."""
        phone = MemoryPhone(call_sid=sid(number))
        phone.stream_sid = f"MZ{len(self.phones)}"
        phone.answer()
        self.phones.append(phone)
        serving = self.exchange.board.serve(call_id or self.call_id, phone)
        self.serving.append(asyncio.create_task(serving, name="stream"))
        await asyncio.sleep(0.1)
        return phone

    async def over(self) -> dict[str, object]:
        """Hang up; the record of the call."""
        self.phones[-1].hang_up()
        await asyncio.gather(*self.serving)
        self.exchange.services.writer.flush()
        return read_record(self.exchange.services.settings.data, self.call_id, lambda _: False) or {}


@pytest.fixture
async def streams(exchange: Exchange) -> Streams:
    streams = Streams(exchange)
    await streams.begin()
    return streams


def said(record: dict[str, object]) -> list[str]:
    return [str(line["text"]) for line in record["transcript"]]  # type: ignore[attr-defined]


def times(phone: MemoryPhone) -> list[tuple[float, float]]:
    """When the bot was heard, since the phone was there."""
    return [(sound.begin, sound.end) for sound in phone.sounds]


@pytest.mark.parametrize("away", [0.0, 5.0, 29.0])
async def test_the_bot_goes_on_from_the_word_in_which_the_stream_broke(streams: Streams, away: float) -> None:
    await asyncio.sleep(1.1)  # 1.1 into the story: in "four"
    streams.phones[0].hang_up(LOST)
    await asyncio.sleep(away)
    phone = await streams.open()
    await asyncio.sleep(3)
    record = await streams.over()
    ((begin, end),) = times(phone)
    assert begin == 0.0
    assert end - begin == pytest.approx((len(STORY) - len("One two three ")) * 0.06, abs=0.02)
    assert {str(each.payload["streamSid"]) for each in phone.received} == {"MZ1"}
    assert said(record) == [STORY]
    assert streams.exchange.calls.live == 0


async def test_marks_of_the_old_stream_mean_nothing_on_the_new_one(streams: Streams) -> None:
    await asyncio.sleep(1.1)
    old = [name for each in streams.phones[0].received if (name := _mark(each.payload))]
    streams.phones[0].hang_up(LOST)
    phone = await streams.open()
    for name in old:
        phone._tell("mark", name=name)
    await asyncio.sleep(0.3)  # at the beginning of "five"
    record = await streams.over()
    assert said(record) == ["One two three four"]


def _mark(payload: dict[str, object]) -> str:
    match payload:
        case {"mark": {"name": str(name)}}:
            return name
    return ""


async def test_the_carrier_is_told_to_open_the_stream_again_while_the_call_lives(streams: Streams) -> None:
    board, call_id = streams.exchange.board, streams.call_id
    streams.phones[0].hang_up(LOST)
    await asyncio.sleep(1)
    again = await board.after(call_id)
    assert (verbs(again), call_of(again)) == (["Connect"], call_id)
    assert board.redeem(token_of(again)) == call_id
    assert board.redeem(token_of(again)) is None
    await asyncio.sleep(31)
    assert verbs(await board.after(call_id)) == ["Hangup"]
    await asyncio.gather(*streams.serving)


async def test_a_stream_that_is_opened_while_the_old_one_seems_open_takes_over(streams: Streams) -> None:
    await asyncio.sleep(1.1)
    phone = await streams.open()
    await asyncio.sleep(3)
    record = await streams.over()
    assert streams.phones[0].closed is not None
    assert streams.phones[0].closed.reason == "the call goes on in another connection"
    assert len(times(phone)) == 1
    assert said(record) == [STORY]


async def test_what_was_sent_into_the_void_is_said_again(streams: Streams) -> None:
    for _ in range(60):
        streams.phones[0].speak(b"\0\0" * 160)
        await asyncio.sleep(0.02)
    # In "four": from here on neither sound nor marks arrive.
    streams.phones[0].transmit = lambda message: None  # type: ignore[method-assign]
    await asyncio.sleep(3)
    phone = await streams.open()
    await asyncio.sleep(3)
    assert said(await streams.over()) == [STORY]
    ((begin, end),) = times(phone)
    assert end - begin == pytest.approx((len(STORY) - len("One two three ")) * 0.06, abs=0.03)


async def test_who_hangs_up_is_not_waited_for(streams: Streams) -> None:
    streams.phones[0].hang_up()
    await asyncio.sleep(0.1)
    assert streams.exchange.calls.live == 0
    assert verbs(await streams.exchange.board.after(streams.call_id)) == ["Hangup"]
    await asyncio.gather(*streams.serving)


async def test_a_call_that_is_over_at_the_carrier_is_not_waited_for(streams: Streams) -> None:
    streams.phones[0].hang_up(LOST)
    await asyncio.sleep(1)
    await streams.exchange.tells(streams.call_id, "completed", 5)
    await asyncio.sleep(2)
    assert streams.exchange.calls.live == 0
    await asyncio.gather(*streams.serving)


@pytest.mark.parametrize("lost", [True, False])
async def test_a_stream_of_another_call_gains_nothing(streams: Streams, lost: bool) -> None:
    await asyncio.sleep(1.1)
    if lost:
        streams.phones[0].hang_up(LOST)
    stranger = await streams.open(number=2)
    assert stranger.closed is not None
    assert stranger.closed.code == TRY_AGAIN_LATER
    assert stranger.received == []
    nobody = await streams.open(call_id="01a1fb91-b0b4-704b-bf0c-2702bf9e996d")
    assert nobody.closed is not None
    if lost:
        await streams.open()
    else:
        streams.phones.append(streams.phones[0])
    await asyncio.sleep(3)
    assert said(await streams.over()) == [STORY]


async def test_a_stream_that_never_begins_gains_nothing(streams: Streams) -> None:
    streams.phones[0].hang_up(LOST)
    silent = MemoryPhone(call_sid=sid(1))
    streams.serving.append(asyncio.create_task(streams.exchange.board.serve(streams.call_id, silent)))
    await asyncio.sleep(6)
    assert silent.closed is not None
    assert silent.closed.code == TRY_AGAIN_LATER
    await streams.open()
    assert streams.exchange.calls.live == 1
    await streams.over()


async def test_nobody_is_waited_for_when_that_is_switched_off(opening: Open) -> None:
    streams = Streams(await opening(VANTUM_RESUME_SECONDS="0"))
    await streams.begin()
    streams.phones[0].hang_up(LOST)
    await asyncio.sleep(0.1)
    assert streams.exchange.calls.live == 0
    await asyncio.gather(*streams.serving)
