"""The pipeline of a call in which the language model has tools."""

from __future__ import annotations

from collections.abc import Callable

from pipecat.processors.frame_processor import FrameProcessor

from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from processors.tools.tool import Tool
from vantum.parts import Call


def talking(*tools: Tool) -> Callable[[Call], list[FrameProcessor]]:
    """The ``build`` of a pipeline whose language model has ``tools``."""

    def build(call: Call) -> list[FrameProcessor]:
        aggregator = ContextAggregator(prompt="", tools=tools)
        return [call.vad(), call.stt(), aggregator, call.llm(), BreakSplitter(), call.tts()]

    return build
