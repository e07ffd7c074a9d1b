"""What the benchmark of conversations makes of what was heard, recognised and asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from benchmarks.conversation import judging
from benchmarks.conversation.caller import Said
from benchmarks.conversation.model import Request
from benchmarks.conversation.playout import PlayOut
from benchmarks.conversation.voice import (
    LONGEST_ANSWER,
    answer_text,
    spoken,
)

LOW = 16_000


def pcm_of(text: str, rate: int = LOW) -> np.typing.NDArray[np.int16]:
    return np.round(spoken(text, rate) * 32_767).astype(np.int16)


def played(*sounds: tuple[float, str]) -> PlayOut:
    heard = PlayOut()
    for at, text in sounds:
        heard.push(at, pcm_of(text), LOW)
    return heard


@dataclass
class Ear:
    finals: list[tuple[float, str]] = field(default_factory=list)


@dataclass
class Heard:
    """A call that is over: what was heard, recognised and asked."""

    heard: PlayOut
    requests: Sequence[Request] = ()
    ear: Ear = field(default_factory=Ear)


def request(at: float, *messages: tuple[str, str]) -> Request:
    return Request(at, 0, 1, 10, [{"role": role, "content": text} for role, text in messages])


TEN = answer_text(0, 10)
LONG = answer_text(0, LONGEST_ANSWER)


def test_latency_counts_from_the_last_sound_to_the_first() -> None:
    call = Heard(played((10.7, TEN)))
    spoken_turns = [Said(9.0, 10.0), Said(20.0, 21.0)]
    trials = judging.latencies(call, spoken_turns)  # type: ignore[arg-type]
    assert [(trial.good, trial.figure) for trial in trials] == [(True, pytest.approx(0.7)), (False, None)]


@pytest.mark.parametrize(("kept", "good"), [(5, True), (6, True), (7, False), (3, False), (0, False)])
def test_the_context_must_hold_the_words_heard(kept: int, good: bool) -> None:
    heard = played((10.0, TEN))
    heard.wipe(12.1)
    answer = ("assistant", " ".join(TEN.split()[:kept]))
    call = Heard(heard, [request(13.0, answer, ("user", "Stop."))])
    silence, words = judging.interruptions(call, [Said(11.9, 12.5)])  # type: ignore[arg-type]
    assert silence.figure == pytest.approx(0.2, abs=0.01)
    assert (words.figure, words.good) == (kept - 5, good)


def test_a_bot_that_is_silent_cannot_be_interrupted() -> None:
    trials = judging.interruptions(Heard(PlayOut()), [Said(1.0, 2.0)])  # type: ignore[arg-type]
    assert [trial.good for trial in trials] == [False, False]


@pytest.mark.parametrize(
    ("resumes", "words", "user", "problem"),
    [
        (13.0, LONG.split()[5:], "What?", ""),
        (13.5, LONG.split()[5:], "What?", "held too long"),
        (13.0, LONG.split()[8:], "What?", "did not go on"),
        (13.0, LONG.split()[5:], "Mhm. What?", "is in the context"),
    ],
)
def test_after_a_backchannel_the_bot_goes_on(
    resumes: float, words: list[str], user: str, problem: str
) -> None:
    heard = played((10.0, " ".join(LONG.split()[:5])), (resumes, " ".join(words)))
    call = Heard(heard, [request(30.0, ("user", user))], Ear([(12.75, "Mhm.")]))
    [trial] = judging.backchannels(call, [(Said(11.8, 12.6), "Mhm.")])  # type: ignore[arg-type]
    assert (trial.note, trial.good) == (problem, not problem)


def test_dead_air_counts_from_the_end_of_the_noise() -> None:
    heard = played((10.0, " ".join(LONG.split()[:5])), (13.4, " ".join(LONG.split()[5:])))
    [trial] = judging.noises(Heard(heard), [Said(11.8, 12.8)])  # type: ignore[arg-type]
    assert trial.good
    assert trial.figure == pytest.approx(0.6)


def test_an_answer_that_noise_cut_is_lost() -> None:
    heard = played((10.0, " ".join(LONG.split()[:5])))
    [trial] = judging.noises(Heard(heard), [Said(11.8, 12.8)])  # type: ignore[arg-type]
    assert not trial.good
    assert trial.figure == pytest.approx(judging.OVER_SECONDS)


@pytest.mark.parametrize(
    ("answers", "note"),
    [
        ([(15.5, 0)], ""),
        ([], "answered 0 times"),
        ([(12.5, 0), (15.5, 1)], "answered in the pause"),
        ([(15.5, 0), (22.0, 1)], "answered 2 times"),
    ],
)
def test_a_turn_has_one_answer_after_its_end(answers: list[tuple[float, int]], note: str) -> None:
    call = Heard(played(*((at, answer_text(number, 5)) for at, number in answers)))
    turns = [Said(10.0, 15.0), Said(30.0, 31.0)]
    assert judging.pauses(call, turns)[0].note == note  # type: ignore[arg-type]
    assert judging.random_turns(call, turns)[0].good is (len(answers) == 1)  # type: ignore[arg-type]
