"""G.711 mu-law for the stand-in's telephones, by tables of numpy, apart from the product's own codec."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 8000
FRAME_BYTES: Final = 160
SILENCE: Final = 0xFF

Pcm = NDArray[np.int16]

_BIAS: Final = 132
_CLIP: Final = 32635


def _decode_table() -> Pcm:
    code = np.arange(256) ^ 0xFF
    magnitude = (((code & 0x0F) << 3) + _BIAS << ((code & 0x70) >> 4)) - _BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _encode_table() -> NDArray[np.uint8]:
    sample = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    magnitude = np.minimum(np.abs(sample), _CLIP) + _BIAS
    exponent = np.searchsorted(2 ** np.arange(8, 15), magnitude, side="right")
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    code = np.where(sample < 0, 0x80, 0) | (exponent << 4) | mantissa
    table: NDArray[np.uint8] = (code ^ 0xFF).astype(np.uint8)
    return table


_DECODED: Final = _decode_table()
_ENCODED: Final = _encode_table()


def decoded(mulaw: bytes) -> Pcm:
    """The samples of mu-law bytes (ITU-T G.711)."""
    return _DECODED[np.frombuffer(mulaw, np.uint8)]


def encoded(pcm: Pcm) -> bytes:
    """One mu-law byte for each sample."""
    return _ENCODED[pcm.view(np.uint16)].tobytes()
