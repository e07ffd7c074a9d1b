"""The two protocols, as a client sees them: what it sends, and what a message means to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Protocol

import msgpack  # type: ignore[import-untyped]
import pipecat.frames.protobufs.frames_pb2 as protobufs
import uuid_utils

from benchmarks.script import RATE


@dataclass(frozen=True, slots=True)
class Ready:
    """The call's pipeline runs: this message came out of its end."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Audio of the bot, ``seconds`` long."""

    seconds: float


class Wire(Protocol):
    """A protocol."""

    def opening(self) -> list[bytes]:
        """What the client sends first."""

    def chunk(self, pcm: bytes) -> bytes:
        """The message for a chunk of the caller's audio."""

    def read(self, message: bytes) -> Ready | Sound | None:
        """What a message of the server means; None for what is only shown."""


class VantumWire:
    """The browser protocol: MessagePack."""

    def __init__(self) -> None:
        self._session = str(uuid_utils.uuid7())

    def opening(self) -> list[bytes]:
        """Start the session."""
        return [self._packed("audio.input.start", {"samplingRate": RATE})]

    def chunk(self, pcm: bytes) -> bytes:
        """One chunk."""
        return self._packed("audio.input.chunk", {"audio": pcm})

    def read(self, message: bytes) -> Ready | Sound | None:
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

    def opening(self) -> list[bytes]:
        """The server starts by itself."""
        return []

    def chunk(self, pcm: bytes) -> bytes:
        """One audio frame."""
        frame = protobufs.Frame()  # type: ignore[attr-defined]
        frame.audio.audio = pcm
        frame.audio.sample_rate = RATE
        frame.audio.num_channels = 1
        packed: bytes = frame.SerializeToString()
        return packed

    def read(self, message: bytes) -> Ready | Sound | None:
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
