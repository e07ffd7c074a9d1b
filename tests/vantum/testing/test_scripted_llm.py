"""The scripted language model streams its answers, remembers the questions, and stops when interrupted."""

from __future__ import annotations

from pipecat.frames.frames import (
    ErrorFrame,
    InterruptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TextFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext, LLMContextMessage

from vantum.testing.processor_run import run_processor
from vantum.testing.scripted_llm import ScriptedLLM


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
