"""The voice of the local Cartesia."""

from __future__ import annotations

import numpy as np
import pytest

from tests.wire.hearing import decode
from tests.wire.voice import SECONDS_PER_CHARACTER, encode, tone, word_times


@pytest.mark.parametrize("encoding", ["pcm_s16le", "pcm_mulaw", "pcm_f32le"])
def test_the_tone_of_the_server_is_the_same_in_every_encoding(encoding: str) -> None:
    parts = tone("Hello.", {"encoding": encoding, "sample_rate": 8000})
    data = b"".join(part for part, _ in parts)
    width = {"pcm_s16le": 2, "pcm_mulaw": 1, "pcm_f32le": 4}[encoding]
    assert len(data) / width == len("Hello.") * SECONDS_PER_CHARACTER * 8000


def test_mulaw_of_one_server_is_understood_by_the_other() -> None:
    wave = np.linspace(-0.9, 0.9, 1001)
    error = decode(encode(wave, "pcm_mulaw"), "mulaw") / 32768 - wave
    assert float(np.max(np.abs(error))) < 0.02


def test_words_have_their_place_in_the_context() -> None:
    assert word_times("Hi there.", since=1.0) == {
        "words": ["Hi", "there."],
        "start": [1.0, 1.18],
        "end": [1.12, 1.54],
    }
