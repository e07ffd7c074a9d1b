"""Google hears and speaks (Google Cloud, with a service account), and answers (Gemini, with a key)."""

from __future__ import annotations

from functools import partial

from processors.google_speech import GoogleSTT, GoogleTTS
from processors.llm.google_llm import GoogleClient, GoogleLLM, google_client
from processors.tts.service_voice import ServiceVoice
from vantum.core.choice import Kind
from vantum.providers.brief import Brief


def _stt(brief: Brief) -> GoogleSTT:
    return GoogleSTT(
        brief.key, brief["GOOGLE_LOCATION"], brief["GOOGLE_STT_MODEL"], brief.language, brief.rate
    )


def _llm(brief: Brief) -> GoogleLLM:
    client = brief.shared.clients.get(google_client, GoogleClient.close, brief.key, brief["GOOGLE_URL"])
    return GoogleLLM(
        client, brief["GOOGLE_MODEL"], float(brief["LLM_TEMPERATURE"]), int(brief["LLM_MAX_TOKENS"])
    )


def _tts(brief: Brief) -> ServiceVoice:
    return ServiceVoice(
        partial(GoogleTTS, brief.key, brief.voice, brief.language, brief.rate), brief.spec.voices
    )


MAKERS = {Kind.STT: _stt, Kind.LLM: _llm, Kind.TTS: _tts}
