"""The scripted language model streams its answers, remembers the questions, and stops when interrupted."""

from __future__ import annotations

from unittest.mock import ANY

import pytest
from pipecat.frames.frames import (
    ErrorFrame,
    FunctionCallFromLLM,
    FunctionCallsStartedFrame,
    InterruptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    LLMUpdateSettingsFrame,
    TextFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext, LLMContextMessage
from pipecat.services.settings import LLMSettings

from processors.llm.call_under_way import CallUnderWay
from vantum.testing.processor_run import run_processor
from vantum.testing.scripted_llm import Calls, Fails, ScriptedLLM


def asking(text: str) -> LLMContextFrame:
    return LLMContextFrame(LLMContext([{"role": "user", "content": text}]))


async def test_an_answer_is_streamed_word_by_word() -> None:
    run = await run_processor(ScriptedLLM(["Hello, you. "]), [asking("hi")])
    assert run.kinds() == [
        (0.0, LLMFullResponseStartFrame),
        (0.1, LLMTextFrame),
        (0.12, LLMTextFrame),
        (0.14, LLMTextFrame),
        (0.14, LLMFullResponseEndFrame),
    ]
    assert run.texts() == ["Hello,", " you.", " "]


async def test_it_remembers_the_messages_as_they_were() -> None:
    llm = ScriptedLLM(["One.", "Two."])
    context = LLMContext([{"role": "user", "content": "first"}])
    await run_processor(llm, [LLMContextFrame(context)])
    context.add_message({"role": "user", "content": "second"})
    assert llm.asked == [[{"role": "user", "content": "first"}]]


async def test_answers_may_be_made_from_the_messages() -> None:
    def answer(messages: list[LLMContextMessage]) -> str:
        return f"{len(messages)} message"

    run = await run_processor(ScriptedLLM(answer, first_token=0, per_token=0), [asking("hi")])
    assert "".join(run.texts()) == "1 message"


async def test_an_interruption_stops_the_answer() -> None:
    llm = ScriptedLLM(["One two three.", "Again."])
    run = await run_processor(llm, [asking("hi"), (0.125, InterruptionFrame()), (1.0, asking("and?"))])
    assert run.texts() == ["One", " two", "Again."]
    assert run.times(LLMFullResponseEndFrame) == [0.125, 1.1]
    assert run.times(InterruptionFrame) == [0.125]


async def test_more_questions_than_answers_are_an_error() -> None:
    run = await run_processor(ScriptedLLM([]), [asking("hi")])
    assert "no answer left for [{'role': 'user', 'content': 'hi'}]" in run.of(ErrorFrame)[0].error


async def test_other_frames_pass() -> None:
    assert (await run_processor(ScriptedLLM([]), [TextFrame("x")])).texts() == ["x"]


@pytest.mark.parametrize(("text", "at"), [("Let me see.", 0.14), ("", 0.1)])
async def test_tool_calls_are_announced_behind_the_text_and_before_the_end(text: str, at: float) -> None:
    llm = ScriptedLLM([Calls(text, [("look", {"n": 1}), ("book", {})]), Calls("", [("look", {})])])
    run = await run_processor(llm, [asking("hi"), (1.0, asking("and?"))], settle=1)
    assert run.of(FunctionCallsStartedFrame)[0].function_calls == [
        FunctionCallFromLLM("look", "call_1", {"n": 1}, ANY),
        FunctionCallFromLLM("book", "call_2", {}, ANY),
    ]
    assert run.of(FunctionCallsStartedFrame)[1].function_calls[0].tool_call_id == "call_3"
    kinds = [(time, kind) for time, kind in run.kinds() if time < 1]
    assert kinds[-2:] == [(at, FunctionCallsStartedFrame), (at, LLMFullResponseEndFrame)]
    # As a real service does, it tells both sides.
    assert [time for time, frame in run.up if isinstance(frame, FunctionCallsStartedFrame)] == [at, 1.1]


async def test_an_interrupted_answer_announces_no_calls() -> None:
    llm = ScriptedLLM([Calls("One two three.", [("look", {})])])
    run = await run_processor(llm, [asking("hi"), (0.125, InterruptionFrame())], settle=1)
    assert run.of(FunctionCallsStartedFrame) == []


async def test_an_answer_may_fail_behind_its_words() -> None:
    error = ConnectionResetError("cut")
    run = await run_processor(ScriptedLLM([Fails(error, "It is")]), [asking("hi")])
    assert run.texts() == ["It", " is"]
    (failed,) = run.of(ErrorFrame)
    assert (failed.exception, run.times(ErrorFrame)) == (error, [0.14])
    assert run.times(LLMFullResponseEndFrame) == [0.14]


async def test_an_answer_may_stall_in_a_call_until_it_is_stopped() -> None:
    llm = ScriptedLLM([Fails(calling=True)])
    run = await run_processor(llm, [asking("hi"), (5.0, InterruptionFrame())])
    assert (run.times(CallUnderWay), run.times(LLMFullResponseEndFrame)) == ([0.1], [5.0])
    assert llm.stopped == 1


async def test_the_system_prompts_are_kept() -> None:
    llm = ScriptedLLM([])
    frame = LLMUpdateSettingsFrame(delta=LLMSettings(system_instruction="Be kind."))
    run = await run_processor(llm, [frame])
    assert (llm.prompts, run.of(LLMUpdateSettingsFrame)) == (["Be kind."], [frame])
