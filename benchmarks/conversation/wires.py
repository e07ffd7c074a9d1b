"""The two protocols as a caller needs them: the chunks of the bot's sound, and when what waits is wiped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import msgpack  # type: ignore[import-untyped]
import numpy as np
import pipecat.frames.protobufs.frames_pb2 as protobufs
import uuid_utils

from benchmarks.conversation.speech import RATE
from benchmarks.conversation.voice import Pcm


@dataclass(frozen=True, slots=True)
class Sound:
    """A chunk of the bot's sound."""

    pcm: Pcm
    rate: int
    utterance_id: str = ""


@dataclass(frozen=True, slots=True)
class Wipe:
    """Nothing that still waits is to be played."""


class Wire(Protocol):
    """A protocol."""

    def opening(self) -> list[bytes]:
        """What the client sends first."""

    def chunk(self, pcm: Pcm) -> bytes:
        """The message for a chunk of the caller's sound."""

    def read(self, message: bytes) -> Sound | Wipe | None:
        """What a message of the server means; None for what is only shown."""


class VantumWire:
    """The browser protocol: MessagePack."""

    def opening(self) -> list[bytes]:
        """Start the session."""
        return [self._packed("audio.input.start", {"samplingRate": RATE})]

    def chunk(self, pcm: Pcm) -> bytes:
        """One chunk."""
        return self._packed("audio.input.chunk", {"audio": pcm.tobytes()})

    def read(self, message: bytes) -> Sound | Wipe | None:
        """Chunks and cancels."""
        event = msgpack.unpackb(message)
        match event["eventType"]:
            case "audio.output.chunk":
                payload = event["payload"]
                pcm = np.frombuffer(payload["audio"], "<i2")
                return Sound(pcm, payload["sampleRate"], payload["utteranceId"])
            case "audio.output.cancel":
                return Wipe()
            case _:
                return None

    def _packed(self, event_type: str, payload: dict[str, object]) -> bytes:
        message = {"eventType": event_type, "eventId": str(uuid_utils.uuid7()), "payload": payload}
        packed: bytes = msgpack.packb(message)
        return packed


class StockWire:
    """pipecat's frames in Protocol Buffers."""

    def opening(self) -> list[bytes]:
        """The server starts by itself."""
        return []

    def chunk(self, pcm: Pcm) -> bytes:
        """One audio frame."""
        frame = protobufs.Frame()  # type: ignore[attr-defined]
        frame.audio.audio = pcm.tobytes()
        frame.audio.sample_rate = RATE
        frame.audio.num_channels = 1
        packed: bytes = frame.SerializeToString()
        return packed

    def read(self, message: bytes) -> Sound | Wipe | None:
        """Audio, and the interruption, at which pipecat's own clients drop what they hold."""
        frame = protobufs.Frame.FromString(message)  # type: ignore[attr-defined]
        match frame.WhichOneof("frame"):
            case "audio":
                return Sound(np.frombuffer(frame.audio.audio, "<i2"), frame.audio.sample_rate)
            case "interruption":
                return Wipe()
            case _:
                return None
