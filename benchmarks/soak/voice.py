"""Cartesia's stand-in of the soak: the speaker of the wire tests, one a link, so that nothing is kept of a link."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import partial

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from benchmarks.soak.trouble import Trouble, answer_link
from benchmarks.stand_in import Contexts, StandIn
from tests.wire.cartesia_speaker import Speaker
from tests.wire.cartesia_speech import Pace

PACE = Pace(first_audio_seconds=0.1, real_time_factor=10.0)


class Voice(StandIn):
    """``async with Voice(trouble) as voice``: listens at ``voice.url``."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__()
        self._trouble = trouble

    async def _answer_request(self, connection: ServerConnection, request: Request) -> Response | None:
        return await answer_link(self._trouble.of_link(), connection, request)

    async def _serve(self, connection: ServerConnection) -> None:
        speaker = Speaker(PACE, self._trouble.of_pieces(), flushes=True)
        contexts = Contexts(partial(speaker.speak, connection))
        try:
            with suppress(ConnectionClosed):
                async for data in connection:
                    await contexts.take(json.loads(data))
        finally:
            await contexts.end()
