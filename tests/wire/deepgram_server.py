"""A local server that speaks Deepgram's live transcription protocol, for tests and for runs by hand.

It hears speech by its loudness and answers with scripted words: one entry of the script for each utterance,
word by word while the speech lasts, the whole of it when it ends. All times are counted in samples. An utterance
that a link did not hear to its end is what the next link hears first.

    python -m tests.wire.deepgram_server --port 9001 --say "hello" --say "what does it cost"
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from itertools import chain, cycle
from urllib.parse import parse_qs, parse_qsl, urlsplit

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.wire.hearing import REQUEST_ID, Listener, Message
from tests.wire.socket_server import SocketServer

IDLE_REASON = (
    "Deepgram did not receive audio data or a text message within the timeout window. "
    "See https://dpgr.am/net0001"
)
SWITCHED = HTTPStatus.SWITCHING_PROTOCOLS
ENCODINGS = {"linear16", "mulaw"}


@dataclass(frozen=True, slots=True)
class Opened:
    """A client asked for a link; ``status`` is what it was answered."""

    at: float
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    status: int


@dataclass(frozen=True, slots=True)
class Audio:
    """A binary message."""

    at: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Control:
    """A text message: ``KeepAlive``, ``Finalize`` or ``CloseStream``."""

    at: float
    type: str


@dataclass(frozen=True, slots=True)
class Closed:
    """A link is gone."""

    at: float
    code: int | None


Received = Opened | Audio | Control | Closed


@dataclass(frozen=True, slots=True)
class Refused:
    """How a request for a link is refused."""

    status: int
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()


class DeepgramServer(SocketServer):
    """``async with DeepgramServer(says=["hello"]) as server``: listens at ``server.url``."""

    def __init__(
        self,
        says: Iterable[str] = (),
        *,
        key: str = "test-key",
        port: int = 0,
        idle_seconds: float = 10.0,
        handshake: asyncio.Event | None = None,
    ) -> None:
        self.received: list[Received] = []
        self.sent: list[Message] = []
        self.deaf = False
        """While it is, all that comes is noted, and nothing is answered."""
        self.refusals: list[Refused] = []
        """The next requests are refused like this, in order."""
        self._script = iter(says)
        self._key = key
        super().__init__(port)
        self._idle_seconds = idle_seconds
        self._handshake = handshake

    @property
    def audio(self) -> bytes:
        """All audio received, in order."""
        return b"".join(item.data for item in self.received if isinstance(item, Audio))

    def audio_of(self, link: int) -> bytes:
        """All audio received on a link, in order; the links are counted from 0 and follow each other."""
        links = [index for index, item in enumerate(self.received) if isinstance(item, Opened)]
        end = links[link + 1] if link + 1 < len(links) else None
        part = self.received[links[link] : end]
        return b"".join(item.data for item in part if isinstance(item, Audio))

    def controls(self, kind: str) -> list[Control]:
        """The text messages of this type."""
        return [item for item in self.received if isinstance(item, Control) and item.type == kind]

    def opened(self) -> list[Opened]:
        """The requests for a link."""
        return [item for item in self.received if isinstance(item, Opened)]

    def closed(self) -> list[Closed]:
        """The links that are gone."""
        return [item for item in self.received if isinstance(item, Closed)]

    async def say(self, *messages: str | bytes) -> None:
        """Send these on every open link, whatever they are."""
        assert self._server is not None
        for connection in list(self._server.connections):
            for message in messages:
                await connection.send(message)

    async def close_links(self, code: int, reason: str) -> None:
        """Close every open link."""
        assert self._server is not None
        for connection in list(self._server.connections):
            await connection.close(code, reason)

    def listener(self, options: Mapping[str, str]) -> Listener:
        """Who hears what comes on a link that was asked for with these options."""
        return Listener(int(options["sample_rate"]), options["encoding"], options, self._script)

    async def _answer_request(self, connection: ServerConnection, request: Request) -> Response | None:
        if self._handshake is not None:
            await self._handshake.wait()
        url = urlsplit(request.path)
        refused = self.refusals.pop(0) if self.refusals else None
        problem = refusal(url.path, url.query, request.headers.get("Authorization"), self._key)
        self.received.append(
            Opened(
                at=time.monotonic(),
                path=url.path,
                query=tuple(parse_qsl(url.query, keep_blank_values=True)),
                headers=dict(request.headers.raw_items()),
                status=refused.status if refused else problem[0] if problem else SWITCHED,
            )
        )
        if refused is not None:
            response = connection.respond(HTTPStatus(refused.status), refused.body)
            for name, value in refused.headers:
                response.headers[name] = value
            return response
        if problem is None:
            return None
        status, code, message = problem
        body = {"err_code": code, "err_msg": message, "request_id": REQUEST_ID}
        return connection.respond(status, json.dumps(body))

    async def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        query = parse_qs(urlsplit(connection.request.path).query)
        options = {name: values[0] for name, values in query.items()}
        listener = self.listener(options)
        try:
            await self._converse(connection, listener)
        except TimeoutError:
            await connection.close(1011, IDLE_REASON)
        except ConnectionClosed:
            pass
        finally:
            self._script = chain(listener.unsaid(), self._script)
            self.received.append(Closed(time.monotonic(), connection.close_code))

    async def _converse(self, connection: ServerConnection, listener: Listener) -> None:
        while True:
            async with asyncio.timeout(self._idle_seconds):
                data = await connection.recv()
            if isinstance(data, bytes):
                self.received.append(Audio(time.monotonic(), data))
                await self._send(connection, listener.audio(data))
                continue
            kind = str(json.loads(data).get("type"))
            self.received.append(Control(time.monotonic(), kind))
            if kind == "Finalize" and not self.deaf:
                await self._send(connection, listener.finalize())
            elif kind == "CloseStream":
                await self._send(connection, [*listener.finalize(), listener.metadata()])
                await connection.close(1000)
                return

    async def _send(self, connection: ServerConnection, messages: list[Message]) -> None:
        for message in [] if self.deaf else messages:
            self.sent.append(message)
            await connection.send(json.dumps(message))


def refusal(path: str, query: str, authorization: str | None, key: str) -> tuple[int, str, str] | None:
    """Status, code and message for a request that Deepgram would refuse; ``None`` for a good one."""
    if path != "/v1/listen":
        return HTTPStatus.NOT_FOUND, "NOT_FOUND", "There is nothing here."
    if authorization != f"Token {key}":
        return HTTPStatus.UNAUTHORIZED, "INVALID_AUTH", "Invalid credentials."
    options = parse_qs(query)
    rate = options.get("sample_rate", ["0"])[0]
    good = (
        "model" in options
        and options.get("encoding", [""])[0] in ENCODINGS
        and rate.isdigit()
        and 8_000 <= int(rate) <= 48_000
        and options.get("channels", ["1"]) == ["1"]
    )
    return None if good else (HTTPStatus.BAD_REQUEST, "INVALID_QUERY_PARAMETER", f"Bad parameters: {query}")


async def _run_by_hand() -> None:
    parser = argparse.ArgumentParser(description="A local stand-in for Deepgram.")
    parser.add_argument("--port", type=int, default=9001)
    parser.add_argument("--key", default="test-key")
    parser.add_argument("--say", action="append", help="what an utterance says; may be repeated")
    arguments = parser.parse_args()
    says = cycle(arguments.say or ["yes I am interested"])
    async with DeepgramServer(says, key=arguments.key, port=arguments.port) as server:
        print(f"DEEPGRAM_URL={server.url} DEEPGRAM_API_KEY={arguments.key}")  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_run_by_hand())
