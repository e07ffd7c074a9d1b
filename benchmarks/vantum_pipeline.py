"""A pipeline like any other, with the delayed providers in the places of the real ones."""

from __future__ import annotations

from pipecat.processors.frame_processor import FrameProcessor

from benchmarks.fakes import DelayedLLM, DelayedSTT, DelayedTTS
from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from processors.resampler import Resampler
from vantum import Call


def build(call: Call) -> list[FrameProcessor]:
    """Transport input → these → transport output."""
    return [
        Resampler(),
        call.vad(),
        DelayedSTT(audio_passthrough=False),
        ContextAggregator(prompt="You are helpful.", limit=call.context_messages),
        DelayedLLM(),
        BreakSplitter(),
        DelayedTTS(),
    ]
