"""The bot's words from OpenAI, or from any server that speaks its API: pipecat's service over a shared client."""

from __future__ import annotations

from collections.abc import AsyncIterator

from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Timeout
from openai.types.chat import ChatCompletionChunk
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.utils.http import connection_limits

from processors.llm.call_under_way import CallUnderWay
from processors.llm.whole_tool_calls import with_whole_calls

CONNECT_SECONDS = 3.0
SILENCE_SECONDS = 30.0
"""The longest silence of the server inside an answer."""
KEEP_CONNECTION_SECONDS = 120.0
"""An idle connection is kept this long, so that the next turn needs no handshake."""


class OpenAILLM(OpenAILLMService):
    """Streams an answer for each context; an interruption closes the HTTP stream at once."""

    def __init__(
        self, client: AsyncOpenAI, model: str, temperature: float = 0.7, max_tokens: int = 500
    ) -> None:
        # pipecat asks for the client while it is being constructed.
        self._ready_client = client
        super().__init__(
            settings=OpenAILLMService.Settings(model=model, temperature=temperature, max_tokens=max_tokens)
        )

    def create_client(self, *_: object, **__: object) -> AsyncOpenAI:
        return self._ready_client

    # pipecat iterates over what it gets and closes it, no more.
    async def get_chat_completions(  # type: ignore[override]
        self, context: LLMContext
    ) -> AsyncIterator[ChatCompletionChunk]:
        """Ask for an answer; the calls in it come whole, and none is lost."""
        return with_whole_calls(await super().get_chat_completions(context), self._call_under_way)

    async def _call_under_way(self) -> None:
        await self.push_frame(CallUnderWay())


def openai_client(api_key: str | None, base_url: str) -> AsyncOpenAI:
    """The client that all calls of the process share; close it with the process.

    It does not retry: how long a caller waits is for the call to decide. A local server needs no key.
    """
    return AsyncOpenAI(
        api_key=api_key or "none",
        base_url=base_url,
        max_retries=0,
        timeout=Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS),
        http_client=DefaultAsyncHttpxClient(
            limits=connection_limits(
                max_connections=1000,
                max_keepalive_connections=100,
                keepalive_expiry=KEEP_CONNECTION_SECONDS,
            )
        ),
    )
