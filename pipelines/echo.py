"""Echo: speaks back what it heard. No language model: a processor of twenty lines takes its place."""

from __future__ import annotations

from collections.abc import Sequence

from pipecat.frames.frames import (
    Frame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from processors.resampler import Resampler
from vantum import Call


class Echo(FrameProcessor):
    """Answers every turn with the caller's own words."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """A context is a question: its last message comes back as the answer."""
        await super().process_frame(frame, direction)
        match frame:
            case LLMContextFrame(context=context):
                await self.push_frame(LLMFullResponseStartFrame())
                await self.push_frame(LLMTextFrame(last_words(context.messages)))
                await self.push_frame(LLMFullResponseEndFrame())
            case _:
                await self.push_frame(frame, direction)


def last_words(messages: Sequence[object]) -> str:
    """The text of the newest message."""
    match messages:
        case [*_, {"content": str(text)}]:
            return text
        case _:
            return ""


def build(call: Call) -> list[FrameProcessor]:
    """Transport input → these → transport output."""
    return [
        Resampler(),
        call.vad(),
        call.stt(),
        ContextAggregator(prompt="", limit=call.context_messages),
        Echo(),
        BreakSplitter(),
        call.tts(),
    ]
