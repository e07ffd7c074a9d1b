"""OpenAI's stand-in: answers in words of the voice's vocabulary, and keeps each request with its call."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from aiohttp import web

from benchmarks.conversation.prompt import call_of
from benchmarks.conversation.voice import LONGEST_ANSWER, answer_text

FIRST_TOKEN_SECONDS = 0.35
TOKEN_SECONDS = 0.005
SHORT_ANSWER = 10
SHUTDOWN_SECONDS = 1.0

Json = dict[str, object]


@dataclass(slots=True)
class Request:
    """A request of a call; ``answer`` is its number in the call, ``finished`` says that all tokens went out."""

    at: float
    call: int
    answer: int
    words: int
    messages: Sequence[Mapping[str, object]]
    finished: bool = False

    def said_by(self, role: str) -> list[str]:
        """The texts of the context that are of this role, in order."""
        return [text_of(message) for message in self.messages if message.get("role") == role]


class Model:
    """``async with Model() as model``: listens at ``model.url``; ``long`` holds the calls with long answers."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.long: set[int] = set()
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._complete)
        # A client that goes away in the middle of an answer ends it.
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=SHUTDOWN_SECONDS)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The base URL."""
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}/v1"

    def of_call(self, call: int) -> list[Request]:
        """The requests of one call."""
        return [request for request in self.requests if request.call == call]

    async def _complete(self, asked: web.Request) -> web.StreamResponse:
        body: Json = await asked.json()
        request = self._note(body)
        if request is None:
            raise web.HTTPBadRequest(text="The prompt names no call.")
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await asyncio.sleep(FIRST_TOKEN_SECONDS)
        await response.prepare(asked)
        for event in _events(body, answer_text(request.answer, request.words).split()):
            await response.write(f"data: {json.dumps(event)}\n\n".encode())
            await asyncio.sleep(TOKEN_SECONDS)
        await response.write(b"data: [DONE]\n\n")
        request.finished = True
        return response

    def _note(self, body: Json) -> Request | None:
        messages = body.get("messages")
        if not isinstance(messages, list):
            return None
        call = call_of(" ".join(text_of(message) for message in messages))
        if call is None:
            return None
        words = LONGEST_ANSWER if call in self.long else SHORT_ANSWER
        request = Request(time.monotonic(), call, len(self.of_call(call)), words, messages)
        self.requests.append(request)
        return request


def text_of(message: Mapping[str, object]) -> str:
    """The text of a message of the context, whether it is a string or a list of parts."""
    content = message.get("content")
    if isinstance(content, list):
        return " ".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return str(content or "")


def _events(body: Json, words: Sequence[str]) -> Iterator[Json]:
    """The chunks of a completion, a word each, and the usage if it was asked for."""
    about: Json = {
        "id": "chatcmpl-1",
        "created": 1_767_225_600,
        "object": "chat.completion.chunk",
        "model": body.get("model"),
    }

    def choice(delta: Json, finish: str | None = None) -> Json:
        return about | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}]}

    for index, word in enumerate(words):
        text = word if index == 0 else f" {word}"
        yield choice({"role": "assistant", "content": text} if index == 0 else {"content": text})
    yield choice({}, "stop")
    options = body.get("stream_options")
    if isinstance(options, dict) and options.get("include_usage"):
        count = len(words)
        usage = {"prompt_tokens": 10, "completion_tokens": count, "total_tokens": 10 + count}
        yield about | {"choices": [], "usage": usage}
