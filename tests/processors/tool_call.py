"""Calling a tool as the language model does: on its own, or behind its words in a whole call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.frames.frames import Frame, FunctionCallResultProperties, OutputTransportMessageUrgentFrame
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.llm_service import FunctionCallParams

from vantum.core.events import Event
from vantum.testing import ScriptedLLM


@dataclass
class ToolCall:
    """What came of a call: its frames in order, its result, and whether the model was asked to go on at once."""

    frames: list[tuple[Frame, FrameDirection]] = field(default_factory=list)
    results: list[object] = field(default_factory=list)
    goes_on: bool = False

    def told(self) -> list[Event]:
        """The events that were published."""
        frames = [frame for frame, _ in self.frames]
        return [frame.message for frame in frames if isinstance(frame, OutputTransportMessageUrgentFrame)]

    async def push_frame(self, frame: Frame, direction: FrameDirection = FrameDirection.DOWNSTREAM) -> None:
        self.frames.append((frame, direction))

    async def result(self, result: object, *, properties: FunctionCallResultProperties) -> None:
        self.results.append(result)
        self.goes_on = bool(properties.run_llm)


async def call_tool(tool: FunctionSchema, arguments: Mapping[str, object]) -> ToolCall:
    """Call ``tool`` by itself."""
    called = ToolCall()
    await _handle(tool, arguments, called, called)
    return called


class Calling(ScriptedLLM):
    """Calls ``tool`` behind the words of each answer, as pipecat does when an answer is complete."""

    def __init__(self, answers: list[str], tool: FunctionSchema, arguments: Mapping[str, object]) -> None:
        super().__init__(answers)
        self.called = ToolCall()
        self._tool = tool
        self._arguments = arguments

    async def _stream(self, answer: str) -> None:
        await super()._stream(answer)
        await _handle(self._tool, self._arguments, self, self.called)


async def _handle(
    tool: FunctionSchema, arguments: Mapping[str, object], llm: object, called: ToolCall
) -> None:
    assert tool.handler is not None
    params = SimpleNamespace(arguments=arguments, llm=llm, result_callback=called.result)
    await tool.handler(cast(FunctionCallParams, params))
