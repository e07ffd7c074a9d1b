from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from processors.embedded.buffer import LONGEST_SECONDS, MARGIN_SECONDS, PRE_ROLL_SECONDS, SpeechBuffer

TENTH = bytes(3200)


def sound(seconds: float, value: int) -> bytes:
    return value.to_bytes(2, "little") * round(16000 * seconds)


def test_quiet_keeps_only_the_pre_roll() -> None:
    buffer = SpeechBuffer()
    for _ in range(100):
        buffer.add(TENTH)
    assert buffer.seconds == PRE_ROLL_SECONDS


def test_an_utterance_is_the_speech_and_a_margin_on_both_sides() -> None:
    buffer = SpeechBuffer()
    buffer.add(sound(1.0, 1))
    buffer.add(sound(0.2, 2))
    buffer.begin(started_ago=0.2)
    buffer.add(sound(1.0, 2))
    buffer.add(sound(0.8, 3))
    assert buffer.end(stopped_ago=0.8) == (
        sound(MARGIN_SECONDS, 1) + sound(1.2, 2) + sound(MARGIN_SECONDS, 3)
    )


def test_speech_that_stopped_just_now_is_kept_to_its_end() -> None:
    buffer = SpeechBuffer()
    buffer.begin(started_ago=0.0)
    buffer.add(sound(0.5, 2))
    assert buffer.so_far() == sound(0.5, 2)
    assert buffer.end(stopped_ago=0.0) == sound(0.5, 2)


def test_the_next_utterance_begins_anew() -> None:
    buffer = SpeechBuffer()
    buffer.begin(started_ago=0.2)
    buffer.add(sound(2.0, 2))
    buffer.end(stopped_ago=0.0)
    assert buffer.seconds == 0
    buffer.add(sound(3.0, 4))
    assert buffer.seconds == PRE_ROLL_SECONDS


def test_a_monologue_keeps_its_last_half_minute() -> None:
    buffer = SpeechBuffer()
    buffer.begin(started_ago=0.0)
    buffer.add(sound(10.0, 1))
    buffer.add(sound(LONGEST_SECONDS, 2))
    assert buffer.end(stopped_ago=0.0) == sound(LONGEST_SECONDS, 2)


@given(st.lists(st.sampled_from([0.02, 0.06, 0.5, 3.0]), max_size=40), st.floats(0, 2), st.floats(0, 2))
def test_it_is_bounded_and_keeps_whole_samples(chunks: list[float], started: float, stopped: float) -> None:
    buffer = SpeechBuffer()
    buffer.add(sound(1.0, 1))
    buffer.begin(started)
    for seconds in chunks:
        buffer.add(sound(seconds, 2))
        assert buffer.seconds <= LONGEST_SECONDS
    assert len(buffer.end(stopped)) % 2 == 0
