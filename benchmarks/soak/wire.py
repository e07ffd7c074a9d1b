"""The browser protocol as a caller of the soak needs it, with what it takes to come back to a call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import msgpack  # type: ignore[import-untyped]
import uuid_utils

from benchmarks.conversation.speech import RATE
from benchmarks.conversation.voice import Pcm

SAMPLE_BYTES = 2
START = "audio.input.start"


@dataclass(frozen=True, slots=True)
class Greeting:
    """The server greets a connection; ``token`` is what its client may come back with."""

    session_id: str
    token: str | None


@dataclass(frozen=True, slots=True)
class Begun:
    """The session runs: another one, or the one that the client came back to."""

    resumed: bool


@dataclass(frozen=True, slots=True)
class Sound:
    """A chunk of the bot's sound of so many seconds."""

    utterance_id: str
    seconds: float


@dataclass(frozen=True, slots=True)
class GoesOn:
    """What was paused is said on, under another id: it answers nothing."""

    utterance_id: str


@dataclass(frozen=True, slots=True)
class Wipe:
    """Nothing that still waits is to be played."""


Told = Greeting | Begun | Sound | GoesOn | Wipe
ToldT = TypeVar("ToldT", Greeting, Begun)


def start(back_to: Greeting | None = None) -> bytes:
    """Begin a session, or come back to the one in which the client was greeted like this."""
    payload: dict[str, object] = {"samplingRate": RATE}
    if back_to is None:
        return _packed(START, payload, None)
    return _packed(START, payload | {"resumeToken": back_to.token}, back_to.session_id)


def chunk(pcm: Pcm) -> bytes:
    """A chunk of the caller's sound."""
    return _packed("audio.input.chunk", {"audio": pcm.tobytes()}, None)


def read(message: bytes) -> Told | None:
    """What a message of the server means; None for what is only shown."""
    event = msgpack.unpackb(message)
    payload = event["payload"]
    match event["eventType"]:
        case "connection.lifecycle.ack":
            return Greeting(event["sessionId"], payload.get("resumeToken"))
        case name if name == START:
            return Begun(bool(payload.get("resumed")))
        case "audio.output.chunk":
            return Sound(payload["utteranceId"], len(payload["audio"]) / SAMPLE_BYTES / payload["sampleRate"])
        case "conversation.response.resumed":
            return GoesOn(payload["speechId"])
        case "audio.output.cancel":
            return Wipe()
        case _:
            return None


def _packed(event_type: str, payload: dict[str, object], session_id: str | None) -> bytes:
    message = {"eventType": event_type, "eventId": str(uuid_utils.uuid7()), "payload": payload}
    if session_id is not None:
        message["sessionId"] = session_id
    packed: bytes = msgpack.packb(message)
    return packed
