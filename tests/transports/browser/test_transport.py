"""One browser's connection: dialects, order, and clients that misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import msgpack  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transports.browser.transport import BrowserTransport
from transports.connection import ConnectionLimits
from transports.hooks import Hooks
from transports.pacer import Pacer
from transports.socket import Gone
from vantum.core.events import (
    ErrorReported,
    Event,
    SessionStarted,
    Transcript,
    UtteranceEnded,
    UtteranceStarted,
)

Message = dict[str, object]


@dataclass
class FakeSocket:
    """A connection in memory."""

    incoming: asyncio.Queue[bytes | str | Gone] = field(default_factory=asyncio.Queue)
    sent: list[Message] = field(default_factory=list)
    stuck: bool = False
    closed: list[tuple[int, str]] = field(default_factory=list)
    aborted: bool = False

    async def receive(self) -> bytes | str:
        message = await self.incoming.get()
        if isinstance(message, Gone):
            raise message
        return message

    def deliver(self, take: Callable[[bytes | str], None]) -> None:
        pass

    def write_now(self, message: bytes | str) -> bool:
        return False

    async def send(self, message: bytes | str) -> None:
        assert isinstance(message, bytes)
        if self.stuck:
            await asyncio.Event().wait()
        self.sent.append(msgpack.unpackb(message))

    async def close(self, code: int, reason: str) -> None:
        self.closed.append((code, reason))

    def abort(self) -> None:
        self.aborted = True


class Listener:
    """Keeps what the transport hands to the call."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.heard: list[tuple[int, int]] = []

    def publish(self, event: Event) -> None:
        self.events.append(event)

    def caller_audio(self, pcm: bytes, rate: int, at: float) -> None:
        self.heard.append((len(pcm), rate))

    def bot_audio(self, pcm: bytes, rate: int, at: float) -> None:
        raise AssertionError("nothing is played here")

    def bot_cut(self, at: float) -> None:
        raise AssertionError("nothing is cut here")


def connected(limits: ConnectionLimits | None = None) -> tuple[FakeSocket, BrowserTransport, Listener]:
    socket, listener = FakeSocket(), Listener()
    transport = BrowserTransport(socket, output_rate=48_000, limits=limits)
    transport.ends(Hooks(listener.publish, listener, Pacer()))
    return socket, transport, listener


def message(event_type: str, **payload: object) -> bytes:
    packed: bytes = msgpack.packb(
        {"eventType": event_type, "eventId": "e", "sessionId": "old", "payload": payload}
    )
    return packed


async def told(*messages: bytes | str | Gone, leave: int = 1000) -> tuple[list[Message], Listener, str]:
    """What a client that sends ``messages`` and leaves is sent."""
    socket, transport, listener = connected()
    for each in (*messages, Gone(leave)):
        socket.incoming.put_nowait(each)
    reason = await transport.serve()
    await transport.close(reason)
    return socket.sent, listener, reason


def names(messages: list[Message]) -> list[object]:
    return [each["eventType"] for each in messages]


async def test_both_acks_are_sent_before_anything_is_received() -> None:
    sent, _, _ = await told()
    assert names(sent) == ["connection.ack", "connection.lifecycle.ack"]
    assert len({each["sessionId"] for each in sent}) == 1


@pytest.mark.parametrize(
    ("code", "reason"), [(1000, "client left"), (1001, "client left"), (1006, "connection lost")]
)
async def test_how_a_client_left_is_told_in_words(code: int, reason: str) -> None:
    assert (await told(leave=code))[2] == reason


async def test_the_first_message_decides_the_dialect_of_the_connection() -> None:
    socket, transport, _ = connected()
    socket.incoming.put_nowait(message("voicechat.audio.start"))
    serving = asyncio.create_task(transport.serve())
    await asyncio.sleep(0.01)
    transport.tell(UtteranceStarted("u"))
    transport.tell(UtteranceEnded("u", "hi", interrupted=True))
    transport.tell(ErrorReported("tts", "failed", retryable=True))
    socket.incoming.put_nowait(message("audio.input.start"))
    await asyncio.sleep(0.01)
    transport.tell(UtteranceStarted("v"))
    transport.tell(UtteranceEnded("v", "hi", interrupted=False))
    socket.incoming.put_nowait(Gone(1000))
    await serving
    assert names(socket.sent)[2:] == [
        "voicechat.audio.start",
        "voicechat.response.start",
        "voicechat.response.interrupt",
        "voicechat.error",
        "audio.input.start",
        "voicechat.response.start",
        "voicechat.response.complete",
    ]


async def test_an_undecodable_message_decides_no_dialect() -> None:
    sent, _, _ = await told(b"\xc1", message("voicechat.audio.start"), "text")
    assert names(sent)[2:] == ["error.system.unknown", "voicechat.audio.start", "error.error"]
    assert sent[-1]["requestType"] == "error.unknown"


async def test_acks_echo_what_the_client_sent() -> None:
    sent, _, _ = await told(message("audio.input.start"), message("audio.input.end"))
    assert [(each["eventId"], each["sessionId"]) for each in sent[2:]] == [("e", "old")] * 2


async def test_audio_before_the_start_makes_the_session_active_at_16_khz() -> None:
    _, listener, _ = await told(message("audio.input.chunk", audio=bytes(640)))
    assert listener.events == [SessionStarted()]
    assert listener.heard == [(640, 16_000)]


async def test_the_rate_is_the_clients_and_a_second_start_changes_nothing_else() -> None:
    _, listener, _ = await told(
        message("audio.input.start", samplingRate=44_100, language="de", voiceId="v"),
        message("audio.input.chunk", audio=bytes(10)),
        message("audio.input.start", samplingRate=8_000),
        message("audio.input.chunk", audio=bytes(10)),
    )
    assert listener.events == [SessionStarted("de", "v")]
    assert listener.heard == [(10, 44_100), (10, 8_000)]


async def test_muted_audio_is_dropped_and_chunks_are_not_acknowledged() -> None:
    sent, listener, _ = await told(message("audio.input.chunk", audio=bytes(10), isMuted=True))
    assert listener.heard == []
    assert len(sent) == 2


async def test_a_reader_too_slow_is_cut_off() -> None:
    socket, transport, _ = connected(ConnectionLimits(backlog_bytes=10_000))
    socket.stuck = True
    serving = asyncio.create_task(transport.serve())
    await asyncio.sleep(0.01)
    for _ in range(20):
        transport.play("u", bytes(1_000), 48_000)
    assert await serving == "client read too slowly"
    assert socket.aborted


async def test_a_client_that_reads_nothing_at_the_end_is_dropped_after_a_while() -> None:
    socket, transport, _ = connected()
    socket.stuck = True
    transport.tell(Transcript("hello", final=True))
    began = asyncio.get_running_loop().time()
    await transport.close("the server is shutting down")
    assert asyncio.get_running_loop().time() - began == pytest.approx(2.0)
    assert socket.aborted


async def test_a_silent_client_is_closed() -> None:
    socket, transport, _ = connected(ConnectionLimits(idle_seconds=30.0))
    reason = await transport.serve()
    await transport.close(reason)
    assert (reason, socket.closed) == (
        "nothing was sent for too long",
        [(1001, "nothing was sent for too long")],
    )


async def test_too_many_messages_are_an_error_and_a_close() -> None:
    socket, transport, _ = connected(ConnectionLimits(messages_per_second=5))
    for _ in range(6):
        socket.incoming.put_nowait(message("audio.input.chunk", audio=b""))
    reason = await transport.serve()
    await transport.close(reason)
    assert names(socket.sent)[-1] == "error.system.transport"
    assert socket.closed == [(1008, "too many messages")]


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
events = st.sampled_from(
    ["audio.input.start", "audio.input.chunk", "audio.input.end", "voicechat.audio.start", "a.b.c", "x", ""]
)
shaped = st.fixed_dictionaries(
    {"eventType": events | values, "eventId": st.text() | values, "payload": values},
    optional={"sessionId": values, "extra": values},
).map(lambda value: msgpack.packb(value, unicode_errors="surrogatepass"))


@settings(deadline=None, max_examples=150)
@given(st.lists(st.binary(max_size=64) | st.text(max_size=16) | shaped, max_size=12))
async def test_no_input_ends_a_call_and_each_is_answered_in_order(sent: list[bytes | str]) -> None:
    replies, _, reason = await told(*sent, message("audio.input.end"))
    assert reason == "client left"
    assert replies[-1]["eventType"] == "audio.input.end"
    assert all(each["eventType"] for each in replies)
