"""The providers' stand-ins: tells where they listen, as a line of JSON, and serves until its input is closed."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path

import uvloop

from benchmarks.conversation.local import address_of
from benchmarks.lag import measure_lag
from benchmarks.providers.model import Model
from benchmarks.providers.recogniser import recogniser
from benchmarks.providers.tls import server_context
from benchmarks.providers.voice import voice


async def serve(lag: Path, tls: Path | None) -> None:
    """Serve until the standard input is closed."""
    context = None if tls is None else server_context(tls)
    scheme = "ws" if context is None else "wss"
    async with recogniser(context) as hearing, Model(context) as model, voice(context) as speaking:
        beside = [asyncio.create_task(measure_lag(lag)), asyncio.create_task(model.forget())]
        urls = {
            "DEEPGRAM_URL": f"{scheme}://{address_of(hearing.sockets)}",
            "OPENAI_BASE_URL": model.url,
            "CARTESIA_URL": f"{scheme}://{address_of(speaking.sockets)}",
        }
        print(json.dumps(urls), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        for task in beside:
            task.cancel()


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lag", type=Path, required=True, help="file for the lag of the event loop")
    parser.add_argument("--tls", type=Path, help="folder for certificates that are made; without it, no TLS")
    options = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(options.lag, options.tls))


if __name__ == "__main__":
    main()
