"""A conversation whose recognisers fail: what the caller hears of it, and when."""

from __future__ import annotations

import pytest
from pipecat.frames.frames import EndWorkerFrame, Frame, InputTransportMessageFrame, TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.context_aggregator import ContextAggregator
from processors.failover import Candidate, Desk
from processors.stt.failover import FailoverSTT
from tests.processors.conversing import PLAIN, questions, said
from tests.processors.recognisers import Makers, Way, call
from vantum.core.choice import Kind
from vantum.core.events import SessionStarted, UtteranceEnded, UtteranceStarted
from vantum.core.phrases import phrases
from vantum.testing import Input, Run, run_processor

ENGLISH = phrases("en")
REFUSED = OSError("refused")


async def converse(*makers: Makers, until: float, said: tuple[float, tuple[int, ...]]) -> Run:
    """The caller says something; the voice plays whatever it is given at once."""
    candidates = [Candidate(f"number {number}", make) for number, make in enumerate(makers)]
    stt = FailoverSTT(Desk(Kind.STT, candidates))
    aggregator = ContextAggregator(prompt="be kind", manners=PLAIN)
    frames: list[Input] = [InputTransportMessageFrame(message=SessionStarted()), *call(until, said)]
    return await run_processor(Pipeline([stt, aggregator, Voice()]), frames)


class Voice(FrameProcessor):
    """Reports each sentence as heard."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)
        if isinstance(frame, TTSSpeakFrame):
            for report in (UtteranceStarted("u"), UtteranceEnded("u", frame.text, interrupted=False)):
                await self.push_frame(InputTransportMessageFrame(message=report), FrameDirection.UPSTREAM)


def ends(run: Run) -> list[float]:
    return [at for at, frame in run.up if isinstance(frame, EndWorkerFrame)]


@pytest.mark.parametrize("spoken_at", [0.1, 1.0, 3.0, 6.0])
async def test_all_down_at_the_start_is_told_within_five_seconds_and_the_call_ends(spoken_at: float) -> None:
    makers = [Makers(REFUSED), Makers(Way(setup_error=REFUSED))]
    run = await converse(*makers, until=16.0, said=(spoken_at, (1, 2, 3)))
    (told_at, text), (over_at, last) = said(run)
    assert (text, last) == (ENGLISH.cannot_hear, ENGLISH.call_back)
    assert told_at <= spoken_at + 0.6 + 5.0
    assert (over_at, ends(run)) == (15.0, [15.0])


async def test_what_was_said_to_nobody_is_answered_when_somebody_hears_it() -> None:
    makers = Makers(REFUSED, REFUSED, REFUSED, Way())
    run = await converse(makers, until=9.0, said=(1.0, (1, 2, 3)))
    # Made at 0, 2, 4 and 6.
    assert said(run) == [(2.0, ENGLISH.cannot_hear)]
    assert [question[-1] for question in questions(run)] == [("user", "one two three")]
    assert ends(run) == []


@pytest.mark.parametrize("breaks_at", [0.5, 1.1, 1.5, 1.7])
async def test_of_an_exchange_the_caller_hears_nothing(breaks_at: float) -> None:
    run = await converse(Makers(Way(breaks_at=breaks_at)), Makers(Way()), until=4.0, said=(1.0, (1, 2, 3)))
    assert said(run) == []
    assert [question[-1] for question in questions(run)] == [("user", "one two three")]
