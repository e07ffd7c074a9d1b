from __future__ import annotations

from processors.stt.deepgram_signs import Hearing
from vantum.core.events import Sign


def no_words(hearing: Hearing, end: float, *, asked: bool = False, speech_final: bool = False) -> Sign | None:
    return hearing.no_words(end, asked=asked, speech_final=speech_final)


def test_an_empty_result_is_nothing_when_it_covers_speech() -> None:
    hearing = Hearing()
    assert no_words(hearing, 3.0) is None
    assert hearing.speech_started(3.5) is Sign.SPEECH
    assert no_words(hearing, 3.5) is None
    assert no_words(hearing, 4.0) is Sign.NOTHING
    assert no_words(hearing, 5.0) is None


def test_an_empty_answer_is_nothing_when_the_detector_heard_a_voice() -> None:
    hearing = Hearing()
    assert no_words(hearing, 1.0, asked=True) is None
    hearing.voice_began()
    assert no_words(hearing, 2.0) is None
    assert no_words(hearing, 3.0, asked=True) is Sign.NOTHING
    assert no_words(hearing, 4.0, asked=True) is None


def test_what_had_words_is_not_nothing() -> None:
    hearing = Hearing()
    hearing.voice_began()
    hearing.speech_started(0.1)
    assert hearing.words(speech_final=False) is None
    assert no_words(hearing, 2.0, asked=True) is None


def test_words_may_be_final_at_once_or_with_the_silence_after_them() -> None:
    hearing = Hearing()
    assert hearing.words(speech_final=True) is Sign.ENDPOINT
    assert no_words(hearing, 1.0, speech_final=True) is None
    assert hearing.words(speech_final=False) is None
    assert no_words(hearing, 2.0, speech_final=True) is Sign.ENDPOINT
    assert no_words(hearing, 3.0, speech_final=True) is None
    assert hearing.utterance_ended() is Sign.ENDPOINT
