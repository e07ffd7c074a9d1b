"""A local server that speaks the Gemini API's ``streamGenerateContent``, as server-sent events.

Source: ai.google.dev/api/generate-content.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from tests.wire.web_server import SSE, Asked, Reply, WebServer, json_reply

STATUS_NAMES = {400: "INVALID_ARGUMENT", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE"}


@dataclass(frozen=True, slots=True)
class Answer:
    """Words, then calls, names and arguments; ``hold`` waits before that part, ``cut`` closes the connection.

    ``finish`` is why it ends, without which the stream ends all the same; ``blocked`` is why there is no answer.
    """

    text: str = "Hello there."
    tools: tuple[tuple[str, Mapping[str, object]], ...] = ()
    status: int = HTTPStatus.OK
    finish: str = "STOP"
    blocked: str = ""
    hold: int | None = None
    cut: int | None = None


class GeminiServer(WebServer):
    """``async with GeminiServer([Answer("Hello.")]) as server``."""

    def __init__(self, answers: Iterable[Answer] = (), *, key: str = "test-key") -> None:
        super().__init__()
        self._answers = iter(answers)
        self._key = key

    def reply(self, asked: Asked) -> Reply:
        if re.fullmatch(r"/v1beta/models/[\w.-]+:streamGenerateContent\?alt=sse", asked.path) is None:
            return _error(404, "Not found.")
        if asked.headers.get("x-goog-api-key") != self._key:
            # Google's own status for a bad key is 400.
            return _error(400, "API key not valid. Please pass a valid API key.")
        answer = next(self._answers, Answer())
        if answer.status != HTTPStatus.OK:
            return _error(answer.status, answer.text)
        parts = [f"data: {json.dumps(part)}\r\n\r\n".encode() for part in _parts(answer)]
        return Reply(parts, content_type=SSE, hold=answer.hold, cut=answer.cut)


def _error(status: int, message: str) -> Reply:
    return json_reply({"error": {"code": status, "message": message, "status": STATUS_NAMES[status]}}, status)


def _parts(answer: Answer) -> Iterator[dict[str, object]]:
    if answer.blocked:
        yield {"promptFeedback": {"blockReason": answer.blocked}}
        return
    for bit in re.findall(r"\s*\S+", answer.text):
        yield _part([{"text": bit}])
    for name, arguments in answer.tools:
        yield _part([{"functionCall": {"name": name, "args": dict(arguments)}}])
    usage = {"promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15}
    if not answer.finish:
        return
    yield {"candidates": [{"finishReason": answer.finish, "index": 0}], "usageMetadata": usage}


def _part(parts: list[dict[str, object]]) -> dict[str, object]:
    return {"candidates": [{"content": {"role": "model", "parts": parts}, "index": 0}]}
