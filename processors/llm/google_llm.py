"""The bot's words from Google's Gemini: pipecat's service over a shared client."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from google.genai import Client
from google.genai.types import BlockedReason, FinishReason, GenerateContentResponse, HttpOptions
from httpx2 import AsyncClient, Limits, Timeout
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.services.google.llm import GoogleLLMService

from processors.llm.announced_calls import AnnouncedCalls
from processors.llm.openai_llm import CONNECT_SECONDS, KEEP_CONNECTION_SECONDS, SILENCE_SECONDS
from processors.llm.whole_tool_calls import MOST_CHARACTERS
from processors.tools.tool_arguments import TOO_LONG

USUAL = frozenset({FinishReason.STOP, FinishReason.MAX_TOKENS, FinishReason.FINISH_REASON_UNSPECIFIED})
"""The ends of an answer that leave something to say."""


class EmptyAnswerError(Exception):
    """Gemini gave no answer, and said why: a call that makes no sense, or words that it may not say."""


@dataclass(frozen=True, slots=True)
class GoogleClient:
    """Google's client, over an HTTP client of ours: its own is aiohttp's, used in a way that aiohttp warns of."""

    genai: Client
    http: AsyncClient

    async def close(self) -> None:
        """Close both."""
        await self.genai.aio.aclose()
        await self.http.aclose()


class GoogleLLM(AnnouncedCalls, GoogleLLMService):
    """Streams an answer for each context, and only announces the tools that it calls."""

    def __init__(
        self, client: GoogleClient, model: str, temperature: float | None = None, max_tokens: int = 500
    ) -> None:
        # pipecat asks for the client while it is being constructed.
        self._ready_client = client
        super().__init__(
            api_key="",
            stream_idle_timeout_secs=SILENCE_SECONDS,
            settings=GoogleLLMService.Settings(model=model, temperature=temperature, max_tokens=max_tokens),
        )

    def create_client(self) -> None:
        self._client = self._ready_client.genai

    # pipecat has no public way to an answer's parts, and would close the client with the call: these two methods
    # are the only ones that reach into the service.

    async def _close_client(self) -> None:
        """It is the process's."""

    async def _stream_response(self, context: LLMContext) -> AsyncIterator[GenerateContentResponse]:
        """The parts of the answer.

        Raises EmptyAnswerError where there is none and the reason is not a usual one, and ConnectionError for a
        stream that ends before the answer does.
        """
        empty, finished = True, False
        async for part in super()._stream_response(context):
            bits = [bit for c in part.candidates or () if c.content for bit in c.content.parts or ()]
            empty = empty and not bits
            for call in (bit.function_call for bit in bits if bit.function_call):
                if len(json.dumps(call.args, default=str)) > MOST_CHARACTERS:
                    call.args = {TOO_LONG: MOST_CHARACTERS}
                await self.call_under_way()
            yield part
            for reason in _ends(part):
                finished = True
                if reason is FinishReason.MALFORMED_FUNCTION_CALL:
                    await self.call_under_way()
                if reason is FinishReason.MALFORMED_FUNCTION_CALL or (empty and reason not in USUAL):
                    raise EmptyAnswerError(f"Gemini gave no answer: {reason.name}.")
        if not finished:
            raise ConnectionError("The stream ended before the answer did.")


def _ends(part: GenerateContentResponse) -> Iterator[FinishReason | BlockedReason]:
    """Why the answer ends here, or why the question got none."""
    if part.prompt_feedback is not None and part.prompt_feedback.block_reason is not None:
        yield part.prompt_feedback.block_reason
    for candidate in part.candidates or ():
        if candidate.finish_reason is not None:
            yield candidate.finish_reason


def google_client(api_key: str, base_url: str) -> GoogleClient:
    """The client that all calls of the process share; close it with the process. It does not retry."""
    http = AsyncClient(
        timeout=Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS),
        limits=Limits(
            max_connections=1000, max_keepalive_connections=100, keepalive_expiry=KEEP_CONNECTION_SECONDS
        ),
    )
    return GoogleClient(
        Client(api_key=api_key, http_options=HttpOptions(base_url=base_url, httpx_async_client=http)), http
    )
