"""The tool calls of an Anthropic stream, put together from their parts: by values."""

from __future__ import annotations

import json

import pytest
from anthropic.types.beta import (
    BetaInputJSONDelta,
    BetaRawContentBlockDeltaEvent,
    BetaRawContentBlockStartEvent,
    BetaRawMessageDeltaEvent,
    BetaRawMessageStreamEvent,
    BetaTextDelta,
    BetaToolUseBlock,
)
from pydantic import TypeAdapter

from processors.llm.whole_tool_calls import MOST_CHARACTERS
from processors.llm.whole_tool_uses import WholeToolUses
from processors.tools.tool_arguments import MALFORMED, TOO_LONG

EVENT: TypeAdapter[BetaRawMessageStreamEvent] = TypeAdapter(BetaRawMessageStreamEvent)


def begin(index: int, name: str) -> BetaRawMessageStreamEvent:
    block = BetaToolUseBlock(id=f"toolu_{index}", name=name, input={}, type="tool_use")
    return BetaRawContentBlockStartEvent(index=index, content_block=block, type="content_block_start")


def part(index: int, text: str) -> BetaRawMessageStreamEvent:
    delta = BetaInputJSONDelta(partial_json=text, type="input_json_delta")
    return BetaRawContentBlockDeltaEvent(index=index, delta=delta, type="content_block_delta")


def words(text: str) -> BetaRawMessageStreamEvent:
    delta = BetaTextDelta(text=text, type="text_delta")
    return BetaRawContentBlockDeltaEvent(index=0, delta=delta, type="content_block_delta")


def end(reason: str) -> BetaRawMessageDeltaEvent:
    event = EVENT.validate_python(
        {
            "type": "message_delta",
            "delta": {"stop_reason": reason, "stop_sequence": None},
            "usage": {"output_tokens": 5},
        }
    )
    assert isinstance(event, BetaRawMessageDeltaEvent)
    return event


def as_pipecat_reads(events: list[BetaRawMessageStreamEvent]) -> tuple[list[tuple[str, object]], list[str]]:
    """The calls that pipecat takes from the events, and the reasons to stop."""
    calls, reasons, name, arguments = list[tuple[str, object]](), list[str](), "", ""
    for event in events:
        match event:
            case BetaRawContentBlockStartEvent(content_block=BetaToolUseBlock(name=name)):
                arguments = ""
            case BetaRawContentBlockDeltaEvent(delta=BetaInputJSONDelta(partial_json=text)):
                arguments += text
            case BetaRawMessageDeltaEvent():
                reasons.append(str(event.delta.stop_reason))
                if event.delta.stop_reason == "tool_use" and name:
                    calls.append((name, json.loads(arguments) if arguments else {}))
    return calls, reasons


@pytest.mark.parametrize(
    ("taken", "reason", "calls", "reasons"),
    [
        ([], "end_turn", [], ["end_turn"]),
        ([], "tool_use", [], ["tool_use"]),
        ([begin(1, "fly"), part(1, '{"a":'), part(1, "1}")], "tool_use", [("fly", {"a": 1})], ["tool_use"]),
        ([begin(1, "fly")], "tool_use", [("fly", {})], ["tool_use"]),
        (
            [begin(1, "fly"), begin(2, "wave"), part(2, "{}"), part(1, '{"a":1}')],
            "tool_use",
            [("fly", {"a": 1}), ("wave", {})],
            ["tool_use", "tool_use"],
        ),
        (
            [begin(1, "fly"), part(1, '{"a')],
            "max_tokens",
            [("fly", {MALFORMED: '{"a'})],
            ["tool_use", "max_tokens"],
        ),
        (
            [begin(1, "fly"), part(1, '{"a":"'), part(1, "x" * MOST_CHARACTERS), part(1, '"}')],
            "tool_use",
            [("fly", {TOO_LONG: MOST_CHARACTERS})],
            ["tool_use"],
        ),
        ([begin(1, "fly"), part(1, "[1]")], "tool_use", [("fly", {MALFORMED: "[1]"})], ["tool_use"]),
        ([part(7, '{"nobody":1}')], "end_turn", [], ["end_turn"]),
    ],
)
def test_each_call_comes_whole_with_an_end_of_its_own(
    taken: list[BetaRawMessageStreamEvent],
    reason: str,
    calls: list[tuple[str, object]],
    reasons: list[str],
) -> None:
    uses = WholeToolUses()
    assert all(uses.take(event) for event in taken)
    assert as_pipecat_reads(list(uses.events(end(reason)))) == (calls, reasons)


@pytest.mark.parametrize("event", [words("Hello"), end("end_turn")])
def test_what_is_no_call_is_left_alone(event: BetaRawMessageStreamEvent) -> None:
    assert not WholeToolUses().take(event)
