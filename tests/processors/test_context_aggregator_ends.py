"""The context aggregator at the end of a call, and when the task that brings it news comes to its end."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from pipecat.frames.frames import (
    EndFrame,
    Frame,
    InterruptionFrame,
    LLMContextFrame,
    OutputTransportMessageUrgentFrame,
    TTSSpeakFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.context_aggregator import ContextAggregator
from tests.processors.conversing import (
    PLAIN,
    E,
    S,
    asked,
    committed,
    converse,
    ends,
    final,
    heard,
    keys,
    pressed,
    questions,
    said,
    speaks,
    told,
)
from vantum.core.events import (
    CallerLeft,
    CallerPrompted,
    LastWords,
    Recognised,
    Sign,
    Transcript,
    TurnCommitted,
    TurnEndedByHand,
)
from vantum.core.phrases import phrases
from vantum.testing import Input, Run, ScriptedSTT, Transcribed, run_processor

GOODBYE = LastWords("Goodbye, Ann.", "put through")


async def test_last_words_are_spoken_and_the_end_is_asked_for_behind_them() -> None:
    done = await converse((1.0, asked(GOODBYE)))
    assert said(done) == [(1.0, "Goodbye, Ann.")]
    assert ends(done) == [(1.0, "put through")]
    assert done.of(InterruptionFrame) == []


@pytest.mark.parametrize("speaking", [True, False])
async def test_last_words_stop_the_answer_under_way(speaking: bool) -> None:
    begun: list[Input] = [(0.0, final("hello")), *([speaks(0.5)] if speaking else [])]
    done = await converse(*begun, (2.0, asked(GOODBYE)))
    kinds = [type(frame) for at, frame in done.down if at == 2.0]
    assert kinds == [InterruptionFrame, TTSSpeakFrame]
    assert ends(done) == [(2.0, "put through")]


async def test_nothing_that_is_said_or_pressed_after_the_last_words_changes_anything() -> None:
    done = await converse(
        (1.0, asked(GOODBYE)),
        speaks(1.2),
        (1.5, S()),
        (1.8, final("wait")),
        (2.0, E()),
        *keys("1#", at=2.25),
        (2.75, asked(TurnEndedByHand())),
        heard(3.0, "Goodbye, Ann."),
        settle=10.0,
    )
    assert (questions(done), committed(done), done.of(InterruptionFrame)) == ([], [], [])
    assert len(said(done)) == 1


async def test_what_waited_for_an_answer_is_not_answered_after_the_last_words() -> None:
    done = await converse(
        (0.0, final("first")),
        speaks(0.5),
        (1.0, final("second")),
        (1.01, asked(GOODBYE)),
        heard(1.02, "an answer", cut=True),
        settle=10.0,
    )
    assert questions(done) == [[("user", "first")]]


class Draining(FrameProcessor):
    """Lets the end of the pipeline out when what was said has been heard, as the transport's output does."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, EndFrame):
            await asyncio.sleep(5.0)
        await self.push_frame(frame, direction)


async def test_behind_the_end_of_the_call_nothing_is_answered() -> None:
    for at, answered in [(1.0, 1), (3.0, 0)]:
        stt = ScriptedSTT([Transcribed(at, "hello")])
        chain = Pipeline([stt, ContextAggregator(prompt="", manners=PLAIN), Draining()])
        done = await run_processor(chain, [], settle=2.0)
        assert len(questions(done)) == answered
        assert len([event for event in told(done) if isinstance(event, Transcript)]) == 1


# --- a caller who has left ------------------------------------------------------------------------------


def farewells(done: Run) -> list[float]:
    """When the message that the caller has left came out."""
    return [at for at, frame in done.down if getattr(frame, "message", None) == CallerLeft()]


async def test_a_caller_who_says_nothing_may_go_at_once() -> None:
    assert farewells(await converse((1.0, asked(CallerLeft())), settle=5.0)) == [1.0]


@pytest.mark.parametrize(
    ("last", "lines"),
    [
        (final("call me back"), [Transcript("call me back", final=True)]),
        (asked(Recognised(Sign.NOTHING)), []),
    ],
)
async def test_the_words_that_are_outstanding_are_waited_for_and_not_answered(
    last: Frame, lines: list[Transcript]
) -> None:
    done = await converse(
        (0.0, S()), (1.0, E(stop_secs=0.2)), (1.1, asked(CallerLeft())), (1.5, last), settle=5.0
    )
    assert farewells(done) == [1.5]
    assert [event for event in told(done) if isinstance(event, Transcript)] == lines
    assert questions(done) == []


async def test_who_leaves_in_the_middle_of_an_answer_hears_no_more_of_it() -> None:
    done = await converse((0.0, final("hello")), speaks(0.5), (1.0, asked(CallerLeft())), settle=5.0)
    assert done.times(InterruptionFrame) == [1.0, 1.0]
    assert farewells(done) == [1.0]


# --- whose task it is -----------------------------------------------------------------------------------


class Hasty(FrameProcessor):
    """A language model that ends the call instead of an answer, in the task that every interruption cancels."""

    def __init__(self) -> None:
        super().__init__()
        self.cancelled = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMContextFrame):
            try:
                await self.push_frame(asked(GOODBYE), FrameDirection.UPSTREAM)
                await asyncio.sleep(10.0)
            except asyncio.CancelledError:
                self.cancelled = True
                raise
        await self.push_frame(frame, direction)


async def test_what_is_decided_is_done_when_the_task_that_brought_the_news_is_cancelled_by_it() -> None:
    hasty = Hasty()
    chain = Pipeline([ContextAggregator(prompt="", manners=PLAIN), hasty])
    done = await run_processor(chain, [(1.0, final("hello"))], settle=5.0)
    assert hasty.cancelled
    assert done.times(InterruptionFrame) == [1.0, 1.0]
    assert said(done) == [(1.0, "Goodbye, Ann.")]
    assert ends(done) == [(1.0, "put through")]


class Slow(FrameProcessor):
    """Takes its time with every message, in the task of whoever pushes it."""

    def __init__(self) -> None:
        super().__init__(enable_direct_mode=True)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, OutputTransportMessageUrgentFrame):
            await asyncio.sleep(0.1)
        await self.push_frame(frame, direction)


async def test_what_is_decided_on_the_news_of_several_tasks_is_done_in_order() -> None:
    """Two tasks of the recogniser, the keypad and a timer bring news while what came of the first is being told."""
    stt = ScriptedSTT([Transcribed(1.0, "one"), Transcribed(1.01, "two")])
    manners = replace(PLAIN, answer_seconds=0.55)
    chain = Pipeline([stt, ContextAggregator(prompt="", manners=manners), Slow()])
    done = await run_processor(chain, keys("3#", at=0.78), settle=5.0)
    story = [event for event in told(done) if isinstance(event, Transcript | TurnCommitted | CallerPrompted)]
    assert [(type(event), event.text) for event in story] == [
        (Transcript, "one"),
        (TurnCommitted, "one"),
        (Transcript, "two"),
        (TurnCommitted, "one two"),
        (TurnCommitted, pressed("3")[1]),
        (CallerPrompted, phrases("en").say_again),
    ]
