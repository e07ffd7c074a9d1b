"""Mu-law against the tables that G.711 prints, and by ear: a sine survives it."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.mulaw import SILENCE, decoded, encoded

# G.711 table 2a: each segment's first and last byte and what it stands for, in units of 14 bits.
PRINTED = [
    (0x80, 8031),
    (0x8F, 4191),
    (0x90, 3999),
    (0x9F, 2079),
    (0xA0, 1983),
    (0xAF, 1023),
    (0xB0, 975),
    (0xBF, 495),
    (0xC0, 471),
    (0xCF, 231),
    (0xD0, 219),
    (0xDF, 99),
    (0xE0, 93),
    (0xEF, 33),
    (0xF0, 30),
    (0xFE, 2),
    (0xFF, 0),
]
# The same table's decision values: the least magnitude of a byte, in units of 14 bits.
DECISIONS = [
    (0x80, 7903),
    (0x8F, 4063),
    (0x90, 3935),
    (0x9F, 2015),
    (0xA0, 1951),
    (0xAF, 991),
    (0xB0, 959),
    (0xBF, 479),
    (0xC0, 463),
    (0xCF, 223),
    (0xD0, 215),
    (0xDF, 95),
    (0xE0, 91),
    (0xEF, 31),
    (0xF0, 29),
    (0xFE, 1),
]
ALL = bytes(range(256))


def samples(pcm: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(pcm) // 2}h", pcm)


def pcm(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}h", *values)


@pytest.mark.parametrize(("byte", "value"), PRINTED)
def test_a_byte_stands_for_the_value_that_the_standard_prints(byte: int, value: int) -> None:
    assert samples(decoded(bytes([byte, byte & 0x7F]))) == (4 * value, -4 * value)


@pytest.mark.parametrize(("byte", "least"), DECISIONS)
def test_a_byte_begins_at_the_decision_value_that_the_standard_prints(byte: int, least: int) -> None:
    assert encoded(pcm(4 * least, 4 * least - 1)) == bytes([byte, byte + 1])
    assert encoded(pcm(-4 * least, 1 - 4 * least)) == bytes([byte & 0x7F, byte + 1 & 0x7F])


def test_every_byte_survives_but_the_second_zero() -> None:
    assert encoded(decoded(ALL)) == ALL.replace(b"\x7f", b"\xff")


def test_a_higher_sample_never_becomes_a_lower_one() -> None:
    heard = samples(decoded(encoded(pcm(*range(-32_768, 32_768)))))
    assert list(heard) == sorted(heard)
    assert (heard[0], heard[-1]) == (-32_124, 32_124)


@given(st.lists(st.integers(-32_768, 32_767)))
def test_no_sample_is_off_by_more_than_half_a_step(values: list[int]) -> None:
    # A step is a sixteenth of its segment, whose width is its own lower end, biased by 132.
    heard = samples(decoded(encoded(pcm(*values))))
    assert all(abs(v - h) <= (abs(v) + 132) / 32 for v, h in zip(values, heard, strict=True))


def test_silence_is_zero_and_zero_is_silence() -> None:
    assert decoded(bytes([SILENCE]) * 3) == bytes(6)
    assert encoded(bytes(6)) == bytes([SILENCE]) * 3


def test_nothing_is_nothing() -> None:
    assert (decoded(b""), encoded(b"")) == (b"", b"")


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="3 bytes are no whole samples"):
        encoded(bytes(3))


@pytest.mark.parametrize("level_db", [-3, -12, -20])
def test_a_sine_survives_with_telephone_quality(level_db: int) -> None:
    peak = 32_767 * 10 ** (level_db / 20)
    sine = [round(peak * math.sin(math.tau * 1_004 * n / 8_000)) for n in range(8_000)]
    heard = samples(decoded(encoded(pcm(*sine))))
    noise = sum((a - b) ** 2 for a, b in zip(sine, heard, strict=True))
    assert 10 * math.log10(sum(a * a for a in sine) / noise) > 35
