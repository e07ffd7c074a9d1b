"""OpenAI's stand-in: the answer of the fakes at their pace, over HTTP or HTTPS; nothing of a request is kept."""

from __future__ import annotations

import asyncio
import ssl
from itertools import repeat
from typing import Self

from benchmarks.fakes import ANSWER, LLM_SECONDS, TOKEN_SECONDS
from benchmarks.providers.tls import HOST
from tests.wire.openai_server import Answer, OpenAIServer

FORGET_SECONDS = 5.0


class Model(OpenAIServer):
    """``async with Model(context) as model``: listens at ``model.url``."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        answer = Answer(ANSWER, first_token_seconds=LLM_SECONDS, token_seconds=TOKEN_SECONDS)
        super().__init__(repeat(answer))
        self._context = context

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, HOST, 0, ssl=self._context)
        return self

    @property
    def url(self) -> str:
        """The base URL."""
        return super().url.replace("http:", "http:" if self._context is None else "https:")

    async def forget(self) -> None:
        """Drop what was received, again and again."""
        while True:
            await asyncio.sleep(FORGET_SECONDS)
            self.received.clear()
