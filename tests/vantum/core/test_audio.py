"""Sizes of audio."""

from __future__ import annotations

import pytest

from vantum.core.audio import chunk_samples, padded, seconds


@pytest.mark.parametrize(
    ("rate", "samples"), [(48_000, 1920), (44_100, 1792), (24_000, 1024), (16_000, 640), (8_000, 384)]
)
def test_chunks_are_whole_web_audio_blocks_of_about_40_ms(rate: int, samples: int) -> None:
    assert chunk_samples(rate) == samples
    assert samples % 128 == 0
    assert 0.035 < samples / rate < 0.05


def test_padding_completes_a_block_and_adds_no_empty_one() -> None:
    assert padded(b"\1\1" * 3, 4) == b"\1\1" * 3 + b"\0\0"
    assert padded(b"\1\1" * 4, 4) == b"\1\1" * 4


def test_seconds_of_audio() -> None:
    assert seconds(bytes(3200), 16_000) == 0.1
