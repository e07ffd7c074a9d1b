"""OpenAI, or a server that speaks like it, hears, answers and speaks."""

from __future__ import annotations

from functools import partial

from openai import AsyncOpenAI

from processors.llm.openai_llm import OpenAILLM, openai_client
from processors.openai_speech import OpenAISTT, OpenAITTS
from processors.tts.service_voice import ServiceVoice
from vantum.core.choice import Kind
from vantum.providers.brief import Brief


def _stt(brief: Brief) -> OpenAISTT:
    return OpenAISTT(_client(brief), brief["OPENAI_STT_MODEL"], brief.language, brief.rate)


def _llm(brief: Brief) -> OpenAILLM:
    client = brief.shared.openai or _client(brief)
    return OpenAILLM(
        client, brief["LLM_MODEL"], float(brief["LLM_TEMPERATURE"]), int(brief["LLM_MAX_TOKENS"])
    )


def _tts(brief: Brief) -> ServiceVoice:
    make = partial(OpenAITTS, _client(brief), brief["OPENAI_TTS_MODEL"], brief.voice)
    return ServiceVoice(make, brief.spec.voices)


def _client(brief: Brief) -> AsyncOpenAI:
    return brief.shared.clients.get(openai_client, AsyncOpenAI.close, brief.key, brief["OPENAI_BASE_URL"])


MAKERS = {Kind.STT: _stt, Kind.LLM: _llm, Kind.TTS: _tts}
