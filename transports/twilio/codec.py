"""Text of Twilio's Media Streams to events, and audio, marks and clears to text: one JSON object a message.

The law kept here: whatever the message is, ``decode`` returns an event or raises ``BadMessage``, and an event
that we do not know is ``Unknown``, never silence. Nothing but media, mark and clear may be sent: Twilio ends the
stream with error 31924 for anything else. Source: twilio.com/docs/voice/media-streams/websocket-messages.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NoReturn

from vantum.core.errors import ProtocolError

MAX_PAYLOAD_BYTES: Final = 64 * 1_024
MAX_TEXT_BYTES: Final = 4 * 1_024
MAX_PARAMETERS: Final = 64
MAX_NUMBER: Final = 2**53
SHOWN_UNKNOWN_LENGTH: Final = 500

_MAX_PAYLOAD_LENGTH: Final = (MAX_PAYLOAD_BYTES + 2) // 3 * 4
_MAX_DIGITS: Final = len(str(MAX_NUMBER))


@dataclass(frozen=True, slots=True)
class Connected:
    """The WebSocket is open; the first message of all."""

    protocol: str
    version: str


@dataclass(frozen=True, slots=True)
class Start:
    """The stream begins. ``stream_sid`` is ASCII letters and digits; ``rate`` is in hertz.

    ``parameters`` are those of the TwiML's ``<Parameter>``; ``encoding`` is ``audio/x-mulaw`` on every phone call.
    """

    stream_sid: str
    call_sid: str
    account_sid: str
    parameters: Mapping[str, str]
    encoding: str
    rate: int


@dataclass(frozen=True, slots=True)
class Media:
    """Audio of the caller: mu-law, one byte a sample, usually 160; ``timestamp_ms`` counts from the start."""

    payload: bytes
    timestamp_ms: int
    track: str


@dataclass(frozen=True, slots=True)
class Digit:
    """The caller pressed a key."""

    key: str


@dataclass(frozen=True, slots=True)
class Mark:
    """The audio before this mark was played, or was thrown away by a clear."""

    name: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The stream is over; the last message of all."""

    call_sid: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """An event that we do not know; ``raw`` is the message's first 500 characters."""

    raw: str


Event = Connected | Start | Media | Digit | Mark | Stop | Unknown


class BadMessage(ProtocolError):  # noqa: N818 - the fault is the sender's, as in the browser's codec
    """A message that is no event; ``event_type`` is ``None`` when not even its name could be read."""


# --- from Twilio ------------------------------------------------------------------------------------


def decode(message: str | bytes) -> Event:
    """Read one WebSocket message. Raises ``BadMessage`` and nothing else."""
    text, envelope = _unpack(message)
    name = envelope.get("event")
    if not isinstance(name, str):
        raise BadMessage(f"event must be a string, not {_kind(name)}.")
    read = _READERS.get(name)
    if read is None:
        return Unknown(text[:SHOWN_UNKNOWN_LENGTH])
    try:
        return read(envelope)
    except ProtocolError as flaw:
        raise BadMessage(str(flaw), name) from None


def _unpack(message: str | bytes) -> tuple[str, dict[str, object]]:
    try:
        text = message.decode() if isinstance(message, bytes) else message
        if not text.isascii():
            # Half a surrogate pair would fail later, where the text is logged or sent on.
            text.encode()
        value: object = _JSON.decode(text)
    except (ValueError, RecursionError) as error:
        raise BadMessage(f"The message must be one JSON object: {type(error).__name__}.") from None
    if not isinstance(value, dict):
        raise BadMessage(f"The message must be one JSON object, not {_kind(value)}.")
    return text, value


def _refuse_constant(_: str) -> NoReturn:
    raise ValueError


# Made once: json.loads with a hook makes a decoder for each message. NaN and Infinity are no JSON.
_JSON: Final = json.JSONDecoder(parse_constant=_refuse_constant)


def _connected(envelope: dict[str, object]) -> Connected:
    return Connected(_text(envelope, "protocol"), _text(envelope, "version"))


def _start(envelope: dict[str, object]) -> Start:
    start = _map(envelope, "start")
    stream_sid = _text(start, "streamSid")
    # media() writes it into JSON as it is.
    if not (stream_sid.isascii() and stream_sid.isalnum()):
        raise ProtocolError("streamSid must be ASCII letters and digits, at least one.")
    form = _map(start, "mediaFormat")
    return Start(
        stream_sid,
        _text(start, "callSid"),
        _text(start, "accountSid"),
        _parameters(start),
        _text(form, "encoding"),
        _number(form, "sampleRate"),
    )


def _media(envelope: dict[str, object]) -> Media:
    media = _map(envelope, "media")
    return Media(_audio(media), _number(media, "timestamp"), _text(media, "track"))


def _digit(envelope: dict[str, object]) -> Digit:
    return Digit(_text(_map(envelope, "dtmf"), "digit"))


def _mark(envelope: dict[str, object]) -> Mark:
    return Mark(_text(_map(envelope, "mark"), "name"))


def _stop(envelope: dict[str, object]) -> Stop:
    return Stop(_text(_map(envelope, "stop"), "callSid"))


_READERS: Final[Mapping[str, Callable[[dict[str, object]], Event]]] = {
    "media": _media,
    "mark": _mark,
    "dtmf": _digit,
    "connected": _connected,
    "start": _start,
    "stop": _stop,
}


# --- fields: each reader returns an allowed value or raises ProtocolError, which names the field -----


def _map(holder: Mapping[str, object], name: str) -> dict[str, object]:
    value = holder.get(name)
    if not isinstance(value, dict):
        raise ProtocolError(f"{name} must be an object, not {_kind(value)}.")
    return value


def _text(holder: Mapping[str, object], name: str) -> str:
    return _checked_text(holder.get(name), name)


def _checked_text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise ProtocolError(f"{name} must be a string, not {_kind(value)}.")
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        # JSON can escape half of a surrogate pair, which no other text can hold.
        raise ProtocolError(f"{name} holds half of a surrogate pair.") from None
    if size > MAX_TEXT_BYTES:
        raise ProtocolError(f"{name} must be at most {MAX_TEXT_BYTES} bytes, not {size}.")
    return value


def _number(holder: Mapping[str, object], name: str) -> int:
    """Return a whole number from 0 to 2**53; most travel as strings."""
    value = holder.get(name)
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= _MAX_DIGITS:
        value = int(value)
    # To Python a bool is an int. The range is asked before int(): infinity does not get past it.
    if (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and 0 <= value <= MAX_NUMBER
        and value == int(value)
    ):
        return int(value)
    raise ProtocolError(f"{name} must be a whole number from 0 to {MAX_NUMBER}, not {_kind(value)}.")


def _audio(media: Mapping[str, object]) -> bytes:
    value = media.get("payload")
    if not isinstance(value, str):
        raise ProtocolError(f"payload must be a string, not {_kind(value)}.")
    if len(value) > _MAX_PAYLOAD_LENGTH:
        raise ProtocolError(f"payload must be at most {MAX_PAYLOAD_BYTES} bytes of audio.")
    try:
        audio = base64.b64decode(value, validate=True)
    except ValueError:
        raise ProtocolError("payload must be base64.") from None
    # Python 3.11 overlooks a sign of padding too many; later versions do not.
    if len(value) % 4:
        raise ProtocolError("payload must be base64.")
    if len(audio) > MAX_PAYLOAD_BYTES:
        raise ProtocolError(f"payload must be at most {MAX_PAYLOAD_BYTES} bytes of audio.")
    return audio


def _parameters(start: Mapping[str, object]) -> dict[str, str]:
    """Return the custom parameters; a TwiML without any may leave them out."""
    if "customParameters" not in start:
        return {}
    found = _map(start, "customParameters")
    if len(found) > MAX_PARAMETERS:
        raise ProtocolError(f"customParameters must be at most {MAX_PARAMETERS}, not {len(found)}.")
    return {
        _checked_text(name, "A name in customParameters"): _checked_text(value, "A value in customParameters")
        for name, value in found.items()
    }


_KINDS: Final[Mapping[type, str]] = {
    type(None): "absent",
    bool: "a boolean",
    int: "this number",
    float: "this number",
    str: "this string",
    list: "an array",
    dict: "an object",
}


def _kind(value: object) -> str:
    """Say in words what was found where something else is allowed; never repeats what was sent."""
    return _KINDS[type(value)]


# --- to Twilio --------------------------------------------------------------------------------------


def media(stream_sid: str, mulaw: bytes) -> str:
    """Pack audio to play: mu-law at 8000 hertz without a header, of any length.

    ``stream_sid`` is that of a ``Start``: it was checked there, so this hot path need not quote it.
    """
    payload = base64.b64encode(mulaw).decode("ascii")
    return f'{{"event":"media","streamSid":"{stream_sid}","media":{{"payload":"{payload}"}}}}'


def mark(stream_sid: str, name: str) -> str:
    """Pack a mark, which comes back when the audio before it was played or cleared."""
    return _pack({"event": "mark", "streamSid": stream_sid, "mark": {"name": name}})


def clear(stream_sid: str) -> str:
    """Throw away all audio that was sent and not played yet; all pending marks come back at once."""
    return _pack({"event": "clear", "streamSid": stream_sid})


def _pack(message: Mapping[str, object]) -> str:
    return json.dumps(message, separators=(",", ":"))
