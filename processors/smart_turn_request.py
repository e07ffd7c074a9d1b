"""What the server asks the end-of-turn model, and what it answers, as bytes."""

from __future__ import annotations

import struct

from vantum.core.audio import MAX_RATE, MIN_RATE

_RATE = struct.Struct(">I")
_PROBABILITY = struct.Struct(">d")


def pack_turn(pcm: bytes, rate: int) -> bytes:
    """A turn (PCM16, mono, ``rate`` Hz) as the payload of a request."""
    return _RATE.pack(rate) + pcm


def unpack_turn(request: bytes) -> tuple[bytes, int]:
    """The turn of a request, and its rate; ValueError if it is none."""
    rate = int.from_bytes(request[: _RATE.size], "big")
    if not MIN_RATE <= rate <= MAX_RATE:
        raise ValueError(f"a rate of {rate} Hz; from {MIN_RATE} to {MAX_RATE} are heard")
    return request[_RATE.size :], rate


def pack_probability(probability: float) -> bytes:
    """An answer as a payload."""
    return _PROBABILITY.pack(probability)


def unpack_probability(answer: bytes) -> float:
    """The probability of an answer, 0..1."""
    (probability,) = _PROBABILITY.unpack(answer)
    return float(probability)
