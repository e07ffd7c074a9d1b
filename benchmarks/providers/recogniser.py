"""Deepgram's stand-in: the same words for every stretch of speech, told some time after they were heard."""

from __future__ import annotations

import json
import ssl
from contextlib import AbstractAsyncContextManager, suppress
from itertools import repeat
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from benchmarks.fakes import CALLER_WORDS
from benchmarks.providers.tls import HOST
from benchmarks.soak.recogniser import Later
from tests.wire.hearing import Listener


def recogniser(context: ssl.SSLContext | None) -> AbstractAsyncContextManager[Server]:
    """A server that listens while its block runs; what it answers comes 150 ms late, as that of the fakes does."""
    return serve(_converse, HOST, 0, ssl=context, compression=None, close_timeout=1)


async def _converse(connection: ServerConnection) -> None:
    assert connection.request is not None
    query = parse_qs(urlsplit(connection.request.path).query)
    options = {name: values[0] for name, values in query.items()}
    listener = Listener(int(options["sample_rate"]), options["encoding"], options, repeat(CALLER_WORDS))
    later = Later(connection)
    try:
        with suppress(ConnectionClosed):
            async for data in connection:
                if isinstance(data, bytes):
                    later.send(listener.audio(data))
                    continue
                match json.loads(data).get("type"):
                    case "Finalize":
                        later.send(listener.finalize())
                    case "CloseStream":
                        await connection.close(1000)
    finally:
        await later.stop()
