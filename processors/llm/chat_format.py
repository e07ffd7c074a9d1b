"""The OpenAI chat-completions format, as far as an in-process endpoint speaks it: requests in, JSON out.

Format: https://platform.openai.com/docs/api-reference/chat. Words are counted as tokens.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vantum.core.conversation import Message, Role

Json = Mapping[str, object]

END_CALL = "end_call"
_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT}


class BadRequestError(Exception):
    """A request that the endpoint cannot answer; ``param`` is the field at fault."""

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param

    @property
    def body(self) -> Json:
        """The error in the format's own words."""
        return error_body(self.message, "invalid_request_error", self.param)


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What a client asks for, checked. ``words`` counts what it sent."""

    model: str
    messages: tuple[Message, ...]
    stream: bool
    usage_wanted: bool
    may_end_call: bool
    words: int


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer, ready to be written whole or in chunks. ``disposition`` is set when the call is to end."""

    id: str
    created: int
    request: ChatRequest
    text: str
    disposition: str | None

    def whole(self) -> Json:
        """The answer as one JSON object."""
        message: dict[str, object] = {"role": "assistant", "content": self.text, "refusal": None}
        if call := self._end_call():
            message["tool_calls"] = [call]
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return {**self._head("chat.completion"), "choices": [choice], "usage": self._usage()}

    def chunks(self) -> Iterator[Json]:
        """The answer as stream chunks: role, words with their spaces, perhaps the tool call, finish, usage."""
        yield self._chunk({"role": "assistant", "content": ""})
        for word in re.findall(r"\s*\S+", self.text):
            yield self._chunk({"content": word})
        if call := self._end_call():
            yield self._chunk({"tool_calls": [{"index": 0, **call}]})
        yield self._chunk({}, "stop")
        if self.request.usage_wanted:
            yield {**self._head("chat.completion.chunk"), "choices": [], "usage": self._usage()}

    def _chunk(self, delta: Json, finish_reason: str | None = None) -> Json:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}
        return {**self._head("chat.completion.chunk"), "choices": [choice]}

    def _head(self, kind: str) -> Json:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.request.model}

    def _end_call(self) -> Json | None:
        if self.disposition is None or not self.request.may_end_call:
            return None
        arguments = json.dumps({"disposition": self.disposition})
        return {
            "id": f"call_{self.id}",
            "type": "function",
            "function": {"name": END_CALL, "arguments": arguments},
        }

    def _usage(self) -> Json:
        said = len(self.text.split())
        sent = self.request.words
        return {"prompt_tokens": sent, "completion_tokens": said, "total_tokens": sent + said}


def error_body(message: str, kind: str, param: str | None = None) -> Json:
    """An error in the format's JSON."""
    return {"error": {"message": message, "type": kind, "param": param, "code": None}}


def read_request(body: bytes) -> ChatRequest:
    """The checked request in a body, or ``BadRequestError``."""
    try:
        fields: object = json.loads(body)
    except ValueError as error:
        raise BadRequestError("The body is not JSON.") from error
    if not isinstance(fields, dict):
        raise BadRequestError("The body must be a JSON object.")
    messages = fields.get("messages")
    if not isinstance(messages, list) or not messages:
        raise BadRequestError("'messages' must be a list with at least one message.", "messages")
    texts = [_text(message, index) for index, message in enumerate(messages)]
    options = fields.get("stream_options")
    return ChatRequest(
        model=str(fields.get("model", "scripted")),
        messages=tuple(Message(_ROLES[role], text) for role, text in texts if role in _ROLES),
        stream=fields.get("stream") is True,
        usage_wanted=isinstance(options, dict) and options.get("include_usage") is True,
        may_end_call=fields.get("tool_choice") != "none" and _offers_end_call(fields.get("tools")),
        words=sum(len(text.split()) for _, text in texts),
    )


def _text(message: object, index: int) -> tuple[str, str]:
    """The role and the text of a message whose content is a string, a list of text parts, or absent."""
    param = f"messages[{index}]"
    if not isinstance(message, dict) or not isinstance(role := message.get("role"), str):
        raise BadRequestError(f"{param} must be an object with a 'role'.", param)
    match message.get("content"):
        case None:
            return role, ""
        case str(text):
            return role, text
        case list(parts):
            return role, " ".join(_part(part, f"{param}.content[{n}]") for n, part in enumerate(parts))
        case _:
            raise BadRequestError(f"{param}.content must be a string or a list of text parts.", param)


def _part(part: object, param: str) -> str:
    match part:
        case {"type": "text", "text": str(text)}:
            return text
        case _:
            raise BadRequestError(
                f"{param} must be {{'type': 'text', 'text': ...}}: a script reads only text.", param
            )


def _offers_end_call(tools: object) -> bool:
    if not isinstance(tools, list):
        return False
    for tool in tools:
        match tool:
            case {"type": "function", "function": {"name": str(name)}} if name == END_CALL:
                return True
    return False
