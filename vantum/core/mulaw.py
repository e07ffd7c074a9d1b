"""G.711 mu-law, the telephone's eight bits a sample, to and from PCM16LE.

A byte is a sign, one of 8 segments and one of 16 steps in it, all bits inverted; a segment's steps are twice as
wide as those of the one below it. The tables are built from that rule, so that no sample is calculated twice.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from vantum.core.audio import SAMPLE_BYTES

SILENCE: Final = 0xFF
"""The byte of a sample that is zero. 0x7F is read as zero, too, but written only for -3 to -1."""

_CODES: Final = 128  # for each sign
_STEPS: Final = 16  # in each segment
_STEP: Final = 8  # the width of a step of the lowest segment, in units of PCM16
_BIAS: Final = 132
_LOUDEST: Final = 32_768


def _level(code: int) -> int:
    """The magnitude that a code 0..127 stands for (G.711 table 2a, times four)."""
    segment, step = divmod(code, _STEPS)
    return ((step * _STEP + _BIAS) << segment) - _BIAS


def _floor(code: int) -> int:
    """The least magnitude that becomes this code: half a step below its level."""
    return max(0, _level(code) - (_STEP // 2 << code // _STEPS))


def _codes_by_sample() -> bytes:
    """The mu-law byte of each sample, at the sample's value as an unsigned number."""
    floors = [_floor(code) for code in range(_CODES)]
    widths = [above - floor for floor, above in zip(floors, [*floors[1:], _LOUDEST + 1], strict=True)]
    up = b"".join(bytes([0xFF - code]) * width for code, width in enumerate(widths))
    down = b"".join(bytes([0x7F - code]) * width for code, width in enumerate(widths))
    # Up from zero to the loudest sample; then, as two's complement counts on, from the lowest to -1.
    return up[:_LOUDEST] + down[:0:-1]


_SAMPLES: Final = [_level(0xFF - byte) if byte > 0x7F else -_level(0x7F - byte) for byte in range(256)]
_LOW: Final = bytes(sample & 0xFF for sample in _SAMPLES)
_HIGH: Final = bytes(sample >> 8 & 0xFF for sample in _SAMPLES)
_BYTES: Final = np.frombuffer(_codes_by_sample(), np.uint8)


def decoded(mulaw: bytes) -> bytes:
    """``mulaw`` as PCM16LE: two bytes for each byte."""
    pcm = bytearray(SAMPLE_BYTES * len(mulaw))
    pcm[0::2] = mulaw.translate(_LOW)
    pcm[1::2] = mulaw.translate(_HIGH)
    return bytes(pcm)


def encoded(pcm: bytes) -> bytes:
    """PCM16LE as mu-law: a byte for each sample, by the standard's decision values.

    Raises ``ValueError`` for half a sample.
    """
    if len(pcm) % SAMPLE_BYTES:
        raise ValueError(f"{len(pcm)} bytes are no whole samples; PCM16 has two bytes a sample.")
    return _BYTES.take(np.frombuffer(pcm, "<u2")).tobytes()
