"""The detector of the script notices what the real one would, at exact times."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipecat.frames.frames import (
    InputTransportMessageFrame,
    TextFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from vantum.core.events import TurnEndedByHand
from vantum.core.vad import Change
from vantum.testing import ScriptedVAD, Speech, run_processor
from vantum.testing.scripted_vad import changes, in_order


async def test_speech_is_noticed_after_its_start_and_gone_after_its_end() -> None:
    vad = ScriptedVAD([Speech(3.0, 3.5), Speech(0.5, 2.5)])
    run = await run_processor(vad, [TextFrame("passes")], settle=5.0)
    assert run.kinds() == [
        (0.0, TextFrame),
        (0.7, VADUserStartedSpeakingFrame),
        (2.7, VADUserStoppedSpeakingFrame),
        (3.2, VADUserStartedSpeakingFrame),
        (3.7, VADUserStoppedSpeakingFrame),
    ]


async def test_its_settings_are_those_of_the_real_detector() -> None:
    run = await run_processor(
        ScriptedVAD([Speech(1.0, 2.0)], start_seconds=0.1, stop_seconds=0.5), [], settle=3.0
    )
    assert run.times(VADUserStartedSpeakingFrame) == [1.1]
    assert run.times(VADUserStoppedSpeakingFrame) == [2.5]
    assert [frame.start_secs for frame in run.of(VADUserStartedSpeakingFrame)] == [0.1]
    assert [frame.stop_secs for frame in run.of(VADUserStoppedSpeakingFrame)] == [0.5]


async def test_the_end_of_a_turn_by_hand_ends_the_speech_first() -> None:
    hand = InputTransportMessageFrame(message=TurnEndedByHand())
    run = await run_processor(ScriptedVAD([Speech(0.0, 2.0)]), [(1.0, hand)], settle=3.0)
    assert run.kinds() == [
        (0.2, VADUserStartedSpeakingFrame),
        (1.0, VADUserStoppedSpeakingFrame),
        (1.0, InputTransportMessageFrame),
    ]
    assert [frame.stop_secs for frame in run.of(VADUserStoppedSpeakingFrame)] == [0.0]


async def test_what_comes_after_the_call_is_not_heard() -> None:
    run = await run_processor(ScriptedVAD([Speech(1.0, 9.0)]), [], settle=5.0)
    assert [kind for _, kind in run.kinds()] == [VADUserStartedSpeakingFrame]


def test_a_short_sound_is_not_noticed_and_a_short_pause_neither() -> None:
    speech = [Speech(0.0, 0.19), Speech(1.0, 1.2), Speech(1.39, 2.0), Speech(2.2, 3.0)]
    assert changes(speech, 0.2, 0.2) == [
        (1.2, Change.STARTED),
        (2.2, Change.STOPPED),
        (2.4, Change.STARTED),
        (3.2, Change.STOPPED),
    ]


@given(st.lists(st.tuples(st.floats(0.01, 2.0), st.floats(0.01, 2.0))))
def test_starts_and_stops_alternate_in_order(stretches: list[tuple[float, float]]) -> None:
    speech, now = [], 0.0
    for pause, length in stretches:
        speech.append(Speech(now + pause, now + pause + length))
        now += pause + length
    told = changes(in_order(reversed(speech)), 0.2, 0.2)
    assert [change for _, change in told] == [Change.STARTED, Change.STOPPED] * (len(told) // 2)
    assert [at for at, _ in told] == sorted(at for at, _ in told)


@pytest.mark.parametrize(("start", "stop"), [(1.0, 1.0), (2.0, 1.0), (-1.0, 1.0), (float("nan"), 1.0)])
def test_a_stretch_goes_forward_in_time(start: float, stop: float) -> None:
    with pytest.raises(ValueError, match="is no stretch of time"):
        Speech(start, stop)


def test_nobody_speaks_twice_at_a_time() -> None:
    with pytest.raises(ValueError, match=r"The caller speaks twice at 1.5 s\."):
        in_order([Speech(1.5, 3.0), Speech(1.0, 2.0)])
