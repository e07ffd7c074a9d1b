"""Groq hears and answers, over OpenAI's protocol."""

from __future__ import annotations

from openai import AsyncOpenAI

from processors.llm.groq_llm import GroqLLM
from processors.llm.openai_llm import openai_client
from processors.openai_speech import OpenAISTT
from vantum.core.choice import Kind
from vantum.providers.brief import Brief


def _stt(brief: Brief) -> OpenAISTT:
    return OpenAISTT(_client(brief), brief["GROQ_STT_MODEL"], brief.language, brief.rate)


def _llm(brief: Brief) -> GroqLLM:
    temperature, max_tokens = float(brief["LLM_TEMPERATURE"]), int(brief["LLM_MAX_TOKENS"])
    return GroqLLM(_client(brief), brief["GROQ_MODEL"], temperature, max_tokens)


def _client(brief: Brief) -> AsyncOpenAI:
    return brief.shared.clients.get(openai_client, AsyncOpenAI.close, brief.key, brief["GROQ_URL"])


MAKERS = {Kind.STT: _stt, Kind.LLM: _llm}
