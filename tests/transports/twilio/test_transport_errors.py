"""The transport alone: whose stream it takes, what it hears, and messages that are no good."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transports.hooks import Hooks
from transports.pacer import Pacer
from transports.socket import Gone
from transports.twilio.transport import TwilioTransport
from vantum.core import mulaw
from vantum.core.events import Event, KeyPressed, SessionStarted
from vantum.testing import Closed, MemoryPhone


class Listener:
    """Keeps what the transport hands to the call."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.heard: list[tuple[bytes, int]] = []

    def publish(self, event: Event) -> None:
        self.events.append(event)

    def caller_audio(self, pcm: bytes, rate: int, at: float) -> None:
        self.heard.append((pcm, rate))

    def bot_audio(self, pcm: bytes, rate: int, at: float) -> None:
        raise AssertionError("nothing is played here")

    def bot_cut(self, at: float) -> None:
        raise AssertionError("nothing is cut here")


async def served(phone: MemoryPhone, *, call_sid: str = "") -> tuple[Listener, str]:
    """What the transport makes of all that the telephone has to say until it vanishes."""
    listener = Listener()
    transport = TwilioTransport(phone, call_sid=call_sid)
    transport.ends(Hooks(listener.publish, listener, Pacer()))
    # The line is dead in this direction only, so that the transport can close it.
    phone._outgoing.put_nowait(Gone(1006))
    reason = await transport.serve()
    await transport.close(reason)
    return listener, reason


@pytest.mark.parametrize("call_sid", ["", "CA" + "c" * 32])
async def test_a_stream_of_the_call_or_of_one_not_known_yet_is_served(call_sid: str) -> None:
    phone = MemoryPhone()
    phone.answer()
    listener, reason = await served(phone, call_sid=call_sid)
    assert (listener.events, reason) == ([SessionStarted()], "connection lost")


async def test_a_stream_of_another_call_is_closed() -> None:
    phone = MemoryPhone()
    phone.answer()
    phone.speak(bytes(320))
    listener, reason = await served(phone, call_sid="CA" + "0" * 32)
    assert phone.closed == Closed(0.0, 1008, "the stream is of another call")
    assert reason == "the stream is of another call"
    assert (listener.events, listener.heard) == ([], [])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("audio/x-mulaw", "audio/x-alaw"),
        lambda text: text.replace("8000", "16000"),
    ],
)
async def test_a_stream_of_another_format_is_closed(spoil: Callable[[str], str]) -> None:
    phone = MemoryPhone()
    phone.answer()
    connected, start = str(await phone.receive()), str(await phone.receive())
    phone.transmit(connected)
    phone.transmit(spoil(start))
    listener, reason = await served(phone)
    assert phone.closed == Closed(0.0, 1008, "the stream's audio has an unknown format")
    assert (listener.events, reason) == ([], "the stream's audio has an unknown format")


async def test_only_what_the_caller_says_after_the_start_is_heard() -> None:
    phone = MemoryPhone()
    phone.speak(b"\0\1" * 160)
    phone.answer()
    for track in ("outbound", "inbound", "both", "inbound_track", ""):
        phone._tell("media", track=track, chunk="1", timestamp="0", payload="gIA=")
    listener, _ = await served(phone)
    assert listener.heard == [(mulaw.decoded(b"\x80\x80"), 8000)]


@pytest.mark.parametrize("key", ["A", "", "12", "#", "ä", "w"])
async def test_only_what_is_a_key_is_pressed(key: str) -> None:
    phone = MemoryPhone()
    phone.answer()
    phone.press(key)
    listener, _ = await served(phone)
    assert listener.events[1:] == ([KeyPressed("#")] if key == "#" else [])


async def test_what_is_no_event_and_what_is_unknown_changes_nothing() -> None:
    phone = MemoryPhone()
    odd: list[bytes | str] = [
        "",
        "no json",
        b"\xc1\x00",
        "[]",
        "{}",
        '{"event": 7}',
        '{"event": "media"}',
        '{"event": "media", "media": {"track": "inbound", "timestamp": "0", "payload": "?"}}',
        '{"event": "start", "start": {}}',
        '{"event": "dtmf", "dtmf": {}}',
        '{"event": "mark", "mark": {"name": 1}}',
        '{"event": "tomorrow", "news": true}',
    ]
    for message in odd:
        phone.transmit(message)
    phone.answer()
    for message in odd:
        phone.transmit(message)
    phone.press("5")
    listener, reason = await served(phone)
    assert listener.events == [SessionStarted(), KeyPressed("5")]
    assert (reason, phone.closed) == ("connection lost", Closed(0.0, 1000, "connection lost"))


@settings(deadline=None, max_examples=100)
@given(st.lists(st.binary(max_size=64) | st.text(max_size=32), max_size=10))
async def test_no_input_ends_a_call(sent: list[bytes | str]) -> None:
    phone = MemoryPhone()
    phone.answer()
    for message in sent:
        phone.transmit(message)
    phone.press("5")
    listener, _ = await served(phone)
    assert listener.events == [SessionStarted(), KeyPressed("5")]
