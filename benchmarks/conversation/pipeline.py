"""The pipeline that the benchmark of conversations runs: no greeting, a prompt by which the call is known."""

from __future__ import annotations

from itertools import count

from pipecat.processors.frame_processor import FrameProcessor

from benchmarks.conversation.prompt import prompt
from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from processors.resampler import Resampler
from vantum import Call
from vantum.check import CHECK_ID

NUMBERS = count()
"""Calls are numbered in the order in which they begin; the one that the command builds for a check is none."""


def build(call: Call) -> list[FrameProcessor]:
    """Transport input → these → transport output."""
    number = -1 if call.id == CHECK_ID else next(NUMBERS)
    return [
        Resampler(),
        call.vad(),
        call.stt(),
        ContextAggregator(prompt=prompt(number), limit=call.context_messages),
        call.llm(),
        BreakSplitter(),
        call.tts(),
    ]
