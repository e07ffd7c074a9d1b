"""The voice activity detector on real speech."""

from __future__ import annotations

import asyncio

import pytest
from pipecat.frames.frames import (
    InputAudioRawFrame,
    InputTransportMessageFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from processors.silero import SileroBatch
from processors.turn_audio import LONGEST_SECONDS
from processors.vad import GAP_SECONDS, VAD
from tests.speech import clip, pieces, silence
from vantum.core.events import SpeechPaused, SpeechResumed, TurnEndedByHand, TurnJudged
from vantum.testing import Input, Run, run_processor

SPEECH = clip("weather_question")
STARTED, STOPPED = VADUserStartedSpeakingFrame, VADUserStoppedSpeakingFrame
WORDS = SPEECH[int(0.4 * 32_000) : int(1.8 * 32_000)]
"""What is said, without the quiet around it."""


def spoken(pcm: bytes, chunk_seconds: float = 0.02, start: float = 0.0) -> list[Input]:
    """Audio frames, each at the time at which its last sample was spoken."""
    size = int(chunk_seconds * 32_000)
    return [
        (start + (index + 1) * chunk_seconds, InputAudioRawFrame(piece, 16_000, 1))
        for index, piece in enumerate(pieces(pcm, size))
    ]


async def hear(frames: list[Input], settle: float = 0.5, judge: Judge | None = None) -> Run:
    return await run_processor(VAD(SileroBatch(), judge=judge), frames, settle=settle)


def told(run: Run) -> list[tuple[float, object]]:
    """What came out but audio: messages as themselves, other frames as their types."""
    return [
        (time, frame.message if isinstance(frame, InputTransportMessageFrame) else type(frame))
        for time, frame in run.down
        if not isinstance(frame, InputAudioRawFrame)
    ]


def kinds(run: Run) -> list[object]:
    return [what if isinstance(what, type | TurnJudged) else type(what) for _, what in told(run)]


class Judge:
    """Answers after ``seconds`` with ``complete``, if it is not ``busy`` with others, and keeps what it was asked."""

    def __init__(self, complete: float | None = 0.9, seconds: float = 0.04, *, busy: bool = False) -> None:
        self._complete = complete
        self._seconds = seconds
        self._busy = busy
        self.heard: list[bytes] = []
        self.early: list[bool] = []
        self.answered = 0

    async def judge(self, pcm: bytes, rate: int, *, early: bool) -> float | None:
        assert rate == 16_000
        self.heard.append(pcm)
        self.early.append(early)
        if early and self._busy:
            return None
        await asyncio.sleep(self._seconds)
        self.answered += 1
        return self._complete


@pytest.mark.parametrize("chunk_seconds", [0.02, 0.1, 0.256])
async def test_speech_starts_and_stops_once_however_it_is_cut(chunk_seconds: float) -> None:
    run = await hear(spoken(silence(0.5) + SPEECH + silence(1.0), chunk_seconds))
    assert len(run.of(VADUserStartedSpeakingFrame)) == 1
    assert len(run.of(VADUserStoppedSpeakingFrame)) == 1
    assert run.times(VADUserStartedSpeakingFrame)[0] < 0.5 + 0.8 + chunk_seconds


async def test_audio_passes_complete_and_in_order_in_frames_of_60_ms() -> None:
    run = await hear(spoken(SPEECH))
    frames = run.of(InputAudioRawFrame)
    assert b"".join(frame.audio for frame in frames)[: len(SPEECH) - 1920] == SPEECH[: len(SPEECH) - 1920]
    assert {len(frame.audio) for frame in frames[:-1]} <= {1920, 1280, 640}


async def test_all_audio_up_to_the_stop_is_passed_before_the_stop() -> None:
    run = await hear(spoken(silence(0.5) + SPEECH + silence(1.0)))
    stop = [type(passed.frame) for passed in run.down].index(STOPPED)
    before = sum(len(p.frame.audio) for p in run.down[:stop] if isinstance(p.frame, InputAudioRawFrame))
    heard_at = run.down[stop].time
    assert before >= (heard_at - 0.04) * 32_000


async def test_the_end_of_a_turn_by_hand_ends_the_speech_first() -> None:
    frames = spoken(SPEECH[: int(1.0 * 32_000)])
    end = InputTransportMessageFrame(message=TurnEndedByHand())
    run = await hear([*frames, (1.001, end), *spoken(SPEECH, start=2.0)], settle=1.0)
    assert kinds(run)[:4] == [STARTED, STOPPED, TurnEndedByHand, STARTED]


async def test_a_word_in_the_last_chunk_before_the_end_by_hand_is_heard() -> None:
    end = InputTransportMessageFrame(message=TurnEndedByHand())
    word = InputAudioRawFrame(SPEECH[12_800 : 12_800 + 25_600], 16_000, 1)
    run = await hear([(0.8, word), (0.8, end)])
    assert kinds(run) == [STARTED, STOPPED, TurnEndedByHand]


async def test_audio_that_stops_arriving_ends_the_speech() -> None:
    run = await hear(spoken(SPEECH[: int(1.0 * 32_000)]), settle=2.0)
    assert run.times(VADUserStoppedSpeakingFrame) == [pytest.approx(1.0 + GAP_SECONDS, abs=0.01)]


async def test_silence_is_no_speech() -> None:
    run = await hear(spoken(silence(3.0)))
    assert run.of(VADUserStartedSpeakingFrame) == []


# --- pauses -------------------------------------------------------------------------------------------


async def test_a_pause_comes_soon_after_the_last_word_and_before_the_stop() -> None:
    run = await hear(spoken(silence(0.5) + SPEECH + silence(1.0)))
    assert kinds(run) == [STARTED, SpeechPaused, TurnJudged(None), STOPPED]
    (_, paused), (judged, _), (stopped, _) = told(run)[1:]
    assert paused == SpeechPaused(0.096)
    assert stopped - judged == pytest.approx(0.1, abs=0.021)


async def test_each_pause_is_judged_once_unless_the_caller_goes_on_first() -> None:
    judge = Judge(0.9)
    run = await hear(spoken(silence(0.5) + SPEECH + silence(1.0)), judge=judge)
    assert kinds(run) == [STARTED, SpeechPaused, TurnJudged(0.9), STOPPED]
    (paused, _), (judged, _) = told(run)[1:3]
    assert judged - paused == pytest.approx(0.04)


async def test_who_cannot_tell_at_the_pause_is_asked_once_more_at_the_stop() -> None:
    judge = Judge(None)
    run = await hear(spoken(SPEECH + silence(1.0)), judge=judge)
    assert kinds(run) == [STARTED, SpeechPaused, STOPPED, TurnJudged(None)]
    assert judge.early == [True, False]


async def test_a_judge_who_is_busy_at_the_pause_is_asked_at_the_stop() -> None:
    judge = Judge(0.9, busy=True)
    run = await hear(spoken(SPEECH + silence(1.0)), judge=judge)
    assert kinds(run) == [STARTED, SpeechPaused, STOPPED, TurnJudged(0.9)]
    (stopped, _), (judged, _) = told(run)[2:]
    assert judged - stopped == pytest.approx(0.04)
    assert len(judge.heard[1]) > len(judge.heard[0])


async def test_who_cannot_tell_until_after_the_stop_is_asked_then() -> None:
    judge = Judge(None, seconds=0.25)
    run = await hear(spoken(SPEECH + silence(1.0)), judge=judge)
    assert kinds(run) == [STARTED, SpeechPaused, STOPPED, TurnJudged(None)]
    assert judge.early == [True, False]


async def test_a_busy_judge_is_not_asked_of_a_pause_that_did_not_last() -> None:
    judge = Judge(0.9, busy=True)
    run = await hear(spoken(silence(0.5) + WORDS + silence(0.1) + WORDS + silence(1.0)), judge=judge)
    assert [what for _, what in told(run) if isinstance(what, TurnJudged)] == [TurnJudged(0.9)]
    assert judge.early == [True, True, False]


async def test_a_verdict_may_come_after_the_stop() -> None:
    run = await hear(spoken(SPEECH + silence(1.0)), judge=Judge(0.2, seconds=0.25))
    assert kinds(run) == [STARTED, SpeechPaused, STOPPED, TurnJudged(0.2)]


@pytest.mark.parametrize(
    ("judge_seconds", "verdicts"), [(0.0, [TurnJudged(0.3)] * 2), (0.08, [TurnJudged(0.3)])]
)
async def test_who_goes_on_has_resumed_and_is_not_judged_by_the_pause_before(
    judge_seconds: float, verdicts: list[TurnJudged]
) -> None:
    judge = Judge(0.3, judge_seconds)
    run = await hear(spoken(silence(0.5) + WORDS + silence(0.1) + WORDS + silence(1.0)), judge=judge)
    whats = kinds(run)
    assert whats.count(SpeechPaused) == 2
    assert [what for what in whats if isinstance(what, TurnJudged)] == verdicts
    assert whats.index(SpeechResumed) > whats.index(SpeechPaused)
    assert (whats.count(STARTED), whats.count(STOPPED)) == (1, 1)
    assert judge.answered == len(verdicts)


async def test_who_begins_anew_is_not_judged_by_the_pause_before() -> None:
    judge = Judge(0.3, seconds=1.0)
    run = await hear(spoken(SPEECH + silence(0.3) + SPEECH + silence(1.5)), judge=judge)
    assert kinds(run) == [STARTED, SpeechPaused, STOPPED, STARTED, SpeechPaused, STOPPED, TurnJudged(0.3)]


async def test_the_judge_hears_the_turn_from_its_first_word() -> None:
    judge = Judge()
    frames = spoken(silence(3.0) + SPEECH + silence(0.5) + SPEECH + silence(3.0) + SPEECH + silence(1.0))
    await hear(frames, judge=judge)
    one, both, next_turn = (len(pcm) / 32_000 for pcm in judge.heard)
    words = len(SPEECH) / 32_000
    assert one == pytest.approx(words, abs=0.35)
    assert both == pytest.approx(one + 0.5 + words, abs=0.1)
    assert next_turn == pytest.approx(one, abs=0.1)
    assert judge.heard[1].startswith(judge.heard[0][:3200])


async def test_the_judge_hears_no_more_than_eight_seconds() -> None:
    judge = Judge()
    await hear(spoken(clip("jfk") + silence(1.0)), judge=judge)
    assert max(len(pcm) for pcm in judge.heard) == LONGEST_SECONDS * 32_000


async def test_the_end_by_hand_ends_the_wait_for_a_verdict_and_the_turn() -> None:
    judge = Judge(seconds=0.5)
    end = InputTransportMessageFrame(message=TurnEndedByHand())
    first, second = spoken(SPEECH + silence(0.4)), spoken(SPEECH + silence(1.0), start=2.4)
    run = await hear([*first, (2.3, end), *second], judge=judge)
    assert kinds(run) == [
        *[STARTED, SpeechPaused, STOPPED, TurnEndedByHand],
        *[STARTED, SpeechPaused, STOPPED, TurnJudged(0.9)],
    ]
    assert judge.answered == 1
    assert len(judge.heard[1]) == pytest.approx(len(judge.heard[0]), abs=3200)


async def test_audio_that_stays_away_is_a_pause_that_is_judged() -> None:
    judge = Judge()
    run = await hear(spoken(SPEECH[: int(1.0 * 32_000)]), settle=2.0, judge=judge)
    assert kinds(run) == [STARTED, SpeechPaused, STOPPED, TurnJudged(0.9)]
    assert told(run)[1][1] == SpeechPaused(GAP_SECONDS)


async def test_a_busy_judge_is_not_asked_of_silence_when_audio_stayed_away() -> None:
    judge = Judge(busy=True)
    run = await hear(spoken(SPEECH[: int(1.0 * 32_000)]), settle=2.0, judge=judge)
    assert kinds(run) == [STARTED, SpeechPaused, STOPPED, TurnJudged(None)]
    assert judge.early == [True]


async def test_audio_that_stays_away_in_a_pause_is_no_second_pause() -> None:
    run = await hear(spoken(SPEECH + silence(0.08)), settle=2.0, judge=Judge())
    assert kinds(run) == [STARTED, SpeechPaused, TurnJudged(0.9), STOPPED]


async def test_a_verdict_that_is_due_after_the_call_is_forgotten() -> None:
    judge = Judge(seconds=60.0)
    await hear(spoken(SPEECH + silence(0.5)), judge=judge)
    assert (len(judge.heard), judge.answered) == (1, 0)


@pytest.mark.parametrize("name", ["stop", "mhm", "are_you_a_robot", "not_interested", "who_is_this"])
async def test_the_start_is_noticed_soon_enough_to_silence_the_bot_within_300_ms(name: str) -> None:
    """The clips begin with 0.3 s without speech."""
    run = await hear(spoken(silence(0.2) + clip(name)))
    assert run.times(STARTED)[0] <= 0.2 + 0.3 + 0.28
