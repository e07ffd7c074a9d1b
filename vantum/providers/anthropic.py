"""Anthropic answers."""

from __future__ import annotations

from anthropic import AsyncAnthropic

from processors.llm.anthropic_llm import AnthropicLLM, anthropic_client
from vantum.core.choice import Kind
from vantum.providers.brief import Brief


def _llm(brief: Brief) -> AnthropicLLM:
    client = brief.shared.clients.get(
        anthropic_client, AsyncAnthropic.close, brief.key, brief["ANTHROPIC_URL"]
    )
    return AnthropicLLM(client, brief["ANTHROPIC_MODEL"], int(brief["LLM_MAX_TOKENS"]))


MAKERS = {Kind.LLM: _llm}
