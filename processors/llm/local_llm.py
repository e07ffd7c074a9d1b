"""The embedded language model: a scripted dialogue behind an OpenAI client, in this process.

The client is a real ``AsyncOpenAI`` whose HTTP transport answers by itself, so that the same LLM processor
drives the script and a cloud model. It is a demo of fixed sentences, not a language model.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from functools import lru_cache

import httpx2
from openai import AsyncOpenAI

from processors.llm.chat_format import (
    BadRequestError,
    ChatRequest,
    Completion,
    Json,
    error_body,
    read_request,
)
from vantum.core.dialogue import reply
from vantum.core.dialogue_script import Script
from vantum.core.dialogue_turn import Matcher
from vantum.core.errors import SettingsError

BASE_URL = "http://scripted.invalid/v1"
_PATH = "/v1/chat/completions"

MATCHES_KEPT = 4096

# A phrase inside a longer sentence counts a little less than the sentence alone.
PART_OF_SENTENCE = 0.95


def scripted_client(script: Script, delay: float = 0.0) -> AsyncOpenAI:
    """A client that is answered from the script; ``delay`` is the pause before each chunk, in seconds.

    Raises ``SettingsError`` when the extra ``local`` is not installed.
    """
    transport = ScriptedTransport(script, phrase_matcher(), delay)
    return AsyncOpenAI(
        api_key="scripted",
        base_url=BASE_URL,
        max_retries=0,
        http_client=httpx2.AsyncClient(transport=transport),
    )


def phrase_matcher() -> Matcher:
    """Compares an example phrase with the whole sentence and with each stretch of it of about that length."""
    try:
        from rapidfuzz import fuzz  # noqa: PLC0415 - belongs to an optional extra
    except ImportError as error:
        raise SettingsError(
            "The scripted dialogue needs the extra 'local'.",
            "Install it with: pip install 'vantum[local]', or set OPENAI_API_KEY.",
        ) from error

    # The whole conversation is replayed for every answer: only the last sentence is new.
    @lru_cache(maxsize=MATCHES_KEPT)
    def match(words: str, phrase: str) -> float:
        spoken = words.split()
        size = len(phrase.split())
        scores = [fuzz.ratio(words, phrase)]
        for length in range(max(2, size - 1), min(size + 2, len(spoken))):
            stretches = (" ".join(spoken[at : at + length]) for at in range(len(spoken) - length + 1))
            scores.extend(PART_OF_SENTENCE * fuzz.ratio(stretch, phrase) for stretch in stretches)
        return max(scores) / 100

    return match


class ScriptedTransport(httpx2.AsyncBaseTransport):
    """Answers POST …/chat/completions from a script, streaming or not, without any connection."""

    def __init__(self, script: Script, match: Matcher, delay: float) -> None:
        self._script = script
        self._match = match
        self._delay = delay
        self._numbers = itertools.count(1)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path != _PATH:
            return _error(404, f"There is nothing at {request.url.path}; ask {_PATH}.")
        if request.method != "POST":
            return _error(405, f"{request.method} is not possible; use POST.")
        try:
            asked = read_request(await request.aread())
        except BadRequestError as error:
            return httpx2.Response(400, json=error.body)
        completion = self._complete(asked)
        if asked.stream:
            headers = {"content-type": "text/event-stream; charset=utf-8"}
            return httpx2.Response(200, headers=headers, stream=_EventStream(completion, self._delay))
        await asyncio.sleep(self._delay)
        return httpx2.Response(200, json=completion.whole())

    def _complete(self, asked: ChatRequest) -> Completion:
        answer = reply(self._script, asked.messages, self._match)
        number = f"scripted-{next(self._numbers)}"
        return Completion(number, int(time.time()), asked, answer.text, answer.disposition)


class _EventStream(httpx2.AsyncByteStream):
    """A completion as server-sent events, which stop where the reader stops."""

    def __init__(self, completion: Completion, delay: float) -> None:
        self._events = self._write(completion, delay)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._events

    async def aclose(self) -> None:
        await self._events.aclose()

    @staticmethod
    async def _write(completion: Completion, delay: float) -> AsyncGenerator[bytes, None]:
        for chunk in completion.chunks():
            await asyncio.sleep(delay)
            yield f"data: {json.dumps(chunk)}\n\n".encode()
        yield b"data: [DONE]\n\n"


def _error(status: int, message: str) -> httpx2.Response:
    body: Json = error_body(message, "invalid_request_error")
    return httpx2.Response(status, json=body)
