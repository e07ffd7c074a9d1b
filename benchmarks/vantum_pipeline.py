"""A pipeline like any other, with the delayed providers in the places of the real ones, or with the real ones."""

from __future__ import annotations

import os

from pipecat.processors.frame_processor import FrameProcessor

from benchmarks.fakes import GREETING, REAL_CLIENTS, DelayedLLM, DelayedSTT, DelayedTTS
from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from processors.resampler import Resampler
from vantum import Call


def build(call: Call) -> list[FrameProcessor]:
    """Transport input → these → transport output."""
    real = REAL_CLIENTS in os.environ
    return [
        Resampler(),
        call.vad(),
        call.stt() if real else DelayedSTT(audio_passthrough=False),
        ContextAggregator(
            prompt="You are helpful.",
            greeting=GREETING if call.on_phone else "",
            limit=call.context_messages,
        ),
        call.llm() if real else DelayedLLM(),
        BreakSplitter(),
        call.tts() if real else DelayedTTS(),
    ]
