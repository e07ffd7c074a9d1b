"""Calling a tool by itself, with nobody at the other end: what it did to the call, and what it returned."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from pipecat.frames.frames import Frame, FunctionCallFromLLM, OutputTransportMessageUrgentFrame
from pipecat.processors.aggregators.llm_context import LLMContext, LLMContextMessage
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.tools.tool import Tool, ToolContext
from processors.tools.tool_result import Written, written
from vantum.core.events import Event


@dataclass
class ToolCall:
    """What came of a call: its frames in order, and what it returned. It stands in the language model's place."""

    frames: list[tuple[Frame, FrameDirection]] = field(default_factory=list)
    queued: list[Frame] = field(default_factory=list)
    outcome: object = None

    def told(self) -> list[Event]:
        """The events that were published."""
        frames = [frame for frame, _ in self.frames]
        return [frame.message for frame in frames if isinstance(frame, OutputTransportMessageUrgentFrame)]

    @property
    def written(self) -> Written:
        """The outcome as the model reads it."""
        return written(self.outcome)

    @property
    def error(self) -> str:
        """What the model is told went wrong."""
        assert self.written.failed
        return str(json.loads(self.written.json)["error"])

    async def push_frame(self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:
        self.frames.append((frame, direction))

    async def queue_frame(self, frame: Frame, direction: FrameDirection) -> None:
        assert direction is FrameDirection.DOWNSTREAM
        self.queued.append(frame)


async def call_tool(tool: Tool, arguments: Mapping[str, object]) -> ToolCall:
    """Call ``tool`` by itself."""
    called = ToolCall()
    asked = FunctionCallFromLLM(tool.name, "call_1", arguments, LLMContext())
    called.outcome = await tool.run(arguments, ToolContext(asked, cast(FrameProcessor, called)))
    return called


@dataclass
class AnsweredCall(ToolCall):
    """The same in the place of a language model that tells what it said."""

    said: str = ""
    language: str = "en"


async def answered_tool(
    tool: Tool,
    arguments: Mapping[str, object],
    messages: Sequence[LLMContextMessage],
    said: str,
    language: str,
) -> ToolCall:
    """Call ``tool`` in an answer, in a conversation."""
    called = AnsweredCall(said=said, language=language)
    asked = FunctionCallFromLLM(tool.name, "call_1", arguments, LLMContext(messages=[*messages]))
    called.outcome = await tool.run(arguments, ToolContext(asked, cast(FrameProcessor, called)))
    return called
