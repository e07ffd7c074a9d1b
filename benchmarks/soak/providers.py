"""The providers' stand-ins of the soak, in a process of their own: tells where they listen, as a line of JSON."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable

import uvloop

from benchmarks.soak.recogniser import Recogniser
from benchmarks.soak.trouble import Trouble
from benchmarks.soak.voice import Voice
from tests.wire.openai_server import Answer, OpenAIServer

FORGET_SECONDS = 5.0


class Model(OpenAIServer):
    """OpenAI's stand-in: a share of the connections is refused, and nothing is kept for long."""

    def __init__(self, trouble: Trouble, answers: Iterable[Answer]) -> None:
        super().__init__(answers)
        self._trouble = trouble

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._trouble.strikes():
            writer.transport.abort()
        else:
            super()._accept(reader, writer)

    async def forget(self) -> None:
        """Drop what was received, again and again."""
        while True:
            await asyncio.sleep(FORGET_SECONDS)
            self.received.clear()


async def serve(rate: float, seed: int) -> None:
    """Serve until the standard input is closed."""
    troubles = [Trouble(rate, f"{seed} {kind}") for kind in ("stt", "llm", "links of the llm", "tts")]
    hearing, answering, linking, speaking = troubles
    async with (
        Recogniser(hearing) as recogniser,
        Model(linking, answering.answers()) as model,
        Voice(speaking) as voice,
    ):
        forgetting = asyncio.create_task(model.forget())
        urls = {
            "DEEPGRAM_URL": recogniser.url,
            "OPENAI_BASE_URL": model.url,
            "CARTESIA_URL": voice.url,
        }
        print(json.dumps(urls), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        forgetting.cancel()


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(options.faults, options.seed))


if __name__ == "__main__":
    main()
