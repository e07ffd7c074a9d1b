"""The bot's words from Groq, which speaks OpenAI's language and is told how long its models may think."""

from __future__ import annotations

from typing import Any

from pipecat.adapters.llm.services.open_ai_adapter import OpenAILLMInvocationParams

from processors.llm.openai_llm import OpenAILLM

THINKING_MODELS = "openai/gpt-oss"
"""How the models begin that think before they answer, and take a measure for it."""


class GroqLLM(OpenAILLM):
    """Has the models that think do so as little as they can: a caller waits."""

    def build_chat_completion_params(self, params_from_context: OpenAILLMInvocationParams) -> dict[str, Any]:
        params: dict[str, Any] = super().build_chat_completion_params(params_from_context)
        if str(params["model"]).startswith(THINKING_MODELS):
            params["reasoning_effort"] = "low"
        return params
