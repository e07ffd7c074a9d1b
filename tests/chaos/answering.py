"""A model that answers by what it is told: as many words of the voice's vocabulary for each turn of the caller.

Asked again it answers the same, and told to go on it goes on; so it shows in the words that are heard whether any was
lost or came twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from benchmarks.conversation.model import text_of
from benchmarks.conversation.voice import VOCABULARY
from tests.wire.openai_server import Answer, Json, OpenAIServer
from vantum.core.going_on import GO_ON

FIRST_TOKEN_SECONDS = 0.15
TOKEN_SECONDS = 0.03
ANSWER_WORDS = 6
FIRST_SENTENCE_WORDS = 3
ANSWERS = 5
GREETING = "Marble nutmeg oyster."


def answer_words(number: int) -> list[str]:
    """The words of the answer to the turn of this number, from 1."""
    first = (number - 1) % ANSWERS * ANSWER_WORDS
    return list(VOCABULARY[first : first + ANSWER_WORDS])


def answer_text(number: int) -> str:
    """The answer in two sentences."""
    words = answer_words(number)
    parts = words[:FIRST_SENTENCE_WORDS], words[FIRST_SENTENCE_WORDS:]
    return " ".join(" ".join(part).capitalize() + "." for part in parts)


def plain(text: str) -> list[str]:
    """The words of a text, in small letters and without marks."""
    return re.findall(r"[a-z']+", text.lower())


def told(body: Json, role: str) -> list[str]:
    """The texts of a role in a request."""
    messages = body.get("messages")
    assert isinstance(messages, list)
    return [text_of(message) for message in messages if message.get("role") == role]


class AnsweringServer(OpenAIServer):
    """OpenAI's protocol."""

    def answer_to(self, body: Json) -> Answer:
        """The answer to the caller's newest turn, or the rest of it."""
        users: Sequence[str] = told(body, "user")
        text = answer_text(max(1, sum(user != GO_ON for user in users)))
        if users and users[-1] == GO_ON:
            given = len(plain(told(body, "assistant")[-1]))
            text = " ".join(text.split()[given:])
        return Answer(text, first_token_seconds=FIRST_TOKEN_SECONDS, token_seconds=TOKEN_SECONDS)
