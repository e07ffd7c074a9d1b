"""Vantum's own server, as ``python -m vantum.run`` runs it, with the delayed providers and a lag probe."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

import uvloop
from loguru import logger

from benchmarks.lag import measure_lag
from vantum.command import serve
from vantum.loader import load_pipeline
from vantum.settings import Settings, load_settings

PIPELINE = Path(__file__).with_name("vantum_pipeline.py")
KEYS = ("DEEPGRAM_API_KEY", "OPENAI_API_KEY", "CARTESIA_API_KEY")
"""Set, so that no embedded providers are started; nobody is called."""


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", required=True)
    parser.add_argument("--lag", type=Path, required=True, help="file for the lag of the event loop")
    parser.add_argument("--data", required=True, help="folder for the records of the calls")
    parser.add_argument("--record", action="store_true", help="record the sound of the calls")
    options = parser.parse_args()
    overrides = {
        "VANTUM_PORT": options.port,
        "VANTUM_DATA": options.data,
        "VANTUM_RECORD": str(options.record),
    }
    settings = load_settings(dict.fromkeys(KEYS, "unused"), env_file=None, overrides=overrides)
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve_measured(settings, options.lag))


async def serve_measured(settings: Settings, lag: Path) -> None:
    """The server, and beside it the probe."""
    probe = asyncio.create_task(measure_lag(lag), name="lag")
    try:
        await serve(load_pipeline(str(PIPELINE)), settings)
    finally:
        probe.cancel()


if __name__ == "__main__":
    main()
