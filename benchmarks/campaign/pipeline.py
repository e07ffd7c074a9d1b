"""The pipeline of the campaign's benchmark: it greets, and hears nothing. Calls cost next to nothing."""

from __future__ import annotations

from pipecat.processors.frame_processor import FrameProcessor

from benchmarks.fakes import DelayedTTS
from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from vantum import Call


def build(call: Call) -> list[FrameProcessor]:
    """Transport input → these → transport output."""
    return [
        ContextAggregator(prompt="", greeting="Hello.", limit=call.context_messages),
        BreakSplitter(),
        DelayedTTS(),
    ]
