from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.embedded.espeak import QUIETEST_SAMPLE, Voice, sound_bounds
from processors.embedded.jobs import Line, Speech, pack_line, unpack_speech
from processors.tts.local_voice import VOICES

LINE = Line("Hi, this is Ava - an assistant calling about 25 solar panels!", "en-us+f2", 165, 16000)


@pytest.fixture(scope="module")
def voice() -> Voice:
    return Voice()


def spoken(voice: Voice, line: Line) -> Speech:
    return unpack_speech(voice(pack_line(line)))


def seconds(speech: Speech, rate: int = 16000) -> float:
    return len(speech.pcm) / (2 * rate)


def test_the_words_are_the_text_and_lie_within_the_audio(voice: Voice) -> None:
    speech = spoken(voice, LINE)
    assert " ".join(word for word, _ in speech.words) == LINE.text
    times = [at for _, at in speech.words]
    assert times == sorted(times)
    assert 3.0 < seconds(speech) < 7.0
    assert times[0] < 0.1
    assert times[-1] < seconds(speech) - 0.3


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 24000, 48000])
def test_any_rate_gives_the_same_speech(voice: Voice, rate: int) -> None:
    assert seconds(spoken(voice, replace(LINE, rate=rate)), rate) == pytest.approx(
        seconds(spoken(voice, LINE)), abs=0.01
    )


def test_the_silence_around_it_is_short(voice: Voice) -> None:
    samples = np.frombuffer(spoken(voice, replace(LINE, rate=22050)).pcm, np.int16)
    loud = np.flatnonzero(np.abs(samples.astype(int)) > QUIETEST_SAMPLE)
    assert loud[0] <= 0.040 * 22050
    assert samples.size - loud[-1] <= 0.120 * 22050 + 1


def test_faster_is_shorter(voice: Voice) -> None:
    assert seconds(spoken(voice, replace(LINE, words_per_minute=250))) < seconds(spoken(voice, LINE)) * 0.8


@pytest.mark.parametrize("name", VOICES.values())
def test_every_voice_on_offer_speaks(voice: Voice, name: str) -> None:
    assert seconds(spoken(voice, replace(LINE, voice=name))) > 3.0


@pytest.mark.parametrize("text", ["...", "-", "", "   "])
def test_a_text_without_a_sound_is_a_short_silence(voice: Voice, text: str) -> None:
    speech = spoken(voice, replace(LINE, text=text))
    assert seconds(speech) == pytest.approx(0.12, abs=0.01)
    assert [word for word, _ in speech.words] == text.split()


def test_an_unknown_voice_is_refused_and_the_next_line_is_spoken(voice: Voice) -> None:
    with pytest.raises(ValueError, match="no voice 'xx-nowhere'"):
        spoken(voice, replace(LINE, voice="xx-nowhere"))
    assert seconds(spoken(voice, LINE)) > 3.0


@settings(max_examples=50, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_is_spoken_and_keeps_its_words(voice: Voice, text: str) -> None:
    speech = spoken(voice, replace(LINE, text=text))
    assert [word for word, _ in speech.words] == text.split()
    assert speech.pcm


def test_silence_has_no_bounds() -> None:
    assert sound_bounds(np.zeros(1000, np.int16), 22050) == (0, 0)
    assert sound_bounds(np.zeros(0, np.int16), 22050) == (0, 0)
