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

from vantum.core.events import SpeechPaused, SpeechResumed, TurnEndedByHand, TurnJudged
from vantum.core.vad import Change
from vantum.testing import Run, ScriptedVAD, Speech, run_processor
from vantum.testing.scripted_vad import in_order, news


def told(run: Run) -> list[tuple[float, object]]:
    """What came out, messages as themselves and other frames as their types."""
    return [
        (time, frame.message if isinstance(frame, InputTransportMessageFrame) else type(frame))
        for time, frame in run.down
    ]


STARTED, STOPPED = VADUserStartedSpeakingFrame, VADUserStoppedSpeakingFrame
PAUSED, RESUMED = SpeechPaused(0.1), SpeechResumed()


async def test_speech_is_noticed_after_its_start_and_gone_after_its_end() -> None:
    vad = ScriptedVAD([Speech(3.0, 3.5), Speech(0.5, 2.5)])
    run = await run_processor(vad, [TextFrame("passes")], settle=5.0)
    assert told(run) == [
        (0.0, TextFrame),
        (0.7, STARTED),
        (2.6, PAUSED),
        (2.6, TurnJudged(1.0)),
        (2.7, STOPPED),
        (3.2, STARTED),
        (3.6, PAUSED),
        (3.6, TurnJudged(1.0)),
        (3.7, STOPPED),
    ]


async def test_who_goes_on_soon_has_paused_and_is_judged_as_the_stretch_says() -> None:
    speech = [Speech(0.5, 1.5, complete=0.1), Speech(1.65, 2.5, None), Speech(2.6, 3.0)]
    run = await run_processor(ScriptedVAD(speech), [], settle=5.0)
    assert told(run) == [
        (0.7, STARTED),
        (1.6, PAUSED),
        (1.6, TurnJudged(0.1)),
        (1.65, RESUMED),
        (3.1, PAUSED),
        (3.1, TurnJudged(1.0)),
        (3.2, STOPPED),
    ]


@pytest.mark.parametrize(
    ("resumes", "judged_at"), [(1.7, [1.64]), (1.64, []), (1.62, []), (1.8, [1.64]), (None, [1.64])]
)
async def test_a_late_judgement_is_told_unless_the_caller_has_gone_on(
    resumes: float | None, judged_at: list[float]
) -> None:
    speech = [Speech(0.5, 1.5, 0.3, judged_after=0.04)] + ([Speech(resumes, 3.0)] if resumes else [])
    run = await run_processor(ScriptedVAD(speech), [], settle=2.5)
    assert [time for time, message in told(run) if message == TurnJudged(0.3)] == judged_at


@pytest.mark.parametrize(("begins_anew", "judged"), [(2.0, True), (1.9, False)])
async def test_a_judgement_later_than_the_stop_is_told_until_the_caller_begins_anew(
    begins_anew: float, judged: bool
) -> None:
    speech = [Speech(0.5, 1.5, 0.3, judged_after=0.55), Speech(begins_anew, 3.0)]
    run = await run_processor(ScriptedVAD(speech), [], settle=2.5)
    assert ((2.15, TurnJudged(0.3)) in told(run)) is judged


async def test_no_judgement_comes_after_the_end_by_hand() -> None:
    hand = InputTransportMessageFrame(message=TurnEndedByHand())
    vad = ScriptedVAD([Speech(0.0, 1.0, judged_after=0.5)])
    run = await run_processor(vad, [(1.3, hand)], settle=3.0)
    assert told(run) == [(0.2, STARTED), (1.1, PAUSED), (1.2, STOPPED), (1.3, TurnEndedByHand())]


async def test_a_pause_comes_no_later_than_the_stop() -> None:
    run = await run_processor(ScriptedVAD([Speech(0.0, 1.0)], stop_seconds=0.05), [], settle=3.0)
    assert told(run)[1:] == [(1.05, SpeechPaused(0.05)), (1.05, TurnJudged(1.0)), (1.05, STOPPED)]


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
    assert [each for each in news(speech, 0.2, 0.2) if each[1] in ENDS] == [
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
    heard = news(in_order(reversed(speech)), 0.2, 0.2)
    ends = [what for _, what in heard if what in ENDS]
    assert ends == [Change.STARTED, Change.STOPPED] * (len(ends) // 2)
    assert [at for at, _ in heard] == sorted(at for at, _ in heard)
    before: object = Change.STOPPED
    for _, what in heard:
        kind = TurnJudged if isinstance(what, TurnJudged) else what
        assert kind in AFTER[before]
        before = kind


ENDS = (Change.STARTED, Change.STOPPED)
AFTER: dict[object, set[object]] = {
    Change.STARTED: {Change.PAUSED},
    Change.PAUSED: {TurnJudged},
    TurnJudged: {Change.RESUMED, Change.STOPPED},
    Change.RESUMED: {Change.PAUSED},
    Change.STOPPED: {Change.STARTED},
}


@pytest.mark.parametrize(("start", "stop"), [(1.0, 1.0), (2.0, 1.0), (-1.0, 1.0), (float("nan"), 1.0)])
def test_a_stretch_goes_forward_in_time(start: float, stop: float) -> None:
    with pytest.raises(ValueError, match="is no stretch of time"):
        Speech(start, stop)


def test_nobody_speaks_twice_at_a_time() -> None:
    with pytest.raises(ValueError, match=r"The caller speaks twice at 1.5 s\."):
        in_order([Speech(1.5, 3.0), Speech(1.0, 2.0)])
