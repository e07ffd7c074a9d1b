"""The pipeline that the soak runs: a greeting, and the usual chain. It also probes how late the server's loop is."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from pipecat.processors.frame_processor import FrameProcessor

from benchmarks.lag import measure_lag
from processors.break_splitter import BreakSplitter
from processors.context_aggregator import ContextAggregator
from processors.resampler import Resampler
from vantum import Call
from vantum.check import CHECK_ID

LAG_FILE = "SOAK_LAG_FILE"
"""The variable that names the probe's file."""
PROBES: list[asyncio.Task[None]] = []


def build(call: Call) -> list[FrameProcessor]:
    """Transport input → these → transport output."""
    if call.id != CHECK_ID and not PROBES:
        PROBES.append(asyncio.create_task(measure_lag(Path(os.environ[LAG_FILE])), name="lag"))
    return [
        Resampler(),
        call.vad(),
        call.stt(),
        ContextAggregator(
            prompt="You are helpful.",
            greeting="Hello, this is the soak. How can I help you today?",
            limit=call.context_messages,
        ),
        call.llm(),
        BreakSplitter(),
        call.tts(),
    ]
