"""What the stand-ins say and hear, and what a caller is found to have heard, by values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.conversation.hearing import (
    Again,
    Began,
    Final,
    Hearing,
    Known,
    Message,
    Silence,
    Step,
    UtteranceEnd,
)
from benchmarks.conversation.hearing import (
    plan as told_of,
)
from benchmarks.conversation.model import text_of
from benchmarks.conversation.playout import PlayOut
from benchmarks.conversation.prompt import call_of, prompt
from benchmarks.conversation.recogniser import words_of
from benchmarks.conversation.speech import CUTS, RATE, SOUND, Report, Stretch, babble, halves, recording
from benchmarks.conversation.voice import (
    LONGEST_ANSWER,
    VOCABULARY,
    WORD_SECONDS,
    answer_text,
    first_word,
    frames_heard,
    spoken,
    word_numbers,
    word_times,
)

LOW = 16_000


def pcm_of(text: str, rate: int = LOW) -> np.typing.NDArray[np.int16]:
    return np.round(spoken(text, rate) * 32_767).astype(np.int16)


OPTIONS = {"endpointing": "300", "utterance_end_ms": "1000", "vad_events": "true"}


# --- the voice --------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 48_000])
def test_each_word_is_heard_for_what_it_is(rate: int) -> None:
    heard = frames_heard(pcm_of(" ".join(VOCABULARY), rate), rate)
    assert heard == [word for word in range(len(VOCABULARY)) for _ in range(20)]


def test_silence_and_other_words_are_no_words_of_the_vocabulary() -> None:
    silence = np.zeros(LOW // 50, np.int16)
    assert frames_heard(np.concatenate([silence, pcm_of("Goodbye.")[: LOW // 50]]), LOW) == [None, -1]


def test_an_answer_begins_with_a_short_sentence() -> None:
    text = answer_text(0, 13)
    assert [len(sentence.split()) for sentence in text.split(". ")] == [4, 8, 1]
    assert word_numbers(text) == list(range(13))


@given(answer=st.integers(0, 200), later=st.integers(1, 3), words=st.integers(1, LONGEST_ANSWER))
def test_the_next_answers_do_not_begin_where_one_could_go_on(answer: int, later: int, words: int) -> None:
    goes_on = (first_word(answer) + words) % len(VOCABULARY)
    assert first_word(answer + later) != goes_on


def test_words_are_told_with_their_times() -> None:
    assert word_times("Amber basket.", 1.0) == {
        "words": ["Amber", "basket."],
        "start": [1.0, 1.0 + WORD_SECONDS],
        "end": [1.0 + WORD_SECONDS, 1.0 + 2 * WORD_SECONDS],
    }


# --- what is heard ----------------------------------------------------------------------------------


def played(*sounds: tuple[float, str]) -> PlayOut:
    heard = PlayOut()
    for at, text in sounds:
        heard.push(at, pcm_of(text), LOW)
    return heard


def test_chunks_play_one_after_the_other() -> None:
    heard = played((10.0, "amber"), (10.1, "basket"))
    assert [(run.first, run.words, round(run.end, 2)) for run in heard.runs()] == [(0, 2, 10.8)]
    assert heard.silent_since(10.7) is None
    assert heard.silent_since(11.0) == pytest.approx(10.8)


def test_what_is_wiped_is_never_heard() -> None:
    heard = played((10.0, "amber basket"), (10.1, "candle"))
    heard.wipe(10.5)
    assert [(run.words, round(run.end, 2)) for run in heard.runs()] == [(1, 10.5)]


def test_words_that_go_on_after_a_silence_are_one_run() -> None:
    heard = played((10.0, "amber basket"), (12.0, "candle"), (13.0, "falcon"))
    assert [(run.first, run.words) for run in heard.runs()] == [(0, 3), (5, 1)]
    assert np.array(heard.gaps(10.0, 13.0)) == pytest.approx(np.array([[10.8, 12.0], [12.4, 13.0]]))
    assert heard.began_after(10.1) == 12.0


def test_a_word_that_is_repeated_after_a_silence_counts_once() -> None:
    heard = played((10.0, "amber basket"), (12.0, "basket candle"))
    assert [(run.first, run.words) for run in heard.runs()] == [(0, 3)]


def test_nothing_heard_is_one_silence() -> None:
    assert PlayOut().gaps(1.0, 2.0) == [(1.0, 2.0)]
    assert PlayOut().began_after(0.0) is None
    assert PlayOut().silent_since(5.0) == float("-inf")


# --- what is said and recognised --------------------------------------------------------------------


@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: f"{cut.clip}-{cut.at}")
def test_both_halves_of_a_cut_recording_hold_speech(cut: object) -> None:
    assert isinstance(cut, type(CUTS[0]))
    before, after = halves(cut, 0.8)
    assert before.pause_after == 0.8
    assert after.pause_after == 0.0
    whole = len(recording(cut.clip)) / RATE
    assert 0.25 < before.seconds < cut.at - cut.since + 0.01
    assert 0.25 < after.seconds < min(whole, cut.until) - cut.at + 0.01


def test_babble_is_loud_to_its_end() -> None:
    noise = babble(1.0)
    assert (noise.seconds, noise.text) == (1.0, "")
    assert np.abs(noise.pcm[-RATE // 5 :].astype(int)).max() > SOUND


def stretch(report: Report | None = None, pause: float = 0.0, text: str = "one two") -> Stretch:
    return Stretch(np.zeros(RATE, np.int16), text, report or Report(), pause)


@pytest.mark.parametrize(
    ("report", "options", "told"),
    [
        (
            Report(),
            OPTIONS,
            [(0.2, Began()), (0.65, Known(1)), (1.15, Final(2)), (1.3, Silence()), (2.0, UtteranceEnd())],
        ),
        (Report(), {}, [(0.65, Known(1)), (1.15, Final(2))]),
        (Report(final_after=0.03, interims=False, speech_started=False), {}, [(1.03, Final(2))]),
        (
            Report(final_after=1.8, interims=False, again_after=(0.5,), split=True),
            OPTIONS,
            [(0.2, Began()), (2.8, Final(1)), (2.8, Final(2)), (2.8, UtteranceEnd()), (3.3, Again())],
        ),
    ],
    ids=["all", "no options", "early", "late, split and twice"],
)
def test_what_is_told_of_a_stretch(
    report: Report, options: dict[str, str], told: list[tuple[float, Step]]
) -> None:
    steps = told_of(stretch(report), options)
    assert [step for _, step in steps] == [step for _, step in told]
    assert [at for at, _ in steps] == pytest.approx([at for at, _ in told])


def shown(messages: list[Message]) -> list[tuple[str, object, object, object]]:
    return [
        (words_of(message), message["is_final"], message["speech_final"], message["from_finalize"])
        for message in messages
    ]


def test_a_final_holds_what_no_final_has_told() -> None:
    hearing = Hearing(stretch(), begin=5.0, endpointing=0.1)
    assert shown(hearing.messages(Known(1), 5.6, False)) == [("one", False, False, False)]
    assert shown(hearing.flush(5.6)) == [("one", True, False, True)]
    final = hearing.messages(Final(2), 6.2, False)
    assert shown(final) == [("two", True, True, False)]
    assert hearing.messages(Again(), 7.0, False) == final
    assert hearing.told_all


def test_a_wish_to_finalize_at_the_end_is_answered_by_the_final() -> None:
    hearing = Hearing(stretch(), begin=5.0, endpointing=0.1)
    assert hearing.flush(5.9) == []
    assert shown(hearing.messages(Final(2), 6.2, False)) == [("one two", True, True, True)]


@pytest.mark.parametrize("step", [Silence(), UtteranceEnd()])
def test_who_speaks_on_has_not_ended(step: Step) -> None:
    hearing = Hearing(stretch(), begin=5.0, endpointing=0.3)
    assert hearing.messages(step, 6.5, True) == []
    assert len(hearing.messages(step, 6.5, False)) == 1


def test_a_noise_ends_in_an_empty_final() -> None:
    hearing = Hearing(stretch(text=""), begin=5.0, endpointing=0.3)
    assert shown(hearing.messages(Final(0), 6.2, False)) == [("", True, False, False)]


def test_a_request_is_known_by_its_prompt() -> None:
    assert call_of(prompt(17)) == 17
    assert call_of("You are helpful.") is None
    assert text_of({"content": [{"type": "text", "text": "one"}, {"text": "two"}]}) == "one two"
    assert text_of({"content": None}) == ""
