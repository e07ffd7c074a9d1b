"""The protocols, as a client sees them: what it sends, and what a message means to it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import msgpack  # type: ignore[import-untyped]
import pipecat.frames.protobufs.frames_pb2 as protobufs
import uuid_utils

from benchmarks.fakes import TTS_SECONDS
from benchmarks.figures import System, Transport
from tests.wire.twilio_server import ACCOUNT_SID

STOCK_RATE = 16_000
BROWSER_RATE = 48_000
PHONE_RATE = 8_000
STREAM_SID = f"MZ{'0' * 32}"


@dataclass(frozen=True, slots=True)
class Ready:
    """The call's pipeline runs: this message came out of its end."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Audio of the bot, ``seconds`` long."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Asked:
    """The server wants to be told when all audio before this has been played; the answer is ``reply``."""

    reply: str


@dataclass(frozen=True, slots=True)
class Cleared:
    """What has not been played is to be thrown away."""


Heard = Ready | Sound | Asked | Cleared | None


class Wire(Protocol):
    """A protocol. ``first_sound`` is how long after the call is set up its greeting is heard: 0 if it has none."""

    first_sound: float

    def opening(self, call_sid: str) -> list[bytes | str]:
        """What the client sends first."""

    def chunk(self, index: int, audio: bytes) -> bytes | str:
        """The message for a chunk of the caller's audio, the same in all calls."""

    def goodbye(self, call_sid: str) -> list[bytes | str]:
        """What the client sends last."""

    def read(self, message: bytes) -> Heard:
        """What a message of the server means; None for what is only shown."""


def wire_of(system: System, transport: Transport) -> Wire:
    """How ``system`` is spoken with."""
    if transport is Transport.TWILIO:
        return TwilioWire()
    return StockWire() if system is System.STOCK else VantumWire()


class VantumWire:
    """The browser protocol: MessagePack."""

    first_sound = 0.0

    def __init__(self) -> None:
        self._session = str(uuid_utils.uuid7())

    def opening(self, call_sid: str) -> list[bytes | str]:
        """Start the session."""
        return [self._packed("audio.input.start", {"samplingRate": BROWSER_RATE})]

    def chunk(self, index: int, audio: bytes) -> bytes:
        """One chunk: PCM16 at 48 kHz."""
        return self._packed("audio.input.chunk", {"audio": audio})

    def goodbye(self, call_sid: str) -> list[bytes | str]:
        """A browser just goes."""
        return []

    def read(self, message: bytes) -> Heard:
        """The first change of state comes from the middle of the pipeline, and so from a started one."""
        event = msgpack.unpackb(message)
        match event["eventType"]:
            case "audio.output.chunk":
                payload = event["payload"]
                return Sound(len(payload["audio"]) / 2 / payload["sampleRate"])
            case "conversation.state.changed":
                return Ready()
            case _:
                return None

    def _packed(self, event_type: str, payload: dict[str, object]) -> bytes:
        message = {
            "eventType": event_type,
            "eventId": str(uuid_utils.uuid7()),
            "sessionId": self._session,
            "payload": payload,
        }
        packed: bytes = msgpack.packb(message)
        return packed


class StockWire:
    """pipecat's frames in Protocol Buffers."""

    first_sound = 0.0

    def opening(self, call_sid: str) -> list[bytes | str]:
        """The server starts by itself."""
        return []

    def chunk(self, index: int, audio: bytes) -> bytes:
        """One audio frame: PCM16 at 16 kHz, the rate that its pipeline takes as it is."""
        frame = protobufs.Frame()  # type: ignore[attr-defined]
        frame.audio.audio = audio
        frame.audio.sample_rate = STOCK_RATE
        frame.audio.num_channels = 1
        packed: bytes = frame.SerializeToString()
        return packed

    def goodbye(self, call_sid: str) -> list[bytes | str]:
        """A browser just goes."""
        return []

    def read(self, message: bytes) -> Heard:
        """Audio, or a message; the server's own says that it is ready."""
        frame = protobufs.Frame.FromString(message)  # type: ignore[attr-defined]
        match frame.WhichOneof("frame"):
            case "audio":
                audio = frame.audio
                return Sound(len(audio.audio) / 2 / audio.num_channels / audio.sample_rate)
            case "message" if json.loads(frame.message.data).get("type") == "ready":
                return Ready()
            case _:
                return None


class TwilioWire:
    """Twilio's media streams: JSON, mu-law in base64. A telephone shows nothing: a greeting tells that all is up."""

    first_sound = TTS_SECONDS

    def opening(self, call_sid: str) -> list[bytes | str]:
        """The stream is connected, and starts."""
        start = {
            "accountSid": ACCOUNT_SID,
            "streamSid": STREAM_SID,
            "callSid": call_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": PHONE_RATE, "channels": 1},
            "customParameters": {},
        }
        connected = {"event": "connected", "protocol": "Call", "version": "1.0.0"}
        return [json.dumps(connected), _event("start", 1, start)]

    def chunk(self, index: int, audio: bytes) -> str:
        """One frame."""
        media = {
            "track": "inbound",
            "chunk": str(index + 1),
            "timestamp": str(20 * index),
            "payload": base64.b64encode(audio).decode(),
        }
        return _event("media", index + 2, media)

    def goodbye(self, call_sid: str) -> list[bytes | str]:
        """The caller hangs up."""
        return [_event("stop", 0, {"accountSid": ACCOUNT_SID, "callSid": call_sid})]

    def read(self, message: bytes) -> Heard:
        """Audio, a mark to give back, or a clear."""
        event = json.loads(message)
        match event["event"]:
            case "media":
                return Sound(len(base64.b64decode(event["media"]["payload"])) / PHONE_RATE)
            case "mark":
                return Asked(_event("mark", 0, event["mark"]))
            case "clear":
                return Cleared()
            case _:
                return None


def _event(name: str, sequence: int, facts: Mapping[str, object]) -> str:
    return json.dumps({"event": name, "sequenceNumber": str(sequence), "streamSid": STREAM_SID, name: facts})
