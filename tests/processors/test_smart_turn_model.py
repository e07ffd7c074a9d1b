"""The end-of-turn model on real speech."""

from __future__ import annotations

import numpy as np
import pytest
import soxr

from processors.smart_turn_model import SmartTurn
from processors.smart_turn_request import pack_turn, unpack_probability
from tests.speech import clip, silence


@pytest.fixture(scope="module")
def model() -> SmartTurn:
    return SmartTurn()


def until(name: str, seconds: float) -> bytes:
    return clip(name)[: 2 * int(16_000 * seconds)]


def at_8_khz(pcm: bytes) -> bytes:
    return soxr.resample(np.frombuffer(pcm, np.int16), 16_000, 8_000).tobytes()


WHOLE = ["do_not_call", "interested_price", "librivox_0870", "order_status", "stop", "weather_question"]


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_sentence_is_complete(model: SmartTurn, name: str) -> None:
    pcm = clip(name)
    assert unpack_probability(model(pack_turn(pcm, 16_000))) > 0.5


def test_a_phone_sounds_alike(model: SmartTurn) -> None:
    pcm = clip("weather_question")
    assert unpack_probability(model(pack_turn(at_8_khz(pcm), 8_000))) > 0.5
    assert unpack_probability(model(pack_turn(at_8_khz(until("jfk", 4.5)), 8_000))) < 0.5


@pytest.mark.parametrize("seconds", [4.5, 7.75])
def test_half_a_sentence_is_not(model: SmartTurn, seconds: float) -> None:
    assert unpack_probability(model(pack_turn(until("jfk", seconds), 16_000))) < 0.5


def test_only_the_last_eight_seconds_count(model: SmartTurn) -> None:
    pcm = until("jfk", 9.0)
    last = pcm[-2 * 16_000 * 8 :]
    assert model(pack_turn(pcm, 16_000)) == model(pack_turn(last, 16_000))
    assert model(pack_turn(pcm, 16_000)) != model(pack_turn(last[2 * 16_000 :], 16_000))


@pytest.mark.parametrize("pcm", [b"", silence(1.0), bytes(2)])
def test_silence_is_judged_like_anything(model: SmartTurn, pcm: bytes) -> None:
    assert 0.0 <= unpack_probability(model(pack_turn(pcm, 16_000))) <= 1.0


def test_half_a_sample_is_refused(model: SmartTurn) -> None:
    with pytest.raises(ValueError, match="buffer size"):
        model(pack_turn(b"\0", 16_000))
