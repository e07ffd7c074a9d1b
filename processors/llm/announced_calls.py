"""Lets a pipecat language model announce the tools that it calls, and run none: whoever hears of it does that."""

from __future__ import annotations

from collections.abc import Sequence

from pipecat.frames.frames import FunctionCallFromLLM, FunctionCallsStartedFrame
from pipecat.processors.frame_processor import FrameProcessor

from processors.llm.call_under_way import CallUnderWay


class AnnouncedCalls(FrameProcessor):
    """Stands before an ``LLMService`` among the bases of a class.

    pipecat would look for a function to run, find none, and answer the model that there is none.
    """

    async def run_function_calls(self, function_calls: Sequence[FunctionCallFromLLM]) -> None:
        """Tell both sides which tools the model calls."""
        if function_calls:
            await self.broadcast_frame(FunctionCallsStartedFrame, function_calls=list(function_calls))

    async def call_under_way(self) -> None:
        """Tell that a call is being written."""
        await self.push_frame(CallUnderWay())
