"""The audio of a turn begins with its first word and is bounded."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.turn_audio import LEAD_SECONDS, LONGEST_SECONDS, TurnAudio

RATE = 1_000
STEP = 0.1
START_AGO, STOP_AGO = 0.2, 0.2
"""How late the detector notices."""


def heard(stretches: Iterable[tuple[float, bool]], rate: int = RATE) -> TurnAudio:
    """Audio in steps of 0.1 s, each numbered, through speech and silence as (seconds, speech)."""
    audio, step, speaking = TurnAudio(rate), 0, False
    for seconds, speech in stretches:
        since = 0.0
        while round(since, 9) < seconds:
            step += 1
            audio.add(step.to_bytes(2, "little") * int(STEP * rate))
            since += STEP
            if speech and not speaking and round(since, 9) == START_AGO:
                audio.started(START_AGO)
                speaking = True
            if not speech and speaking and round(since, 9) == STOP_AGO:
                audio.stopped(STOP_AGO)
                speaking = False
    return audio


def steps(audio: TurnAudio) -> list[int]:
    pcm = audio.so_far()
    return [int.from_bytes(pcm[at : at + 2], "little") for at in range(0, len(pcm), 2 * int(STEP * RATE))]


@pytest.mark.parametrize("quiet", [0.5, 3.0, 60.0])
def test_a_turn_begins_a_little_before_the_first_word(quiet: float) -> None:
    first_word = round(quiet / STEP) + 1
    kept = steps(heard([(quiet, False), (1.0, True), (0.1, False)]))
    assert kept == list(range(first_word - round(LEAD_SECONDS / STEP), first_word + 11))


def test_a_turn_that_begins_the_call_has_nothing_before_it() -> None:
    assert steps(heard([(1.0, True)])) == list(range(1, 11))


@pytest.mark.parametrize(("pause", "first"), [(0.5, 8), (1.4, 8), (1.5, 33), (2.0, 38), (4.0, 58)])
def test_a_longer_silence_parts_two_turns(pause: float, first: int) -> None:
    kept = steps(heard([(1.0, False), (1.0, True), (pause, False), (1.0, True)]))
    assert (kept[0], kept[-1]) == (first, 30 + round(pause / STEP))


@pytest.mark.parametrize("seconds", [7.0, 20.0])
def test_the_last_eight_seconds_of_a_long_turn_are_kept(seconds: float) -> None:
    kept = steps(heard([(1.0, False), (seconds, True)]))
    last = 10 + round(seconds / STEP)
    assert kept == list(range(max(8, last - 79), last + 1))


def test_a_turn_that_is_over_is_forgotten() -> None:
    audio = heard([(1.0, True)])
    audio.forget()
    assert audio.so_far() == b""
    audio.add(b"\7\0" * 600)
    audio.started(0.1)
    assert audio.so_far() == b"\7\0" * int((0.1 + LEAD_SECONDS) * RATE)


@given(st.lists(st.tuples(st.floats(0.1, 12), st.booleans()), max_size=8), st.sampled_from([8_000, 16_000]))
def test_it_never_keeps_more_than_eight_seconds(stretches: list[tuple[float, bool]], rate: int) -> None:
    rounded = [(round(seconds, 1), speech) for seconds, speech in stretches]
    assert len(heard(rounded, rate).so_far()) <= 2 * LONGEST_SECONDS * rate
