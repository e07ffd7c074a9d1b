"""Calls of tools are announced on both sides, and nothing is run."""

from __future__ import annotations

from pipecat.frames.frames import (
    Frame,
    FunctionCallFromLLM,
    FunctionCallInProgressFrame,
    FunctionCallResultFrame,
    FunctionCallsStartedFrame,
    LLMContextFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.llm_service import LLMService
from pipecat.services.settings import LLMSettings

from processors.llm.announced_calls import AnnouncedCalls
from processors.llm.call_under_way import CallUnderWay
from vantum.testing.processor_run import run_processor

CONTEXT = LLMContext([{"role": "user", "content": "Fly!"}])
CALLS = [FunctionCallFromLLM(name, f"call_{name}", {"height": 3}, CONTEXT) for name in ("fly", "wave")]


class Model(AnnouncedCalls, LLMService):
    """Calls ``calls`` at each question."""

    def __init__(self, calls: list[FunctionCallFromLLM]) -> None:
        super().__init__(
            settings=LLMSettings(
                model="model",
                system_instruction=None,
                temperature=None,
                max_tokens=None,
                top_p=None,
                top_k=None,
                frequency_penalty=None,
                presence_penalty=None,
                seed=None,
                filter_incomplete_user_turns=False,
                user_turn_completion_config=None,
            )
        )
        self._calls = calls

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMContextFrame):
            await self.run_function_calls(self._calls)
        else:
            await self.push_frame(frame, direction)


async def test_calls_are_announced_on_both_sides_and_not_run() -> None:
    run = await run_processor(Model(CALLS), [LLMContextFrame(CONTEXT)], settle=5.0)
    assert [list(frame.function_calls) for frame in run.of(FunctionCallsStartedFrame)] == [CALLS, CALLS]
    assert not run.of(FunctionCallInProgressFrame)
    assert not run.of(FunctionCallResultFrame)


async def test_a_call_that_is_being_written_is_a_sign_of_life() -> None:
    class Writes(Model):
        async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
            if isinstance(frame, LLMContextFrame):
                await self.call_under_way()
            await super().process_frame(frame, direction)

    run = await run_processor(Writes([]), [LLMContextFrame(CONTEXT)])
    assert len(run.of(CallUnderWay)) == 1


async def test_an_answer_without_calls_announces_nothing() -> None:
    run = await run_processor(Model([]), [LLMContextFrame(CONTEXT)], settle=5.0)
    assert not run.of(FunctionCallsStartedFrame)
