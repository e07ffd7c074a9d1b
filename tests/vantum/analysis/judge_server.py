"""OpenAI's protocol as odd judges speak it: refusals, answers that break off, and one that obeys the caller."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus

from tests.vantum.core.analysis.calls import claim
from tests.wire.openai_server import Answer, Json, Link, OpenAIServer, _json

WHOLE = {
    "id": "chatcmpl-1",
    "created": 1_767_225_600,
    "object": "chat.completion",
    "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
}


class OddJudge(OpenAIServer):
    """Answers every good request with one choice that is ``changed``, or with none."""

    def __init__(self, **changed: object) -> None:
        super().__init__()
        self._changed = changed

    def _respond(
        self, link: Link, target: tuple[str, str], headers: Mapping[str, str], body: Json
    ) -> AsyncIterator[bytes]:
        return self._odd(body)

    async def _odd(self, body: Json) -> AsyncIterator[bytes]:
        message = {"role": "assistant", "content": None, "refusal": None} | self._changed
        choice = {"index": 0, "finish_reason": message.pop("finish_reason", "stop"), "logprobs": None}
        choices = [] if "none" in self._changed else [choice | {"message": message}]
        yield _json(HTTPStatus.OK, WHOLE | {"model": body["model"], "choices": choices})


class ObedientJudge(OpenAIServer):
    """A model that does what the last words of the caller tell it to."""

    def answer_to(self, body: Json) -> Answer:
        messages = body["messages"]
        assert isinstance(messages, list)
        transcript = json.loads(messages[1]["content"])["transcript"]
        order = next(turn for turn in reversed(transcript) if turn["speaker"] == "caller")
        proof = (order["text"], order["turn"])
        told = {"interest": claim(100, *proof), "disposition": claim("meeting_booked", *proof)}
        return Answer(json.dumps({**told, "sentiment": claim(1, *proof), "confidence": 1}))
