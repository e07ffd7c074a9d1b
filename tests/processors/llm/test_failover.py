"""The box of the language models, on virtual time: what passes it, who is asked, and how an answer is stopped."""

from __future__ import annotations

import asyncio

import pytest
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    FunctionCallsStartedFrame,
    InputTransportMessageFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    LLMUpdateSettingsFrame,
    MetricsFrame,
    OutputTransportMessageUrgentFrame,
    TTSSpeakFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup
from pipecat.services.settings import LLMSettings

from processors.failover import Candidate, Desk
from processors.llm.failover import FailoverLLM
from tests.processors.failing import CUT, HANG, Team, candidate, closed, question, status, switches, text
from vantum.core.choice import Kind
from vantum.core.faults import Fault
from vantum.testing import Calls, Fails, ScriptedLLM, run_processor
from vantum.testing.scripted_llm import Scripted

# --- all is well ---------------------------------------------------------------------------------------


async def test_an_answer_comes_as_the_model_gives_it() -> None:
    team = Team(["I am fine."])
    run = await team.answer()
    assert run.kinds() == [
        (1.0, LLMFullResponseStartFrame),
        (1.1, LLMTextFrame),
        (1.12, LLMTextFrame),
        (1.14, LLMTextFrame),
        (1.14, LLMFullResponseEndFrame),
    ]
    assert run.up == ()
    (standing,) = team.board.standings(0.0)
    assert (standing.requests, standing.error_rate) == (1, 0.0)
    assert standing.median_seconds == pytest.approx(0.1)


async def test_an_empty_answer_is_one() -> None:
    run = await Team([""]).answer()
    assert run.kinds() == [(1.0, LLMFullResponseStartFrame), (1.0, LLMFullResponseEndFrame)]


async def test_calls_are_announced_to_both_sides_once() -> None:
    team = Team([Calls("Let me see.", [("order_status", {"order": 42})])])
    run = await team.answer()
    assert text(run) == "Let me see."
    assert [time for time, frame in run.down if isinstance(frame, FunctionCallsStartedFrame)] == [1.14]
    [(time, announced)] = run.up
    assert time == 1.14
    assert isinstance(announced, FunctionCallsStartedFrame)
    assert announced.function_calls[0].arguments == {"order": 42}


async def test_frames_keep_their_place_behind_an_answer_and_messages_overtake_it() -> None:
    message = OutputTransportMessageUrgentFrame(message="at once")
    run = await Team(["I am fine."]).answer((1.05, TTSSpeakFrame("Later.")), (1.06, message))
    kinds = [(time, kind) for time, kind in run.kinds() if kind is not LLMTextFrame]
    assert kinds == [
        (1.0, LLMFullResponseStartFrame),
        (1.06, OutputTransportMessageUrgentFrame),
        (1.14, LLMFullResponseEndFrame),
        (1.14, TTSSpeakFrame),
    ]


async def test_what_goes_upstream_passes() -> None:
    up = InputTransportMessageFrame(message="news")
    run = await run_processor(Team([]).box, [(1.0, up, FrameDirection.UPSTREAM)])
    assert run.up == ((1.0, up),)


# --- who is asked next ------------------------------------------------------------------------------------


async def test_the_other_stays_for_the_next_question_and_the_first_comes_back_when_it_is_well() -> None:
    team = Team([Fails(CUT)] * 4 + ["One again."], ["Two.", "Two."])
    run = await team.answer((10.0, question()), (33.0, question()), settle=3.0)
    assert text(run) == "Two.Two.One again."
    assert switches(run) == [(2.0, "one", "two", Fault.NETWORK), (33.0, "two", "one", None)]


async def test_each_is_told_the_system_prompt_when_it_is_needed() -> None:
    team = Team([Fails(status(401)), Fails(status(401))], ["Yes.", "Yes."])
    prompts = [
        (0.5, LLMUpdateSettingsFrame(delta=LLMSettings(system_instruction=prompt)))
        for prompt in ("Old.", "Be kind.")
    ]
    later = LLMUpdateSettingsFrame(delta=LLMSettings(system_instruction="Be brief."))
    run = await run_processor(team.box, [*prompts, (1.0, question()), (5.0, later)], settle=1.0)
    assert [model.prompts for models in team.models.values() for model in models] == [
        ["Old.", "Be kind.", "Be brief."],
        ["Be kind.", "Be brief."],
    ]
    assert run.of(LLMUpdateSettingsFrame) == []


async def test_settings_for_another_service_pass() -> None:
    other = ScriptedLLM([])
    frame = LLMUpdateSettingsFrame(delta=LLMSettings(system_instruction="x"), service=other)
    run = await run_processor(Team([]).box, [frame])
    assert run.of(LLMUpdateSettingsFrame) == [frame]


# --- interruptions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "at"),
    [
        ([["A long answer to it."]], 1.13),
        ([[HANG]], 2.0),
        ([[Fails(CUT), HANG]], 2.0),
        ([[Fails(CUT), Fails(CUT), Fails(CUT)]], 1.7),
        ([[Fails(status(429, retry_after="2"))]], 2.0),
        ([[Fails(text="It is")]], 2.0),
        ([[Fails(text="It is"), HANG]], 4.0),
        ([[HANG], [HANG]], 4.0),
    ],
)
async def test_an_interruption_ends_the_answer_and_all_that_was_to_come(
    answers: list[list[Scripted]], at: float
) -> None:
    team = Team(*answers)
    run = await team.answer((at, InterruptionFrame()), settle=9.0)
    assert closed(run) == [(1.0, LLMFullResponseStartFrame), (at, LLMFullResponseEndFrame)]
    assert max(time for time, _ in run.down) == at
    assert run.of(ErrorFrame) == []


async def test_a_question_right_after_an_interruption_gets_its_own_answer() -> None:
    team = Team(["A long answer to it.", "Yes."])
    run = await team.answer((1.13, InterruptionFrame()), (1.13, question()))
    assert text(run) == "A longYes."
    assert run.times(LLMTextFrame)[-1] == pytest.approx(1.23)
    assert [model.stopped for model in team.models["one"]] == [1]


async def test_an_interruption_that_comes_with_the_question_leaves_nothing_of_it() -> None:
    team = Team(["Stale.", "Fresh."])
    run = await team.answer(InterruptionFrame(), question())
    assert "Stale" not in text(run)
    assert len(run.of(LLMFullResponseEndFrame)) == 2


class Sleepy(ScriptedLLM):
    """Takes a second to be set up."""

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        await asyncio.sleep(1.5)
        await super().setup(setup)


async def test_a_question_that_was_cancelled_on_its_way_gets_no_answer_in_place_of_the_next() -> None:
    made: list[FrameProcessor] = [Sleepy(["Stale."]), ScriptedLLM(["Fresh."])]
    left = iter(made)
    desk = Desk(Kind.LLM, [Candidate("one", lambda: next(left))])
    frames = [(1.0, question()), (1.2, InterruptionFrame()), (1.3, question())]
    run = await run_processor(FailoverLLM(desk), frames, settle=5.0)
    assert text(run) == "Fresh."
    assert run.times(LLMTextFrame) == [pytest.approx(1.6)]


async def test_a_question_waits_until_the_model_is_set_up() -> None:
    desk = Desk(Kind.LLM, [candidate("one", Sleepy(["Yes."]))])
    run = await run_processor(FailoverLLM(desk), [(1.0, question())], settle=5.0)
    assert run.times(LLMTextFrame) == [pytest.approx(1.6)]


async def test_a_model_whose_set_up_has_failed_is_made_again_for_the_next_question() -> None:
    class Broken(ScriptedLLM):
        async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
            raise status(503)

    made: list[FrameProcessor] = [Broken([]), Broken([]), ScriptedLLM(["Yes."])]
    left = iter(made)
    desk = Desk(Kind.LLM, [Candidate("one", lambda: next(left))])
    run = await run_processor(FailoverLLM(desk, chance=lambda: 0.5), [(1.0, question())], settle=5.0)
    assert text(run) == "Yes."


async def test_what_a_model_measures_passes_and_what_it_reports_unasked_does_not() -> None:
    class Measuring(ScriptedLLM):
        async def push_frame(
            self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM
        ) -> None:
            await super().push_frame(frame, direction)
            if isinstance(frame, LLMFullResponseEndFrame):
                await super().push_frame(MetricsFrame(data=[]))
                await self.push_error("Nobody has asked.")

    desk = Desk(Kind.LLM, [candidate("one", Measuring(["Yes."]))])
    run = await run_processor(FailoverLLM(desk), [(1.0, question())], settle=5.0)
    assert (run.times(MetricsFrame), run.up) == ([1.1], ())
