"""The conversation in the form that pipecat's services read, and their calls in the conversation's."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipecat.frames.frames import FunctionCallFromLLM, FunctionCallsStartedFrame
from pipecat.processors.aggregators.llm_context import LLMContext

from processors.context_messages import called, context_messages, instruction, tool_calls
from vantum.core.conversation import RUNNING, Conversation, ToolCall

CALL = ToolCall("c1", "order_status", '{"order": 42}')
NOTE = ToolCall("c2", "note", "{}")
MADE = {"id": "c1", "type": "function", "function": {"name": "order_status", "arguments": '{"order": 42}'}}


def test_a_conversation_with_a_call() -> None:
    conversation = Conversation("be kind")
    conversation.heard_caller("where is it")
    conversation.called([CALL])
    conversation.caller_heard("Let me see.", interrupted=False, call_id="c1")
    conversation.returned("c1", '"here"')
    conversation.caller_heard("It is here.", interrupted=False)
    assert context_messages(conversation.messages) == [
        {"role": "user", "content": "where is it"},
        {"role": "assistant", "content": "Let me see.", "tool_calls": [MADE]},
        {"role": "tool", "tool_call_id": "c1", "content": '"here"'},
        {"role": "assistant", "content": "It is here."},
    ]


def test_calls_without_a_word_have_no_content_and_all_have_results() -> None:
    conversation = Conversation("be kind")
    conversation.called([CALL, NOTE])
    [made, *results] = context_messages(conversation.messages)
    assert isinstance(made, dict)
    assert made["content"] is None
    assert [call["id"] for call in made["tool_calls"]] == ["c1", "c2"]  # type: ignore[typeddict-item]
    assert results == [
        {"role": "tool", "tool_call_id": "c1", "content": RUNNING},
        {"role": "tool", "tool_call_id": "c2", "content": RUNNING},
    ]


GERMAN = "Answer in German, whatever language you read above."


@pytest.mark.parametrize(
    ("prompt", "language", "whole"),
    [
        ("be kind", None, "be kind"),
        ("be kind", "de", f"be kind\n\n{GERMAN}"),
        ("", "de", GERMAN),
    ],
)
def test_the_instruction(prompt: str, language: str | None, whole: str) -> None:
    frame = instruction(prompt, language)
    assert frame is not None
    assert frame.delta is not None
    assert frame.delta.system_instruction == whole


def test_without_a_prompt_and_a_language_there_is_no_instruction() -> None:
    assert instruction("", None) is None


def announced(*ids: str) -> FunctionCallsStartedFrame:
    return FunctionCallsStartedFrame(
        [FunctionCallFromLLM("note", each, {"n": 1}, LLMContext()) for each in ids]
    )


def test_the_calls_that_are_announced() -> None:
    assert tool_calls(announced("a", "b")) == [
        ToolCall("a", "note", '{"n": 1}'),
        ToolCall("b", "note", '{"n": 1}'),
    ]


def test_a_call_without_an_id_is_given_one() -> None:
    ids = [call.id for call in tool_calls(announced("", "mine", ""))]
    assert ids[1] == "mine"
    assert all(ids)
    assert len(set(ids)) == 3


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.text(), values))
def test_a_call_is_carried_out_as_it_was_made(arguments: dict[str, object]) -> None:
    context = LLMContext()
    made = FunctionCallFromLLM("note", "a", arguments, context)
    [call] = tool_calls(FunctionCallsStartedFrame([made]))
    assert json.loads(call.arguments) == arguments
    assert called(call, context) == made
