"""What has been said, as the messages of a language model: exactly what was heard, no more and no less.

One system prompt, then user and assistant messages. Consecutive messages of one side are joined, a cut answer
is marked, and the oldest messages go when there are too many; the system prompt always stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MAX_MESSAGES = 50
CUT_MARK = "…"
"""Ends an assistant message that the caller interrupted."""


class Role(StrEnum):
    """Who speaks in a message."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the conversation."""

    role: Role
    content: str


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

    def heard_caller(self, text: str) -> None:
        """The caller said ``text``."""
        self._add(Message(Role.USER, text))

    def caller_heard(self, text: str, *, interrupted: bool) -> None:
        """The caller heard the bot say ``text``; nothing heard leaves no message."""
        if text:
            self._add(Message(Role.ASSISTANT, f"{text}{CUT_MARK}" if interrupted else text))

    def _add(self, message: Message) -> None:
        if self._messages and self._messages[-1].role is message.role:
            joined = f"{self._messages[-1].content} {message.content}"
            self._messages[-1] = Message(message.role, joined)
        else:
            self._messages.append(message)
        del self._messages[: max(0, len(self._messages) + 1 - self._limit)]
