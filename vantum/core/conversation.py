"""What has been said, as the messages of a language model: exactly what was heard, no more and no less.

One system prompt, then user and assistant messages, and the calls of tools with their results. Consecutive
messages of one side are joined, a cut answer is marked, and the oldest messages go when there are too many; the
system prompt always stays, and a call never without its result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

MAX_MESSAGES = 50
MOST_JOINED_CHARACTERS = 20_000
"""Of what the caller said in turns that nobody answered; of more the oldest words go."""
LONGEST_WORD = 100
CUT_MARK = "…"
"""Ends an assistant message that the caller interrupted."""
RUNNING = '{"status": "still running"}'
"""What stands for the result of a tool that has not come to its end."""
T = TypeVar("T")


class Role(StrEnum):
    """Who speaks in a message."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a tool; ``arguments`` is a JSON object."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message: an assistant's may hold ``calls``, a tool's answers the call ``call_id``."""

    role: Role
    content: str
    calls: tuple[ToolCall, ...] = ()
    call_id: str = ""


class Conversation:
    """The messages of one call, system prompt first."""

    def __init__(self, prompt: str, limit: int = MAX_MESSAGES) -> None:
        if limit < 3:
            raise ValueError(f"limit is {limit}; a conversation needs at least 3 messages.")
        self._prompt = Message(Role.SYSTEM, prompt)
        self._limit = limit
        self._messages: list[Message] = []

    @property
    def messages(self) -> tuple[Message, ...]:
        """What the language model is asked with."""
        return (self._prompt, *self._messages)

    @property
    def unanswered(self) -> bool:
        """True while the caller said something that the bot has not answered."""
        return bool(self._messages) and self._messages[-1].role is Role.USER

    def with_caller(self, text: str) -> tuple[Message, ...]:
        """The messages as they would be if the caller had said ``text``, which may still come to nothing."""
        return (self._prompt, *_joined(self._messages, Message(Role.USER, text)))

    def heard_caller(self, text: str) -> None:
        """The caller said ``text``."""
        self._keep(_joined(self._messages, Message(Role.USER, text)))

    def caller_heard(self, text: str, *, interrupted: bool, call_id: str = "") -> None:
        """The caller heard the bot say ``text``; nothing heard leaves no message.

        Words of an answer that called a tool stand with the call ``call_id``, before its result.
        """
        if not text:
            return
        said = f"{text}{CUT_MARK}" if interrupted else text
        for at, message in enumerate(self._messages):
            if call_id and any(call.id == call_id for call in message.calls):
                content = f"{message.content} {said}".strip()
                self._messages[at] = replace(message, content=content)
                return
        self._keep(_joined(self._messages, Message(Role.ASSISTANT, said)))

    def called(self, calls: Sequence[ToolCall]) -> None:
        """The bot called tools, which are at work."""
        results = (Message(Role.TOOL, RUNNING, call_id=call.id) for call in calls)
        self._keep([*self._messages, Message(Role.ASSISTANT, "", tuple(calls)), *results])

    def returned(self, call_id: str, result: str) -> None:
        """A tool came to its end; ``result`` is JSON. A call that was pruned keeps no result."""
        for at, message in enumerate(self._messages):
            if message.role is Role.TOOL and message.call_id == call_id:
                self._messages[at] = replace(message, content=result)

    def shorten(self) -> None:
        """Forget the older half: the language model takes no more."""
        self._messages = newer_half(self._messages, lambda message: message.role is Role.TOOL)

    def _keep(self, messages: list[Message]) -> None:
        del messages[: max(0, len(messages) + 1 - self._limit)]
        while messages and messages[0].role is Role.TOOL:
            del messages[0]
        self._messages = messages


def newer_half(messages: Sequence[T], is_result: Callable[[T], bool]) -> list[T]:
    """The newer half of ``messages``, without the system prompt; results stay with the call before them."""
    middle = len(messages) // 2
    start = middle
    while start < len(messages) and is_result(messages[start]):
        start += 1
    if start == len(messages):
        # All of the newer half are results: their call stays as well.
        start = middle
        while start and is_result(messages[start]):
            start -= 1
    return list(messages[start:])


def _joined(messages: Sequence[Message], message: Message) -> list[Message]:
    """``messages`` and one more, which goes on where the same side spoke last."""
    last = messages[-1] if messages else None
    if last is None or last.role is not message.role:
        return [*messages, message]
    content = f"{last.content} {message.content}"
    return [*messages[:-1], replace(last, content=_newest(content) if last.role is Role.USER else content)]


def _newest(content: str) -> str:
    """The newest whole words of ``content``."""
    if len(content) <= MOST_JOINED_CHARACTERS:
        return content
    kept = content[-MOST_JOINED_CHARACTERS - 1 :]
    # What stands before the first space is the end of a word, unless the language has no spaces.
    rest, _, words = kept.partition(" ")
    return words if len(rest) <= LONGEST_WORD else kept[1:]
