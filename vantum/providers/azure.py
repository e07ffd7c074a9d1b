"""Azure hears and speaks, and OpenAI's models answer there."""

from __future__ import annotations

from functools import partial

from openai import AsyncOpenAI

from processors.azure_speech import AzureSTT, AzureTTS
from processors.llm.azure_llm import azure_client
from processors.llm.openai_llm import OpenAILLM
from processors.tts.service_voice import ServiceVoice
from vantum.core.choice import Kind
from vantum.providers.brief import Brief


def _stt(brief: Brief) -> AzureSTT:
    return AzureSTT(
        api_key=brief.key,
        region=brief["AZURE_SPEECH_REGION"],
        url=brief["AZURE_SPEECH_URL"],
        language=brief.language,
        sample_rate=brief.rate,
    )


def _llm(brief: Brief) -> OpenAILLM:
    client = brief.shared.clients.get(azure_client, AsyncOpenAI.close, brief.key, brief["AZURE_OPENAI_URL"])
    return OpenAILLM(
        client, brief["AZURE_OPENAI_MODEL"], float(brief["LLM_TEMPERATURE"]), int(brief["LLM_MAX_TOKENS"])
    )


def _tts(brief: Brief) -> ServiceVoice:
    make = partial(
        AzureTTS,
        api_key=brief.key,
        region=brief["AZURE_SPEECH_REGION"],
        url=brief["AZURE_SPEECH_URL"],
        voice=brief.voice,
        language=brief.language,
        sample_rate=brief.rate,
    )
    return ServiceVoice(make, brief.spec.voices)


MAKERS = {Kind.STT: _stt, Kind.LLM: _llm, Kind.TTS: _tts}
