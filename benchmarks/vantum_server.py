"""Vantum's own server, as ``python -m vantum.run`` runs it, with the delayed providers and a lag probe."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

import uvloop
from loguru import logger

from benchmarks.lag import measure_lag
from benchmarks.ways import PUBLIC_URL
from tests.wire.twilio_server import ACCOUNT_SID, AUTH_TOKEN, NUMBER
from vantum.heap import c_library_heap, shape
from vantum.loader import load_pipeline
from vantum.serving import opened
from vantum.settings import Settings, load_settings

PIPELINE = Path(__file__).with_name("vantum_pipeline.py")
KEYS = ("DEEPGRAM_API_KEY", "OPENAI_API_KEY", "CARTESIA_API_KEY")
"""Set, so that no embedded providers are started."""
URLS = ("DEEPGRAM_URL", "OPENAI_BASE_URL", "CARTESIA_URL")


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", required=True)
    parser.add_argument("--lag", type=Path, required=True, help="file for the lag of the event loop")
    parser.add_argument("--data", required=True, help="folder for the records of the calls")
    parser.add_argument("--record", action="store_true", help="record the sound of the calls")
    parser.add_argument("--twilio", help="where the stand-in for Twilio's REST API listens")
    parser.add_argument(
        "--admit-all", action="store_true", help="turn no call away, however late the loop is"
    )
    options = parser.parse_args()
    given = dict.fromkeys(KEYS, "test-key") | {name: os.environ[name] for name in URLS if name in os.environ}
    settings = load_settings(given, env_file=None, overrides=overrides(options))
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    shape(c_library_heap(), settings.memory_reserve_mb)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve_measured(settings, options.lag))


def overrides(options: argparse.Namespace) -> dict[str, str]:
    """The settings that the command line asks for."""
    wanted = {
        "VANTUM_PORT": options.port,
        "VANTUM_DATA": options.data,
        "VANTUM_RECORD": str(options.record),
        "VANTUM_MAX_CALLS": "1000",
        # What calls take is measured, and would not show in a reserve.
        "VANTUM_MEMORY_RESERVE_MB": "0",
    }
    if options.admit_all:
        wanted["VANTUM_MAX_LAG_MS"] = "0"
    if options.twilio:
        wanted |= {
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_API_URL": options.twilio,
            "TWILIO_FROM": NUMBER,
            "VANTUM_PUBLIC_URL": PUBLIC_URL,
        }
    return wanted


async def serve_measured(settings: Settings, lag: Path) -> None:
    """The server, and beside it the probe."""
    probe = asyncio.create_task(measure_lag(lag), name="lag")
    try:
        async with opened(load_pipeline(str(PIPELINE)), settings) as serving:
            await serving.serve(lambda: None)
    finally:
        probe.cancel()


if __name__ == "__main__":
    main()
