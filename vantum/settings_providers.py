"""Settings of who hears, answers and speaks, and how."""

from __future__ import annotations

from pydantic import BaseModel

from vantum.setting_fields import number, value, whole
from vantum.setting_types import A_KEY, A_NAME, A_SOCKET, HttpUrl, Key, ProviderNames, SocketUrl, Voice, Word

PROVIDERS = "names of providers (docs/providers.md) with commas between them"


class ProviderSettings(BaseModel):
    """The providers that have settings of their own from the beginning; others declare theirs in their specs."""

    deepgram_api_key: Key = value("DEEPGRAM_API_KEY", None, A_KEY, "Key of Deepgram: speech to text.")
    openai_api_key: Key = value("OPENAI_API_KEY", None, A_KEY, "Key of OpenAI: the answers.")
    cartesia_api_key: Key = value("CARTESIA_API_KEY", None, A_KEY, "Key of Cartesia: text to speech.")

    deepgram_url: SocketUrl = value(
        "DEEPGRAM_URL", "wss://api.deepgram.com", A_SOCKET, "Address of Deepgram, or of a server like it."
    )
    openai_base_url: HttpUrl = value(
        "OPENAI_BASE_URL",
        "https://api.openai.com/v1",
        "an http:// or https:// address without credentials",
        "Address of OpenAI or a compatible server; set without a key, it chooses `openai` too.",
    )
    cartesia_url: SocketUrl = value(
        "CARTESIA_URL", "wss://api.cartesia.ai", A_SOCKET, "Address of Cartesia, or of a server like it."
    )

    stt: ProviderNames = value(
        "VANTUM_STT",
        (),
        PROVIDERS,
        "Who hears, the first choice first; unset: deepgram if its key is set, else local.",
    )
    llm: ProviderNames = value(
        "VANTUM_LLM",
        (),
        PROVIDERS,
        "Who answers, the first choice first; unset: openai if its key is set, else local.",
    )
    tts: ProviderNames = value(
        "VANTUM_TTS",
        (),
        PROVIDERS,
        "Who speaks, the first choice first; unset: cartesia if its key is set, else local.",
    )
    deepgram_model: Word = value("DEEPGRAM_MODEL", "nova-3", A_NAME, "Model of Deepgram.")
    llm_model: Word = value("LLM_MODEL", "gpt-4.1", A_NAME, "Model of OpenAI or the compatible server.")
    llm_temperature: float = number("LLM_TEMPERATURE", 0.7, 0, 2, "How freely the answers are worded.")
    llm_max_tokens: int = whole("LLM_MAX_TOKENS", 500, 1, 32768, "Longest answer, in tokens.")
    cartesia_model: Word = value("CARTESIA_MODEL", "sonic-3", A_NAME, "Model of Cartesia.")
    cartesia_voice: Voice = value(
        "CARTESIA_VOICE", "female", "male, female or the id of a voice", "Voice that Cartesia speaks with."
    )
