"""The context aggregator and the calls of tools: run when they count, kept in their place, asked about once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from pipecat.frames.frames import FunctionCallFromLLM, FunctionCallsStartedFrame, InterruptionFrame
from pipecat.processors.aggregators.llm_context import LLMContext

from processors.tools.tool import ToolContext, tool
from processors.tools.tool_result import Quiet
from tests.processors.conversing import (
    DRAFTS,
    PLAIN,
    E,
    S,
    TimedUp,
    asked,
    asked_of_output,
    converse,
    final,
    heard,
    messages,
    questions,
    speaks,
    token,
    told,
    up,
)
from vantum.core.events import Say, SpeechPaused, SpeechResumed, ToolCalled, ToolReturned, TurnJudged
from vantum.core.phrases import phrases
from vantum.testing import Run

Asked = tuple[str, str, dict[str, object]]
"""A call: its id, the name of the tool, and the arguments."""


@tool
async def order_status(order: int) -> str:
    """Look up how far an order is."""
    return f"order {order} is on its way"


@tool
async def slow(seconds: float) -> str:
    """Take time."""
    await asyncio.sleep(seconds)
    return "done"


@tool
async def note(text: str) -> Quiet:
    """Keep a note."""
    return Quiet(text)


@tool
async def messages_so_far(context: ToolContext) -> int:
    """Count the messages of the conversation."""
    return len(context.asked.context.messages)


TOOLS = (order_status, slow, note, messages_so_far)
ORDER: Asked = ("c1", "order_status", {"order": 42})
FOUND = '"order 42 is on its way"'


def calls(at: float, *made: Asked) -> TimedUp:
    """The language model calls tools."""
    given = [FunctionCallFromLLM(name, call_id, arguments, LLMContext()) for call_id, name, arguments in made]
    return up(at, FunctionCallsStartedFrame(given))


def returned(done: Run) -> list[tuple[float, str, str, bool]]:
    """When each tool came to its end, its call, its result, and whether it failed."""
    return [
        (at, event.call_id, event.result, event.failed)
        for at, event in messages(done)
        if isinstance(event, ToolReturned)
    ]


def called(done: Run) -> list[ToolCalled]:
    return [event for event in told(done) if isinstance(event, ToolCalled)]


async def test_the_result_of_a_call_is_the_next_question_behind_the_words_that_go_with_it() -> None:
    done = await converse(
        (0.0, final("go")),
        token(0.2),
        speaks(0.4),
        calls(0.5, ("c1", "slow", {"seconds": 1.0})),
        heard(1.0, "Let me see."),
        tools=TOOLS,
        settle=1.0,
    )
    assert questions(done)[1:] == [[("user", "go"), ("assistant", "Let me see."), ("tool", '"done"')]]
    assert called(done) == [ToolCalled("c1", "slow", '{"seconds": 1.0}')]
    assert returned(done) == [(1.5, "c1", '"done"', False)]


async def test_calls_run_at_the_same_time_and_are_asked_about_together() -> None:
    two = calls(0.2, ("a", "slow", {"seconds": 1.0}), ("b", "slow", {"seconds": 2.0}))
    done = await converse((0.0, final("go")), two, heard(0.3, ""), tools=TOOLS, settle=5.0)
    assert returned(done) == [(1.2, "a", '"done"', False), (2.2, "b", '"done"', False)]
    assert len(questions(done)) == 2
    assert questions(done)[1] == [
        ("user", "go"),
        ("assistant", "None"),
        ("tool", '"done"'),
        ("tool", '"done"'),
    ]


async def test_a_call_of_no_tool_is_answered_with_an_error() -> None:
    done = await converse(
        (0.0, final("go")), calls(0.2, ("c1", "fly", {})), heard(0.3, ""), tools=TOOLS, settle=1.0
    )
    [(_, _, result, failed)] = returned(done)
    assert failed
    assert "There is no tool 'fly'" in result
    assert questions(done)[1][-1] == ("tool", result)


async def test_calls_without_an_id_are_told_apart() -> None:
    done = await converse(
        (0.0, final("go")),
        calls(0.2, ("", "order_status", {"order": 1}), ("", "order_status", {"order": 2})),
        heard(0.3, ""),
        tools=TOOLS,
        settle=1.0,
    )
    ids = [event.call_id for event in called(done)]
    assert len(set(ids)) == 2
    assert all(ids)
    assert [call_id for _, call_id, _, _ in returned(done)] == ids


async def test_a_quiet_result_is_kept_and_nothing_is_asked_for_its_sake() -> None:
    done = await converse(
        (0.0, final("go")),
        token(0.1),
        calls(0.2, ("c1", "note", {"text": "hi"})),
        heard(0.3, "Noted."),
        (2.0, final("and now")),
        tools=TOOLS,
        settle=1.0,
    )
    assert [len(question) for question in questions(done)] == [1, 4]
    assert questions(done)[1][2:] == [("tool", '"hi"'), ("user", "and now")]


async def test_a_quiet_tool_that_was_called_without_a_word_leaves_nobody_waiting() -> None:
    done = await converse(
        (0.0, final("go")),
        calls(0.2, ("c1", "note", {"text": "hi"})),
        heard(0.3, ""),
        tools=TOOLS,
        settle=1.0,
    )
    assert [len(question) for question in questions(done)] == [1, 3]


async def test_a_tool_is_given_the_conversation() -> None:
    done = await converse(
        (0.0, final("go")), calls(0.2, ("c1", "messages_so_far", {})), heard(0.3, ""), tools=TOOLS, settle=1.0
    )
    assert [result for _, _, result, _ in returned(done)] == ["3"]


async def test_a_tool_goes_on_when_the_caller_interrupts_the_answer_and_its_result_is_kept_once() -> None:
    done = await converse(
        (0.0, final("go")),
        token(0.1),
        speaks(0.3),
        calls(0.4, ("c1", "slow", {"seconds": 3.0})),
        (1.0, final("hurry up please")),
        heard(1.01, "One", cut=True),
        token(1.5),
        speaks(1.6),
        heard(2.0, "I do."),
        tools=TOOLS,
        settle=5.0,
    )
    assert done.times(InterruptionFrame) == [1.0, 1.0]
    assert returned(done) == [(3.4, "c1", '"done"', False)]
    assert [role for role, _ in questions(done)[-1]].count("tool") == 1
    assert ("tool", '"done"') in questions(done)[-1]


async def test_a_slow_tool_is_waited_for_with_a_word() -> None:
    done = await converse(
        (0.0, final("go")),
        calls(0.2, ("c1", "slow", {"seconds": 8.0})),
        heard(0.3, ""),
        tools=TOOLS,
        manners=replace(PLAIN, filler_seconds=0.5),
        settle=5.0,
    )
    assert asked_of_output(done) == [(0.7, Say(phrases("en").one_moment))]


@pytest.mark.parametrize("at", [1.005, 1.02])
async def test_calls_of_an_answer_that_was_cut_are_not_carried_out(at: float) -> None:
    """Before the cut is reported they belong to the answer that was cut."""
    done = await converse(
        (0.0, final("go")),
        token(0.1),
        speaks(0.5),
        (1.0, final("stop please")),
        calls(at, ORDER),
        heard(1.03, "I", cut=True),
        tools=TOOLS,
        settle=1.0,
    )
    assert (called(done), returned(done)) == ([], [])


PAUSE = (
    (0.0, S()),
    (0.9, final("tell me about my parcel")),
    (1.0, asked(SpeechPaused(0.1))),
    calls(1.05, ORDER),
)


async def test_the_calls_of_a_draft_are_carried_out_when_the_turn_is_over() -> None:
    done = await converse(
        *PAUSE,
        (1.06, asked(TurnJudged(0.9))),
        (1.1, E(stop_secs=0.2)),
        heard(2.5, ""),
        tools=TOOLS,
        manners=DRAFTS,
        settle=1.0,
    )
    [(at, _, result, _)] = returned(done)
    assert (at > 1.05, result) == (True, FOUND)
    assert len(questions(done)) == 2


async def test_the_calls_of_a_draft_that_is_withdrawn_are_not_carried_out() -> None:
    done = await converse(
        *PAUSE,
        (1.08, asked(SpeechResumed())),
        heard(1.09, "", cut=True),
        (2.0, final("please")),
        (2.2, E(stop_secs=0.2)),
        tools=TOOLS,
        manners=DRAFTS,
        settle=3.0,
    )
    assert (called(done), returned(done)) == ([], [])
    assert questions(done)[-1] == [("user", "tell me about my parcel please")]


async def test_a_tool_at_work_does_not_keep_the_call_from_ending() -> None:
    done = await converse((0.0, final("go")), calls(0.2, ("c1", "slow", {"seconds": 9.0})), tools=TOOLS)
    assert (len(called(done)), returned(done)) == (1, [])
