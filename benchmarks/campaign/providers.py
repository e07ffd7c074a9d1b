"""Deepgram's and Cartesia's stand-ins of the campaign: tells where they listen, as a line of JSON.

python -m benchmarks.campaign.providers
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import uvloop
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from benchmarks.campaign.people import line_of
from benchmarks.soak.recogniser import Later
from benchmarks.soak.trouble import Trouble
from benchmarks.soak.voice import Voice
from benchmarks.stand_in import StandIn
from tests.wire.hearing import Listener, Message, decode


class Ear:
    """What a link hears: a line is known by its tone, other sounds have no words.

    It is a piece of audio behind: a tone that has just begun is told from others by what comes next.
    """

    def __init__(self, options: Mapping[str, str]) -> None:
        self._rate = int(options["sample_rate"])
        self._encoding = options["encoding"]
        self._listener = Listener(self._rate, self._encoding, options, self._words())
        self._held = b""
        self._next = b""

    def audio(self, data: bytes) -> list[Message]:
        """The next piece of audio; what is told after it."""
        self._next = data
        told = self._listener.audio(self._held)
        self._held = data
        return told

    def finalize(self) -> list[Message]:
        """The server wants the words now."""
        return [*self.audio(b""), *self._listener.finalize()]

    def _words(self) -> Iterator[str]:
        while True:
            yield line_of(decode(self._next, self._encoding), self._rate) or ""


class Recogniser(StandIn):
    """``async with Recogniser() as recogniser``: listens at ``recogniser.url``."""

    async def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        query = parse_qs(urlsplit(connection.request.path).query)
        options = {name: values[0] for name, values in query.items()}
        ear, later = Ear(options), Later(connection)
        try:
            with suppress(ConnectionClosed):
                async for data in connection:
                    if isinstance(data, bytes):
                        later.send(ear.audio(data))
                        continue
                    match json.loads(data).get("type"):
                        case "Finalize":
                            later.send(ear.finalize())
                        case "CloseStream":
                            await connection.close(1000)
        finally:
            await later.stop()


async def serve() -> None:
    """Serve until the standard input is closed."""
    async with Recogniser() as recogniser, Voice(Trouble(0.0, 0)) as voice:
        print(json.dumps({"DEEPGRAM_URL": recogniser.url, "CARTESIA_URL": voice.url}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())
