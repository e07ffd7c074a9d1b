"""The bot's words from Anthropic: pipecat's service over a shared client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient, Timeout
from anthropic.types.beta import BetaRawMessageStreamEvent
from pipecat.services.anthropic.llm import AnthropicLLMService
from pipecat.utils.http import connection_limits

from processors.llm.announced_calls import AnnouncedCalls
from processors.llm.openai_llm import CONNECT_SECONDS, KEEP_CONNECTION_SECONDS, SILENCE_SECONDS
from processors.llm.whole_tool_uses import with_whole_uses


class AnthropicLLM(AnnouncedCalls, AnthropicLLMService):
    """Streams an answer for each context, and only announces the tools that it calls."""

    def __init__(self, client: AsyncAnthropic, model: str, max_tokens: int = 500) -> None:
        # The newer models take no temperature.
        super().__init__(
            api_key="",
            client=client,
            settings=AnthropicLLMService.Settings(
                model=model, max_tokens=max_tokens, enable_prompt_caching=True
            ),
        )
        self.add_event_handler("on_completion_timeout", self._timed_out)

    # pipecat has no public way to an answer's events: this method is the only one that reaches into the service.
    async def _create_message_stream(
        self, api_call: Callable[..., Awaitable[object]], params: Mapping[str, object]
    ) -> AsyncIterator[BetaRawMessageStreamEvent]:
        return with_whole_uses(await super()._create_message_stream(api_call, params), self.call_under_way)

    async def _timed_out(self, *_: object) -> None:
        """pipecat tells nobody else."""
        await self.push_error("Anthropic fell silent inside an answer.", TimeoutError())


def anthropic_client(api_key: str, base_url: str) -> AsyncAnthropic:
    """The client that all calls of the process share; close it with the process. It does not retry."""
    return AsyncAnthropic(
        api_key=api_key,
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
