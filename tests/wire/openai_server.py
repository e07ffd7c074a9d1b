"""A local server that speaks OpenAI's chat completions, streamed and whole, for tests and for runs by hand.

python -m tests.wire.openai_server --port 9002 --say "Hello, this is Ana." --say "Goodbye."
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from itertools import cycle
from types import TracebackType
from typing import Self

from tests.wire.openai_breaks import Break, BrokenOffError, broken, chunk

COMPLETION = {"id": "chatcmpl-1", "created": 1_767_225_600}
ERROR_TYPES = {401: "invalid_request_error", 429: "rate_limit_error", 500: "server_error"}

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request gets: tokens at a pace, or an error.

    With ``hold`` the stream stops before the token of that number until ``OpenAIServer.release`` is called;
    0 holds back even the status line. ``tools`` are called after the text: names and their arguments, which go as
    they are when they are a text. ``breaks`` is what befalls the part of that number, words and then parts of calls.
    """

    text: str = "Hello there."
    status: int = 200
    retry_after: float | None = None
    retry_after_ms: int | None = None
    code: str | None = None
    first_token_seconds: float = 0.0
    token_seconds: float = 0.0
    hold: int | None = None
    tools: tuple[tuple[str, Json | str], ...] = ()
    breaks: tuple[int, Break] | None = None

    @property
    def tokens(self) -> list[str]:
        return re.findall(r"\s*\S+", self.text)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request arrived; ``connection`` tells the connections apart."""

    at: float
    path: str
    headers: Mapping[str, str]
    body: Json
    connection: int


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer went out to its end."""

    at: float
    status: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """The client closed the connection in the middle of an answer; ``sent`` counts the tokens by then."""

    at: float
    sent: int


Record = Asked | Answered | Dropped


@dataclass(slots=True)
class Link:
    """One connection of a client."""

    number: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    sent: int = 0
    early: bytes = b""

    async def request(self) -> tuple[str, str, dict[str, str], bytes] | None:
        """Method, path, headers and body of the next request; ``None`` when the client is gone."""
        try:
            head = self.early + await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        self.early = b""
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ")
        pairs = (line.split(":", 1) for line in lines if line)
        headers = {name.lower(): value.strip() for name, value in pairs}
        return method, path, headers, await self.reader.readexactly(int(headers.get("content-length", "0")))

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()


class OpenAIServer:
    """``async with OpenAIServer([Answer("Hello.")]) as server``: ``server.url`` is the base URL."""

    def __init__(self, answers: Iterable[Answer] = (), *, key: str = "test-key", port: int = 0) -> None:
        self.received: list[Record] = []
        self._answers: Iterator[Answer] = iter(answers)
        self._key = key
        self._port = port
        self._server: asyncio.Server | None = None
        self._links: dict[int, asyncio.Task[None]] = {}
        self._released = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._links.values():
            task.cancel()
        await asyncio.gather(*self._links.values(), return_exceptions=True)
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"http://{host}:{port}/v1"

    def asked(self) -> list[Asked]:
        """The requests so far."""
        return [record for record in self.received if isinstance(record, Asked)]

    def answered(self) -> list[Answered]:
        """The answers that went out to their end."""
        return [record for record in self.received if isinstance(record, Answered)]

    def dropped(self) -> list[Dropped]:
        """The answers that the client cut."""
        return [record for record in self.received if isinstance(record, Dropped)]

    def release(self) -> None:
        """Let the held answers go on."""
        self._released.set()

    def answer_to(self, body: Json) -> Answer:
        """What a good request gets: the next of the answers, whatever was asked."""
        return next(self._answers, Answer())

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(self._links)
        self._links[number] = asyncio.create_task(self._serve(Link(number, reader, writer)))

    async def _serve(self, link: Link) -> None:
        try:
            while (request := await link.request()) is not None:
                method, path, headers, raw = request
                body: Json = json.loads(raw) if raw else {}
                self.received.append(Asked(time.monotonic(), path, headers, body, link.number))
                if not await self._unless_gone(link, self._respond(link, (method, path), headers, body)):
                    self.received.append(Dropped(time.monotonic(), link.sent))
                    return
        except BrokenOffError:
            return
        finally:
            link.writer.close()

    async def _unless_gone(self, link: Link, response: AsyncIterator[bytes]) -> bool:
        """Write the response; ``False`` if the client went away before its end."""
        writing = asyncio.create_task(_write_all(link, response))
        watching = asyncio.create_task(link.reader.read(1))
        try:
            await asyncio.wait({writing, watching}, return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                link.early = watching.result()
                if not link.early:
                    return False
            await writing
        except ConnectionError:
            return False
        finally:
            writing.cancel()
            watching.cancel()
            await asyncio.gather(writing, watching, return_exceptions=True)
        return True

    async def _respond(
        self, link: Link, target: tuple[str, str], headers: Mapping[str, str], body: Json
    ) -> AsyncIterator[bytes]:
        link.sent = 0
        if target != ("POST", "/v1/chat/completions"):
            answer = Answer("Unknown request URL", status=404)
        elif headers.get("authorization") != f"Bearer {self._key}":
            answer = Answer("Incorrect API key provided.", status=401)
        else:
            answer = self.answer_to(body)
        parts = self._stream(link, answer, body) if body.get("stream") else _whole(answer, body)
        async for part in _error(answer) if answer.status != HTTPStatus.OK else parts:
            yield part
        self.received.append(Answered(time.monotonic(), answer.status))

    async def _stream(self, link: Link, answer: Answer, body: Json) -> AsyncIterator[bytes]:
        await asyncio.sleep(answer.first_token_seconds)
        if answer.hold == 0:
            await self._released.wait()
        yield _head(HTTPStatus.OK, {"content-type": "text/event-stream", "transfer-encoding": "chunked"})
        yield _event(body, [_choice({"role": "assistant", "content": ""})])
        place, kind = answer.breaks or (None, None)
        words: list[Json] = [{"content": token} for token in answer.tokens]
        calls: list[Json] = [
            {"tool_calls": [part]} for part in _tool_parts(answer, f"call_{len(self.asked())}")
        ]
        for number, delta in enumerate(words + calls):
            if answer.hold == number:
                await self._released.wait()
            event = _event(body, [_choice(delta)])
            if number == place and kind is not None:
                async for part in broken(kind, event):
                    yield part
                return
            yield event
            link.sent = number + 1
            await asyncio.sleep(answer.token_seconds)
        yield _event(body, [_choice({}, finish="tool_calls" if answer.tools else "stop")])
        options = body.get("stream_options")
        if isinstance(options, dict) and options.get("include_usage"):
            yield _event(body, [], usage=_usage(answer))
        yield chunk(b"data: [DONE]\n\n") + chunk(b"")


async def _write_all(link: Link, response: AsyncIterator[bytes]) -> None:
    async for part in response:
        await link.write(part)


async def _whole(answer: Answer, body: Json) -> AsyncIterator[bytes]:
    await asyncio.sleep(answer.first_token_seconds)
    message = {"role": "assistant", "content": answer.text}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    about = {"object": "chat.completion", "model": body["model"], "usage": _usage(answer)}
    yield _json(HTTPStatus.OK, COMPLETION | about | {"choices": [choice]})


async def _error(answer: Answer) -> AsyncIterator[bytes]:
    kind = ERROR_TYPES.get(answer.status, "invalid_request_error")
    after = {} if answer.retry_after is None else {"retry-after": f"{answer.retry_after:g}"}
    if answer.retry_after_ms is not None:
        after["retry-after-ms"] = f"{answer.retry_after_ms}"
    error = {"message": answer.text, "type": kind, "param": None, "code": answer.code}
    yield _json(answer.status, {"error": error}, after)


def _choice(delta: Json, finish: str | None = None) -> Json:
    return {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}


def _tool_parts(answer: Answer, prefix: str) -> Iterator[Json]:
    """Each call as OpenAI streams it: its name, then its arguments bit by bit. Ids are ``call_1_0`` and so on."""
    for index, (name, arguments) in enumerate(answer.tools):
        function = {"name": name, "arguments": ""}
        yield {"index": index, "id": f"{prefix}_{index}", "type": "function", "function": function}
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        for bit in re.findall(r".{1,5}", text, re.DOTALL):
            yield {"index": index, "function": {"arguments": bit}}


def _usage(answer: Answer) -> Json:
    count = len(answer.tokens)
    return {"prompt_tokens": 10, "completion_tokens": count, "total_tokens": 10 + count}


def _event(body: Json, choices: list[Json], usage: Json | None = None) -> bytes:
    about = {"object": "chat.completion.chunk", "model": body["model"], "usage": usage}
    return chunk(f"data: {json.dumps(COMPLETION | about | {'choices': choices})}\n\n".encode())


def _json(status: int, body: Mapping[str, object], headers: Mapping[str, str] | None = None) -> bytes:
    data = json.dumps(body).encode()
    every = {"content-type": "application/json", "content-length": str(len(data))} | dict(headers or {})
    return _head(status, every) + data


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{k}: {v}" for k, v in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _run_by_hand() -> None:
    parser = argparse.ArgumentParser(description="A local stand-in for OpenAI.")
    parser.add_argument("--port", type=int, default=9002)
    parser.add_argument("--key", default="test-key")
    parser.add_argument("--say", action="append", help="an answer; may be repeated")
    parser.add_argument("--first-token", type=float, default=0.2, help="seconds")
    parser.add_argument("--token", type=float, default=0.02, help="seconds between tokens")
    arguments = parser.parse_args()
    answers = (
        Answer(text, first_token_seconds=arguments.first_token, token_seconds=arguments.token)
        for text in cycle(arguments.say or ["That is good to hear. What would you like to know?"])
    )
    async with OpenAIServer(answers, key=arguments.key, port=arguments.port) as server:
        print(f"OPENAI_BASE_URL={server.url} OPENAI_API_KEY={arguments.key}")  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_run_by_hand())
