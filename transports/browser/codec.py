"""Bytes of the browser's WebSocket to requests, and events to bytes: one MessagePack map a message.

The law kept here: whatever the bytes are, ``decode`` returns a request or raises ``BadMessage``, which
``error_reply`` answers. Times are float64 milliseconds, even when whole: a browser reads a 64-bit integer as
a BigInt, which throws when a client calculates with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgpack  # type: ignore[import-untyped]

from transports.browser import fields
from transports.browser.dialect import (
    NAMES,
    REQUESTS,
    UNREADABLE_REQUEST,
    Asked,
    Cancel,
    Dialect,
    dialect_of,
    error_name,
)
from vantum.core.errors import ProtocolError
from vantum.core.events import (
    ErrorReported,
    ProviderSwitched,
    StateChanged,
    Transcript,
    TurnLatency,
    WordsSpoken,
)

# Only audio is long, and the server bounds the message that holds it.
MAX_ENTRIES: Final = 1_024
MAX_TEXT_BYTES: Final = 65_536
MAX_EXTENSION_BYTES: Final = 1_024
SHOWN_NAME_LENGTH: Final = 64

MILLISECONDS: Final = 1_000.0


@dataclass(frozen=True, slots=True)
class Start:
    """The client starts the session. ``None`` where it leaves the choice to the server; the rate is in hertz."""

    event_type: str
    event_id: str
    session_id: str | None
    dialect: Dialect
    sampling_rate: int | None = None
    language: str | None = None
    voice: str | None = None
    resume_token: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Audio of the caller: PCM16LE mono, whole samples, possibly none."""

    event_type: str
    event_id: str | None
    session_id: str | None
    dialect: Dialect
    audio: bytes
    muted: bool


@dataclass(frozen=True, slots=True)
class End:
    """The caller ended the turn by hand."""

    event_type: str
    event_id: str
    session_id: str | None
    dialect: Dialect


Request = Start | Chunk | End


class BadMessage(ProtocolError):  # noqa: N818 - the fault is the client's, and it is answered
    """A message that is no request.

    ``event_type`` is ``None`` when it could not be read as a message with a name, an id and a session;
    ``dialect`` is ``None`` when not even the name could be read.
    """

    def __init__(self, message: str, event_type: str | None = None, dialect: Dialect | None = None) -> None:
        super().__init__(message, event_type)
        self.dialect = dialect


@dataclass(frozen=True, slots=True)
class Ids:
    """What names a message on the wire: an id of its own and its session's, both UUIDv7."""

    event_id: str
    session_id: str


# --- client to server -------------------------------------------------------------------------------


def decode(message: bytes | str) -> Request:
    """Read one WebSocket message. Raises ``BadMessage`` and nothing else."""
    envelope = _unpack(message)
    event_type = envelope.get("eventType")
    if not isinstance(event_type, str):
        raise BadMessage(f"eventType must be a string, not {fields.kind(event_type)}.")
    dialect = dialect_of(event_type)
    try:
        event_id, session_id = fields.text(envelope, "eventId"), fields.text(envelope, "sessionId")
    except ProtocolError as flaw:
        raise BadMessage(str(flaw), dialect=dialect) from None
    try:
        return _request(event_type, event_id, session_id, dialect, envelope)
    except ProtocolError as flaw:
        raise BadMessage(str(flaw), event_type, dialect) from None


def _request(
    event_type: str,
    event_id: str | None,
    session_id: str | None,
    dialect: Dialect,
    envelope: dict[str, object],
) -> Request:
    asked = _known(event_type, dialect)
    payload = fields.payload(envelope)
    if asked is Asked.CHUNK:
        audio, muted = fields.audio(payload), fields.muted(payload)
        return Chunk(event_type, event_id, session_id, dialect, audio, muted)
    if event_id is None:
        raise ProtocolError("eventId must be a string, which the acknowledgement repeats; it is absent.")
    if asked is Asked.END:
        return End(event_type, event_id, session_id, dialect)
    rate = fields.sampling_rate(payload)
    language, voice = fields.text(payload, "language"), fields.text(payload, "voiceId")
    token = fields.text(payload, "resumeToken")
    return Start(event_type, event_id, session_id, dialect, rate, language, voice, token)


def _unpack(message: bytes | str) -> dict[str, object]:
    if isinstance(message, str):
        raise BadMessage("A text frame was sent; send one MessagePack map in a binary frame.")
    try:
        envelope: object = msgpack.unpackb(
            message,
            list_hook=_forget,
            max_array_len=MAX_ENTRIES,
            max_map_len=MAX_ENTRIES,
            max_str_len=MAX_TEXT_BYTES,
            max_ext_len=MAX_EXTENSION_BYTES,
        )
    except ValueError as error:
        why = str(error) or type(error).__name__
        raise BadMessage(f"The frame must hold one MessagePack map and nothing else: {why}") from None
    if not isinstance(envelope, dict):
        raise BadMessage(f"The frame must hold one MessagePack map, not {fields.kind(envelope)}.")
    return envelope


def _forget(_: list[object]) -> tuple[()]:
    """Drop an array once it is read: the protocol has none, and a message can hold a million of them."""
    return ()


def _known(event_type: str, dialect: Dialect) -> Asked:
    asked = REQUESTS.get(event_type)
    if asked is None:
        allowed = ", ".join(NAMES[dialect].asked.values())
        raise ProtocolError(f"Unknown event {event_type[:SHOWN_NAME_LENGTH]!r}; a client may send {allowed}.")
    return asked


# --- server to client -------------------------------------------------------------------------------


def connected(dialect: Dialect, ids: Ids, resume_token: str | None = None) -> bytes:
    """Greet a new connection; send one for each dialect of ``GREETING_ORDER``, each with its own event id.

    With ``resume_token`` a client whose connection is lost comes back to its call.
    """
    token = {} if resume_token is None else {"resumeToken": resume_token}
    return _pack(NAMES[dialect].connected, ids, {"success": True, **token})


def acknowledge(request: Start | End, session_id: str, *, resumed: bool = False) -> bytes:
    """Repeat a request's name, id and session; ``session_id`` stands in where the client sent none.

    ``resumed`` tells a client that it is back in the call that it had.
    """
    echoed = session_id if request.session_id is None else request.session_id
    payload = {"success": True, "resumed": True} if resumed else {"success": True}
    return _pack(request.event_type, Ids(request.event_id, echoed), payload)


def speech_started(dialect: Dialect, ids: Ids, utterance_id: str, timestamp_ms: float) -> bytes:
    """Announce the audio of a bot turn."""
    return _pack(NAMES[dialect].speech_start, ids, _moment(utterance_id, timestamp_ms))


def speech_chunk(dialect: Dialect, ids: Ids, utterance_id: str, audio: bytes, sample_rate: int) -> bytes:
    """Pack a piece of a bot turn's audio: PCM16LE mono at ``sample_rate`` hertz."""
    payload = {"audio": audio, "utteranceId": utterance_id, "sampleRate": sample_rate}
    return _pack(NAMES[dialect].speech_chunk, ids, payload)


def speech_completed(dialect: Dialect, ids: Ids, utterance_id: str) -> bytes:
    """Say that all audio of a bot turn was sent."""
    return _pack(NAMES[dialect].speech_complete, ids, {"utteranceId": utterance_id})


def speech_cancelled(dialect: Dialect, ids: Ids, utterance_id: str, cause: Cancel) -> bytes:
    """Tell the client to stop playing a bot turn."""
    return _pack(NAMES[dialect].speech_cancel[cause], ids, {"utteranceId": utterance_id})


def transcript(dialect: Dialect, ids: Ids, heard: Transcript, timestamp_ms: float) -> bytes:
    """Pack the caller's words."""
    names = NAMES[dialect]
    payload = {
        "transcript": heard.text,
        "confidence": float(heard.confidence),
        "timestamp": float(timestamp_ms),
        "language": heard.language,
    }
    return _pack(names.transcript_final if heard.final else names.transcript_interim, ids, payload)


def response_started(dialect: Dialect, ids: Ids, utterance_id: str, timestamp_ms: float) -> bytes | None:
    """Say that the bot has the turn."""
    return _pack_known(NAMES[dialect].response_start, ids, _moment(utterance_id, timestamp_ms))


def response_completed(dialect: Dialect, ids: Ids, utterance_id: str) -> bytes | None:
    """Say that the bot's turn is over."""
    return _pack_known(NAMES[dialect].response_complete, ids, {"utteranceId": utterance_id})


def response_words(dialect: Dialect, ids: Ids, spoken: WordsSpoken, timestamp_ms: float) -> bytes | None:
    """Pack the bot's words that are being played."""
    payload: Mapping[str, object] = {
        "utteranceId": spoken.utterance_id,
        "text": spoken.text,
        "timestamp": float(timestamp_ms),
    }
    return _pack_known(NAMES[dialect].response_words, ids, payload)


def response_paused(dialect: Dialect, ids: Ids, utterance_id: str, timestamp_ms: float) -> bytes | None:
    """Say that the bot's turn stands still; it goes on or is completed."""
    return _pack_known(NAMES[dialect].response_paused, ids, _moment(utterance_id, timestamp_ms))


def response_resumed(
    dialect: Dialect, ids: Ids, utterance_id: str, speech_id: str, timestamp_ms: float
) -> bytes | None:
    """Say that the bot's turn goes on; its audio now has the utterance id ``speech_id``."""
    payload = {**_moment(utterance_id, timestamp_ms), "speechId": speech_id}
    return _pack_known(NAMES[dialect].response_resumed, ids, payload)


def turn_latency(dialect: Dialect, ids: Ids, latency: TurnLatency) -> bytes | None:
    """Pack a turn's way from the end of the caller's speech to each stage, in milliseconds.

    The stages of an answer that was drafted may be before the commit, and below zero.
    """
    stages = {stage.value: seconds * MILLISECONDS for stage, seconds in latency.seconds.items()}
    payload: Mapping[str, object] = {
        "turn": latency.turn,
        "stages": stages,
        "drafted": latency.drafted,
        "providers": latency.providers,
    }
    return _pack_known(NAMES[dialect].turn_latency, ids, payload)


def provider_switched(dialect: Dialect, ids: Ids, switch: ProviderSwitched) -> bytes | None:
    """Say who does a job from here on; not the problem, which is in the words of the provider before."""
    payload = {
        "kind": switch.kind,
        "provider": switch.provider,
        "previous": switch.previous,
        "fault": None if switch.fault is None else str(switch.fault),
    }
    return _pack_known(NAMES[dialect].provider_switched, ids, payload)


def state_changed(dialect: Dialect, ids: Ids, change: StateChanged, timestamp_ms: float) -> bytes | None:
    """Say who has the floor now, and who had it."""
    payload = {
        "from": change.previous.value,
        "to": change.state.value,
        "timestamp": float(timestamp_ms),
    }
    return _pack_known(NAMES[dialect].state_changed, ids, payload)


def error_reply(bad: BadMessage, dialect: Dialect, ids: Ids) -> bytes:
    """Answer a message that is no request, in the dialect of the connection."""
    if bad.event_type is None:
        return _pack(NAMES[dialect].unreadable, ids, {"message": str(bad)}, UNREADABLE_REQUEST)
    return _pack(error_name(bad.event_type), ids, {"message": str(bad)}, bad.event_type)


def refusal(request: Request, message: str, ids: Ids) -> bytes:
    """Answer a good request that cannot be served; ``message`` says why."""
    return _pack(error_name(request.event_type), ids, {"message": message}, request.event_type)


def failure(dialect: Dialect, ids: Ids, error: ErrorReported) -> bytes:
    """Report what no request caused."""
    event_type = NAMES[dialect].failure.format(source=error.source)
    payload = {"errorType": error.source, "message": error.message, "retryable": error.retryable}
    return _pack(event_type, ids, payload)


def _moment(utterance_id: str, timestamp_ms: float) -> dict[str, object]:
    return {"utteranceId": utterance_id, "timestamp": float(timestamp_ms)}


def _pack_known(event_type: str | None, ids: Ids, payload: Mapping[str, object]) -> bytes | None:
    return None if event_type is None else _pack(event_type, ids, payload)


def _pack(event_type: str, ids: Ids, payload: Mapping[str, object], request_type: str | None = None) -> bytes:
    message: dict[str, object] = {
        "eventType": event_type,
        "eventId": ids.event_id,
        "sessionId": ids.session_id,
    }
    if request_type is not None:
        message["requestType"] = request_type
    message["payload"] = payload
    # A language model can stream half of a surrogate pair, which UTF-8 cannot hold.
    packed: bytes = msgpack.packb(message, unicode_errors="replace")
    return packed
