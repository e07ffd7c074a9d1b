"""The telephone in memory: a play-out buffer on virtual time, marks that come back when they should, and keys."""

from __future__ import annotations

import asyncio

import pytest

from transports.socket import Gone
from transports.twilio import codec
from transports.twilio.codec import Connected, Digit, Mark, Media, Start, Stop
from vantum.core import mulaw
from vantum.testing import Closed, MemoryPhone

TENTH = b"\x10" * 800
"""A tenth of a second of the bot."""


async def play(phone: MemoryPhone, audio: bytes, mark: str = "") -> None:
    await phone.send(codec.media(phone.stream_sid, audio))
    if mark:
        await phone.send(codec.mark(phone.stream_sid, mark))


async def told(phone: MemoryPhone) -> list[codec.Event]:
    """What the telephone has to say, until it is gone."""
    events = []
    try:
        while True:
            events.append(codec.decode(await phone.receive()))
    except Gone:
        return events


def audible(phone: MemoryPhone) -> list[tuple[float, float]]:
    return [(sound.begin, sound.end) for sound in phone.sounds]


async def test_it_says_what_a_telephone_at_twilio_says() -> None:
    phone = MemoryPhone(parameters={"call_id": "7"})
    pcm = mulaw.decoded(bytes(range(128, 256)) + bytes(32))
    phone.answer()
    phone.speak(pcm)
    phone.speak(pcm)
    phone.press("#")
    phone.hang_up()
    connected, start, *others = await told(phone)
    assert connected == Connected("Call", "1.0.0")
    assert isinstance(start, Start)
    assert (start.call_sid, start.stream_sid) == (phone.call_sid, phone.stream_sid)
    assert (start.encoding, start.rate, start.parameters) == ("audio/x-mulaw", 8000, {"call_id": "7"})
    assert others == [
        Media(mulaw.encoded(pcm), 0, "inbound"),
        Media(mulaw.encoded(pcm), 20, "inbound"),
        Digit("#"),
        Stop(phone.call_sid),
    ]


async def test_who_vanishes_does_not_say_so() -> None:
    phone = MemoryPhone()
    phone.transmit("anything")
    phone.hang_up(1006)
    assert await phone.receive() == "anything"
    for _ in range(2):
        with pytest.raises(Gone) as gone:
            await phone.receive()
        assert gone.value.code == 1006


async def test_what_is_sent_ahead_is_heard_without_a_hole_and_marks_come_back_behind_it() -> None:
    phone = MemoryPhone()
    await asyncio.sleep(1.0)
    await play(phone, TENTH, "one")
    await play(phone, b"\x20" * 400, "two")
    await asyncio.sleep(0.12)
    await play(phone, TENTH, "three")
    await asyncio.sleep(1.0)
    assert phone.heard == ((1.0, TENTH + b"\x20" * 400 + TENTH),)
    assert audible(phone) == [(1.0, 1.25)]
    assert phone.marks == [(1.1, "one", False), (1.15, "two", False), (1.25, "three", False)]
    assert phone.max_ahead_seconds == 0.15
    phone.hang_up(1006)
    assert await told(phone) == [Mark("one"), Mark("two"), Mark("three")]


async def test_a_buffer_that_ran_dry_leaves_a_hole() -> None:
    phone = MemoryPhone()
    await play(phone, TENTH)
    await asyncio.sleep(0.101)
    await play(phone, TENTH)
    assert audible(phone) == [(0.0, 0.1), (0.101, 0.201)]


async def test_play_out_may_begin_late_and_marks_may_travel_long() -> None:
    phone = MemoryPhone(play_delay=0.05, mark_delay=0.2)
    await play(phone, TENTH, "one")
    await asyncio.sleep(0.04)
    await play(phone, TENTH, "two")
    await asyncio.sleep(1.0)
    assert audible(phone) == [(0.05, 0.25)]
    assert phone.marks == [(0.35, "one", False), (0.45, "two", False)]
    assert phone.max_ahead_seconds == 0.2


async def test_a_mark_with_nothing_before_it_comes_back_at_once() -> None:
    phone = MemoryPhone()
    await asyncio.sleep(2.0)
    await phone.send(codec.mark(phone.stream_sid, "now"))
    await asyncio.sleep(0.01)
    assert phone.marks == [(2.0, "now", False)]


async def test_marks_may_be_lost() -> None:
    phone = MemoryPhone(mark_delay=None)
    await play(phone, TENTH, "one")
    await phone.send(codec.clear(phone.stream_sid))
    await asyncio.sleep(5.0)
    assert phone.marks == []
    assert phone.cleared == [(0.0, ("one",))]


async def test_a_clear_silences_at_once_and_brings_back_all_marks() -> None:
    phone = MemoryPhone(mark_delay=0.03)
    await play(phone, TENTH, "played")
    await play(phone, TENTH, "cut")
    await play(phone, TENTH, "unheard")
    await asyncio.sleep(0.11)
    await phone.send(codec.clear(phone.stream_sid))
    await asyncio.sleep(0.5)
    await play(phone, TENTH, "next")
    await asyncio.sleep(0.2)
    assert phone.cleared == [(0.11, ("cut", "unheard"))]
    assert phone.marks == [
        (0.13, "played", False),
        (0.14, "cut", True),
        (0.14, "unheard", True),
        (0.74, "next", False),
    ]
    assert audible(phone) == [(0.0, 0.11), (0.61, 0.71)]


async def test_what_was_to_begin_later_is_cleared_altogether() -> None:
    phone = MemoryPhone(play_delay=0.2)
    await play(phone, TENTH, "one")
    await asyncio.sleep(0.1)
    await phone.send(codec.clear(phone.stream_sid))
    assert phone.heard == ()
    assert phone.cleared == [(0.1, ("one",))]


async def test_what_it_is_sent_is_kept_with_the_time() -> None:
    phone = MemoryPhone()
    await asyncio.sleep(0.5)
    await play(phone, b"\xff", "m")
    await phone.send(codec.clear(phone.stream_sid))
    assert [(at, event) for at, event, _ in phone.received] == [(0.5, "media"), (0.5, "mark"), (0.5, "clear")]
    assert phone.received[1].payload["mark"] == {"name": "m"}


@pytest.mark.parametrize(
    "message",
    [
        codec.media("MZother", TENTH),
        codec.mark("MZother", "m"),
        codec.clear("MZother"),
        b"binary",
        "[]",
        "no json",
        '{"event": "stop"}',
        codec.media("MZ" + "d" * 32, b"").replace('""', '"?"'),
    ],
)
async def test_what_twilio_refuses_is_refused(message: str | bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        await MemoryPhone().send(message)


@pytest.mark.parametrize("way", ["hang_up", "close", "abort"])
async def test_when_the_stream_is_over_nothing_is_heard_and_no_mark_comes_back(way: str) -> None:
    phone = MemoryPhone()
    await play(phone, TENTH, "one")
    await asyncio.sleep(0.05)
    match way:
        case "hang_up":
            phone.hang_up()
        case "close":
            await phone.close(1000, "goodbye")
        case _:
            phone.abort()
    assert phone.closed == {"close": Closed(0.05, 1000, "goodbye"), "abort": Closed(0.05, 1006, "")}.get(way)
    await asyncio.sleep(1.0)
    assert (audible(phone), phone.marks) == ([(0.0, 0.05)], [])
    with pytest.raises(Gone):
        await play(phone, TENTH)
    closed = phone.closed
    await phone.close(1008, "again")
    phone.abort()
    assert phone.closed is closed
