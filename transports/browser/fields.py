"""The fields of a client's message, read and checked one by one.

Each reader returns a value that is allowed or raises ``ProtocolError`` with a sentence that names the field
and what is allowed in it. In the optional fields nil counts as absent: a JavaScript client packs a property
that is undefined as nil.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vantum.core.errors import ProtocolError

MIN_SAMPLING_RATE: Final = 8_000
MAX_SAMPLING_RATE: Final = 48_000


def payload(envelope: Mapping[str, object]) -> dict[str, object]:
    """Return the map that every message carries, empty or not."""
    value = envelope.get("payload")
    if not isinstance(value, dict):
        raise ProtocolError(f"payload must be a map, not {kind(value)}.")
    return value


def text(holder: Mapping[str, object], name: str) -> str | None:
    """Return an optional string of the envelope or the payload."""
    value = holder.get(name)
    if value is None or isinstance(value, str):
        return value
    raise ProtocolError(f"{name} must be a string, not {kind(value)}.")


def muted(payload: Mapping[str, object]) -> bool:
    """Return whether a chunk was recorded while the client was muted; by default it was not."""
    value = payload.get("isMuted")
    if value is None or isinstance(value, bool):
        return bool(value)
    raise ProtocolError(f"isMuted must be a boolean, not {kind(value)}.")


def sampling_rate(payload: Mapping[str, object]) -> int | None:
    """Return the rate in hertz of the audio to come. JavaScript may send a whole number as a float."""
    value = payload.get("samplingRate")
    if value is None:
        return None
    # To Python a bool is an int. The range is asked before int(): NaN and infinity do not get past it.
    if (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and MIN_SAMPLING_RATE <= value <= MAX_SAMPLING_RATE
        and value == int(value)
    ):
        return int(value)
    allowed = f"a whole number from {MIN_SAMPLING_RATE} to {MAX_SAMPLING_RATE}"
    raise ProtocolError(f"samplingRate must be {allowed}, not {kind(value)}.")


def audio(payload: Mapping[str, object]) -> bytes:
    """Return a chunk's samples: PCM16LE mono, whole ones, possibly none."""
    value = payload.get("audio")
    if not isinstance(value, bytes):
        raise ProtocolError(f"audio must be binary (PCM16LE mono), not {kind(value)}.")
    if len(value) % 2:
        # Half a sample would shift all that follow by a byte: noise for the rest of the call.
        raise ProtocolError(f"audio must be an even number of bytes (PCM16LE mono), not {len(value)}.")
    return value


def kind(value: object) -> str:
    """Say in words what was found where something else is allowed; never repeats a text of the client's."""
    match value:
        case None:
            return "absent"
        case bool():
            return "a boolean"
        case int() | float():
            return f"the number {value}"
        case str():
            return "a string"
        case bytes():
            return "binary"
        case dict():
            return "a map"
        case ():
            return "an array"
        case _:
            return "an extension"
