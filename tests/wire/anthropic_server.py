"""A local server that speaks Anthropic's Messages API, streamed.

Source: docs.anthropic.com, Messages streaming: the events ``message_start`` to ``message_stop``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from tests.wire.web_server import SSE, Asked, Reply, WebServer, json_reply

KINDS = {401: "authentication_error", 429: "rate_limit_error", 500: "api_error", 529: "overloaded_error"}


@dataclass(frozen=True, slots=True)
class Answer:
    """Words, then calls: names and their arguments, which go as they are when they are a text.

    ``stop`` is why the answer ends; ``breaks`` ends the stream before it says so, and ``cut`` the connection before
    that event; ``hold`` waits before that event.
    """

    text: str = "Hello there."
    tools: tuple[tuple[str, Mapping[str, object] | str], ...] = ()
    status: int = HTTPStatus.OK
    stop: str = ""
    breaks: bool = False
    hold: int | None = None
    cut: int | None = None


class AnthropicServer(WebServer):
    """``async with AnthropicServer([Answer("Hello.")]) as server``."""

    def __init__(self, answers: Iterable[Answer] = (), *, key: str = "test-key") -> None:
        super().__init__()
        self._answers = iter(answers)
        self._key = key

    def reply(self, asked: Asked) -> Reply:
        if (asked.method, asked.path.partition("?")[0]) != ("POST", "/v1/messages"):
            return _error(404, "Not found")
        if asked.headers.get("x-api-key") != self._key:
            return _error(401, "invalid x-api-key")
        answer = next(self._answers, Answer())
        if answer.status != HTTPStatus.OK:
            return _error(answer.status, answer.text)
        parts = [
            f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()
            for event in _events(answer, str(asked.body["model"]))
        ]
        return Reply(parts, content_type=SSE, hold=answer.hold, cut=answer.cut)


def _error(status: int, message: str) -> Reply:
    kind = KINDS.get(status, "invalid_request_error")
    error = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
    return json_reply(error, status)


def _events(answer: Answer, model: str) -> Iterator[dict[str, object]]:
    usage = {"input_tokens": 10, "output_tokens": 1}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": model}
    yield {"type": "message_start", "message": {**message, "stop_reason": None, "usage": usage}}
    yield {"type": "ping"}
    if answer.text:
        bits = re.findall(r"\s*\S+", answer.text)
        yield from _block(0, {"type": "text", "text": ""}, "text_delta", "text", bits)
    for index, (name, arguments) in enumerate(answer.tools):
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        block = {"type": "tool_use", "id": f"toolu_{index}", "name": name, "input": {}}
        bits = ["", *re.findall(r".{1,5}", text, re.DOTALL)]
        yield from _block(index + 1, block, "input_json_delta", "partial_json", bits)
    if answer.breaks:
        return
    stop = answer.stop or ("tool_use" if answer.tools else "end_turn")
    delta = {"stop_reason": stop, "stop_sequence": None}
    yield {"type": "message_delta", "delta": delta, "usage": {"output_tokens": 5}}
    yield {"type": "message_stop"}


def _block(
    index: int, block: Mapping[str, object], kind: str, key: str, bits: list[str]
) -> Iterator[dict[str, object]]:
    yield {"type": "content_block_start", "index": index, "content_block": dict(block)}
    for bit in bits:
        yield {"type": "content_block_delta", "index": index, "delta": {"type": kind, key: bit}}
    yield {"type": "content_block_stop", "index": index}
