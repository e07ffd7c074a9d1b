"""The stand-in's telephone: the media stream and what the callee hears."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import numpy as np
import pytest

from tests.wire.conftest import until
from tests.wire.twilio_call import Call, Callee
from tests.wire.twilio_customer import CONNECT, PUBLIC, TO, Api, Customer, Stream, listen
from tests.wire.twilio_mulaw import RATE, SILENCE, decoded, encoded
from tests.wire.twilio_server import TwilioStandIn
from tests.wire.twilio_signature import Signer

pytestmark = pytest.mark.real_time

SOON = 0.06
"""How late a busy machine may be, in seconds."""

TONE = bytes(encoded((8000 * np.sin(np.arange(RATE) * 0.5)).astype(np.int16)))
"""A second of sound."""


@asynccontextmanager
async def talk(
    callee: Callee, behave: Callable[[Stream], Awaitable[None]] = listen
) -> AsyncIterator[tuple[Call, Customer]]:
    """A call that is over when the block begins."""
    async with (
        Customer(behave) as customer,
        TwilioStandIn(public_url=PUBLIC, reach=customer.url, callee=callee) as twilio,
        Api(twilio) as api,
    ):
        await api.dial()
        await twilio.calls[0].over(10)
        yield twilio.calls[0], customer


def payload(message: dict[str, object]) -> bytes:
    media = message["media"]
    assert isinstance(media, dict)
    return base64.b64decode(media["payload"])


async def test_a_stream_begins_with_the_call_and_its_parameters_and_is_signed() -> None:
    async with talk(Callee(hangs_up_after=0.1)) as (call, customer):
        (stream,) = customer.streams
        assert stream.got[0] == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
        assert stream.got[1] == {
            "event": "start",
            "sequenceNumber": "1",
            "streamSid": stream.sid,
            "start": {
                "accountSid": call.account_sid,
                "streamSid": stream.sid,
                "callSid": call.sid,
                "tracks": ["inbound"],
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
                "customParameters": {"call_id": "a & b"},
            },
        }
        assert stream.headers["Host"] == "customer.test"
        expected = Signer("a-token-of-the-stand-in").headers("wss://customer.test/media/token", {})
        assert stream.headers["X-Twilio-Signature"] == expected["X-Twilio-Signature"]


async def test_the_callee_is_heard_in_real_time() -> None:
    speech = decoded(TONE[:1600])
    callee = Callee(says=[(0.2, speech)], presses=[(0.3, "1"), (0.4, "#")], hangs_up_after=0.61)
    async with talk(callee) as (call, customer):
        (stream,) = customer.streams
    frames = stream.of("media")
    assert 25 <= len(frames) <= 40
    assert [message["media"]["chunk"] for message in frames[:2]] == ["1", "2"]  # type: ignore[index]
    assert [message["media"]["timestamp"] for message in frames[:2]] == ["0", "20"]  # type: ignore[index]
    audio = b"".join(payload(frame) for frame in frames)
    assert len(audio) == 160 * len(frames)
    assert audio.strip(bytes([SILENCE])) == TONE[:1600].strip(bytes([SILENCE]))
    assert audio.index(TONE[1:200]) / RATE == pytest.approx(0.2, abs=SOON)
    assert [message["dtmf"] for message in stream.of("dtmf")] == [
        {"track": "inbound_track", "digit": "1"},
        {"track": "inbound_track", "digit": "#"},
    ]
    assert stream.got[-1]["stop"] == {"accountSid": call.account_sid, "callSid": call.sid}
    numbers = [int(str(message["sequenceNumber"])) for message in stream.got[1:]]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_what_is_sent_ahead_is_heard_in_real_time_and_its_mark_comes_back_then() -> None:
    returned: list[float] = []

    async def behave(stream: Stream) -> None:
        began = time.monotonic()
        for start in range(0, 2400, 800):
            await stream.play(TONE[start : start + 800])
        await stream.mark("end")
        assert (await stream.next("mark"))["mark"] == {"name": "end"}
        returned.append(time.monotonic() - began)

    async with talk(Callee(), behave) as (call, _):
        assert returned == [pytest.approx(0.3, abs=SOON)]
        (mark,) = call.marks
        assert (mark.name, mark.cleared) == ("end", False)
        begin = call.playouts[0].pieces[0].begin
        assert call.heard[begin : begin + 2400].tolist() == decoded(TONE[:2400]).tolist()
        assert not call.heard[:begin].any()
        assert call.max_ahead_seconds == pytest.approx(0.3, abs=SOON)
        assert b"".join(audio for _, audio in call.media_received) == TONE[:2400]
        assert call.heard_until_silence(begin / RATE + 0.1) == pytest.approx(begin / RATE + 0.3, abs=0.002)
        assert call.heard_until_silence(0.0) == pytest.approx(begin / RATE + 0.3, abs=0.002)
        assert call.heard_until_silence(call.seconds) == pytest.approx(call.seconds)


async def test_clear_cuts_what_is_heard_and_gives_all_marks_back_at_once() -> None:
    async def behave(stream: Stream) -> None:
        for name in ("one", "two"):
            await stream.play(TONE)
            await stream.mark(name)
        for _ in range(10):
            await stream.next("media")
        await stream.clear()
        await stream.next("mark")
        await stream.next("mark")

    async with talk(Callee(), behave) as (call, _):
        assert [(mark.name, mark.cleared) for mark in call.marks] == [("one", True), ("two", True)]
        (cleared,) = call.clears
        assert call.marks[-1].at == pytest.approx(cleared, abs=SOON)
        assert call.heard_until_silence(0.1) == pytest.approx(cleared, abs=SOON)
        assert call.max_ahead_seconds == pytest.approx(2.0, abs=SOON)


async def test_marks_may_be_slow_and_play_out_late() -> None:
    async def behave(stream: Stream) -> None:
        await stream.play(TONE[:800])
        await stream.mark("end")
        await stream.next("mark")

    async with talk(Callee(play_delay=0.1, mark_delay=0.15), behave) as (call, _):
        (received,) = call.media_received
        assert call.marks[0].at - received[0] == pytest.approx(0.1 + 0.1 + 0.15, abs=SOON)
        assert call.playouts[0].pieces[0].begin == round(received[0] * RATE) + 800


BAD = [
    "no json",
    "[]",
    "{}",
    json.dumps({"event": "media", "streamSid": "MZ0", "media": {"payload": ""}}),
    '{"event": "start", "streamSid": "SID"}',
    '{"event": "media", "streamSid": "SID"}',
    '{"event": "media", "streamSid": "SID", "media": {"payload": "?"}}',
    '{"event": "media", "streamSid": "SID", "media": {"payload": 7}}',
    '{"event": "mark", "streamSid": "SID", "mark": {"name": 7}}',
    '{"event": "mark", "streamSid": "SID", "mark": {}}',
]


async def test_what_twilio_does_not_understand_is_kept() -> None:
    async def behave(stream: Stream) -> None:
        for text in BAD:
            await stream.send_text(text.replace("SID", stream.sid) if '"SID"' in text else text)
        await stream.mark("good")
        await stream.next("mark")

    async with talk(Callee(), behave) as (call, _):
        assert len(call.protocol_errors) == len(BAD)
        assert all(error.startswith("31924: ") for error in call.protocol_errors)
        assert [mark.name for mark in call.marks] == ["good"]


async def test_when_the_server_closes_the_action_says_how_it_goes_on() -> None:
    async def behave(stream: Stream) -> None:
        await stream.next("media")

    async with Customer(behave) as customer, TwilioStandIn(public_url=PUBLIC, reach=customer.url) as twilio:
        customer.answers["/after"] = "<Response><Say>Goodbye</Say><Hangup/><Say>unheard</Say></Response>"
        async with Api(twilio) as api:
            await api.dial()
            (call,) = twilio.calls
            await call.over(10)
        assert [(verb.name, verb.text) for verb in call.verbs] == [
            ("Connect", ""),
            ("Say", "Goodbye"),
            ("Hangup", ""),
        ]
        (form,) = customer.forms("/after")
        assert (form["CallSid"], form["CallStatus"], form["To"]) == (call.sid, "in-progress", TO)
        assert [form["StreamEvent"] for form in customer.forms("/stream")] == [
            "stream-started",
            "stream-stopped",
        ]
        assert not customer.streams[0].of("stop")


@pytest.mark.parametrize(
    ("twiml", "code"),
    [
        (CONNECT, 31920),
        (CONNECT.replace("/token", "/token?a=1"), 31920),
        (CONNECT.replace("wss:", "https:"), 31920),
        (CONNECT.replace("wss://customer.test", "wss://elsewhere.test"), 31920),
    ],
)
async def test_a_stream_that_cannot_begin_is_an_error_and_the_next_verb_runs(twiml: str, code: int) -> None:
    async with Customer() as customer, TwilioStandIn(public_url=PUBLIC, reach=customer.url) as twilio:
        customer.refuse_stream = 403
        async with Api(twilio) as api:
            await api.dial(twiml=twiml)
            (call,) = twilio.calls
            await call.over(10)
        assert [verb.name for verb in call.verbs] == ["Connect", "Say"]
        (form,) = customer.forms("/stream")
        assert (form["StreamEvent"], form["StreamErrorCode"]) == ("stream-error", str(code))
        assert form["StreamError"]
        assert customer.forms("/after") == []


async def test_fifty_calls_at_a_time_end_while_marks_are_on_their_way() -> None:
    """Each is sent 50 frames a second and gets them back, to its end."""

    async def echo(stream: Stream) -> None:
        with suppress(EOFError):
            while True:
                message = await stream.next("media")
                await stream.play(payload(message))
                await stream.mark("end")
        ended.append(stream)

    ended: list[Stream] = []
    async with (
        Customer(echo) as customer,
        TwilioStandIn(public_url=PUBLIC, reach=customer.url, callee=Callee()) as twilio,
        Api(twilio) as api,
    ):
        await asyncio.gather(*(api.dial() for _ in range(50)))
        # However long it takes until all are on the line.
        await until(lambda: all(len(call.marks) >= 10 for call in twilio.calls), 30)
        for call in twilio.calls:
            call.hang_up()
        await asyncio.gather(*(call.over(10) for call in twilio.calls))
        await until(lambda: len(ended) == 50)
        assert len(twilio.calls) == 50
        assert all(0 < len(call.media_received) <= 50 * call.seconds for call in twilio.calls)
        assert not any(call.protocol_errors for call in twilio.calls)


async def test_a_broken_stream_is_an_error() -> None:
    async def behave(stream: Stream) -> None:
        await stream.next("media")
        stream.abort()

    async with talk(Callee(), behave) as (call, customer):
        assert [error[:5] for error in call.errors] == ["31921"]
        assert [form.get("StreamErrorCode") for form in customer.forms("/stream")] == [None, "31921"]
        assert [form["CallStatus"] for form in customer.forms("/after")] == ["in-progress"]
