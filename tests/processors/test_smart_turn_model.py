"""The end-of-turn model on real speech."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
import soxr
from numpy.typing import NDArray
from pipecat.audio.turn.smart_turn._whisper_features import compute_whisper_log_mel_features

from processors.smart_turn_forms import smart_turn
from processors.smart_turn_model import TOKEN_SAMPLES, SmartTurn, features
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


# --- the smaller forms ----------------------------------------------------------------------------------


def heard(pcm: bytes) -> NDArray[np.float32]:
    return np.frombuffer(pcm, np.int16).astype(np.float32) / np.float32(32768.0)


@pytest.mark.parametrize("form", range(4))
def test_every_form_sees_what_whisper_makes_of_it(model: SmartTurn, form: int) -> None:
    small, turn = model.forms[form], heard(until("order_status", 1.9))
    whole = compute_whisper_log_mel_features(np.pad(turn, (128_000 - len(turn), 0)))
    seen = features(turn, small)
    assert seen.shape == (80, 2 * (small.pads + small.tokens))
    # Where the silence ends in the smaller forms is the silence's own.
    assert seen[:, 2 * small.pads + 2 :] == pytest.approx(whole[:, 802 - 2 * small.tokens :], abs=1e-5)
    assert seen[:, 2 : 2 * small.pads] == pytest.approx(whole[:, 2 : 2 * small.pads], abs=1e-5)


@pytest.mark.parametrize("name", WHOLE)
def test_a_smaller_form_says_of_a_whole_sentence_what_the_model_says(model: SmartTurn, name: str) -> None:
    turn = heard(clip(name))
    by_form = [model.word(turn, form) for form in model.forms if len(turn) <= form.tokens * TOKEN_SAMPLES]
    assert by_form == [pytest.approx(by_form[-1], abs=0.15) for _ in by_form]
    assert model.judge(turn) == by_form[0]


@pytest.mark.parametrize("name", WHOLE)
def test_the_whole_form_says_what_the_model_says_as_it_comes(model: SmartTurn, name: str) -> None:
    whole, turn = model.forms[-1], heard(clip(name))
    as_it_comes = onnxruntime.InferenceSession(smart_turn(), providers=["CPUExecutionProvider"])
    (said,) = as_it_comes.run(None, {"input_features": features(turn, whole)[None]})
    assert model.word(turn, whole) == pytest.approx(float(said[0].item()), abs=0.01)


def test_on_the_whole_the_smaller_forms_agree_with_the_model(model: SmartTurn) -> None:
    differences = []
    for name in (*WHOLE, "call_later", "not_interested", "who_is_this"):
        turn = heard(clip(name))
        for end in range(16_000, min(len(turn), 250 * TOKEN_SAMPLES), 8_000):
            part = turn[:end]
            differences.append(model.judge(part) - model.word(part, model.forms[-1]))
    assert len(differences) > 30
    assert np.abs(differences).mean() < 0.15
    assert abs(np.mean(differences)) < 0.1
