"""The load speaks the protocols of the servers."""

from __future__ import annotations

import json

from pipecat.frames.frames import (
    InputAudioRawFrame,
    OutputAudioRawFrame,
    OutputTransportMessageUrgentFrame,
)
from pipecat.serializers.protobuf import ProtobufFrameSerializer

from benchmarks.figures import System, Transport
from benchmarks.stock_server import READY
from benchmarks.ways import new_call_sid
from benchmarks.wires import Asked, Cleared, Ready, Sound, StockWire, TwilioWire, VantumWire, wire_of
from transports.browser import codec
from transports.browser.codec import Chunk, Ids, Start
from transports.browser.dialect import Dialect
from transports.twilio import codec as twilio
from vantum.core.events import ConversationState, StateChanged


def test_the_client_speaks_the_browser_protocol() -> None:
    wire = VantumWire()
    [opening] = wire.opening("")
    assert isinstance(opening, bytes)
    start = codec.decode(opening)
    assert isinstance(start, Start)
    assert start.sampling_rate == 48_000
    chunk = codec.decode(wire.chunk(0, bytes(1920)))
    assert isinstance(chunk, Chunk)
    assert chunk.audio == bytes(1920)
    ids = Ids("event", "session")
    assert wire.read(codec.speech_chunk(Dialect.CURRENT, ids, "u", bytes(3840), 48_000)) == Sound(0.04)
    changed = StateChanged(ConversationState.INITIALIZING, ConversationState.LISTENING)
    assert wire.read(codec.state_changed(Dialect.CURRENT, ids, changed, 0.0) or b"") == Ready()
    assert wire.read(codec.connected(Dialect.CURRENT, ids)) is None
    assert wire.goodbye("") == []


async def test_the_client_speaks_protocol_buffers() -> None:
    wire, serializer = StockWire(), ProtobufFrameSerializer()
    frame = await serializer.deserialize(wire.chunk(0, bytes(640)))
    assert isinstance(frame, InputAudioRawFrame)
    assert (frame.audio, frame.sample_rate) == (bytes(640), 16_000)
    audio = await serializer.serialize(OutputAudioRawFrame(bytes(1920), 24_000, 1))
    ready = await serializer.serialize(OutputTransportMessageUrgentFrame(message=READY))
    other = await serializer.serialize(OutputTransportMessageUrgentFrame(message={"type": "bot-ready"}))
    assert isinstance(audio, bytes)
    assert isinstance(ready, bytes)
    assert isinstance(other, bytes)
    assert [wire.read(message) for message in (audio, ready, other)] == [Sound(0.04), Ready(), None]
    assert wire.opening("") == []


def test_the_client_speaks_as_twilio_does() -> None:
    wire, sid = TwilioWire(), new_call_sid()
    connected, started = (twilio.decode(message) for message in wire.opening(sid))
    assert isinstance(connected, twilio.Connected)
    assert isinstance(started, twilio.Start)
    assert (started.call_sid, started.rate) == (sid, 8_000)
    media = twilio.decode(wire.chunk(3, bytes(160)))
    assert media == twilio.Media(bytes(160), 60, "inbound")
    [stopped] = (twilio.decode(message) for message in wire.goodbye(sid))
    assert stopped == twilio.Stop(sid)
    stream = started.stream_sid
    assert wire.read(twilio.media(stream, bytes(320)).encode()) == Sound(0.04)
    assert wire.read(twilio.clear(stream).encode()) == Cleared()
    assert wire.read(json.dumps({"event": "else"}).encode()) is None
    asked = wire.read(twilio.mark(stream, "m1").encode())
    assert isinstance(asked, Asked)
    assert twilio.decode(asked.reply) == twilio.Mark("m1")


def test_each_system_is_spoken_with_in_its_own_way() -> None:
    assert isinstance(wire_of(System.STOCK, Transport.BROWSER), StockWire)
    assert isinstance(wire_of(System.FLOOR, Transport.BROWSER), VantumWire)
    assert all(isinstance(wire_of(system, Transport.TWILIO), TwilioWire) for system in System)
