"""The providers in the cloud: whether each takes our key, and has the model or the voice that is chosen."""

from __future__ import annotations

from typing import Final

import httpx
from pydantic import SecretStr

from processors.cartesia_tts import VOICES
from vantum.core.choice import Kind, Provider
from vantum.doctor.answer import Answer, ask
from vantum.doctor.finding import Finding, Mark
from vantum.settings import Settings

CARTESIA_VERSION: Final = "2026-03-01"
"""The version of Cartesia's API that pipecat's service speaks."""
WEB_SCHEMES: Final = {"ws": "http", "wss": "https"}


def web_url(url: str) -> str:
    """The https form of a wss address, and the http form of a ws one."""
    scheme, _, rest = url.partition("://")
    return f"{WEB_SCHEMES[scheme]}://{rest}"


def access_finding(thing: str, answer: Answer, key: str, address: str) -> Finding:
    """What a provider's answer says of our access; ``key`` and ``address`` are the names of its settings."""
    match answer.status:
        case None:
            return Finding(Mark.BROKEN, thing, answer.problem, f"Check the network and {address}.")
        case 401 | 403:
            refused = f"the key is refused (HTTP {answer.status})"
            return Finding(Mark.BROKEN, thing, refused, f"Set {key} to a key that is valid.")
        case 429:
            return Finding(
                Mark.WARNING, thing, "too many requests (HTTP 429)", "Look at the account's limits."
            )
        case status if 200 <= status < 300:
            return Finding(Mark.OK, thing, "the key is accepted")
        case status if status >= 500:
            return Finding(Mark.BROKEN, thing, f"the provider fails (HTTP {status})", "Try again later.")
        case status:
            unclear = f"answers HTTP {status}: whether the key is good is not known"
            return Finding(Mark.WARNING, thing, unclear, f"Check {address}.")


def model_finding(answer: Answer, model: str) -> Finding:
    """What a list of models says of our access and of ``model``."""
    access = access_finding("OpenAI", answer, "OPENAI_API_KEY", "OPENAI_BASE_URL")
    if access.mark is not Mark.OK:
        return access
    models = answer.body.get("data") if isinstance(answer.body, dict) else None
    if not isinstance(models, list):
        unread = f"{access.found}, but its list of models cannot be read"
        return Finding(Mark.WARNING, "OpenAI", unread, "Check OPENAI_BASE_URL.")
    if not any(isinstance(entry, dict) and entry.get("id") == model for entry in models):
        unlisted = f"{access.found}, but {model} is not among its {len(models)} models"
        return Finding(Mark.WARNING, "OpenAI", unlisted, "Set LLM_MODEL to one that it has.")
    return Finding(Mark.OK, "OpenAI", f"{access.found}, and {model} is there")


def voice_finding(answer: Answer, voice: str) -> Finding:
    """What the answer to a question for ``voice`` says of our access and of the voice."""
    if answer.status == 404:
        return Finding(
            Mark.BROKEN, "Cartesia", f"there is no voice {voice}", "Set CARTESIA_VOICE to one that is there."
        )
    access = access_finding("Cartesia", answer, "CARTESIA_API_KEY", "CARTESIA_URL")
    if access.mark is not Mark.OK:
        return access
    return Finding(Mark.OK, "Cartesia", f"{access.found}, and the voice {voice} is there")


async def hearing(settings: Settings, http: httpx.AsyncClient) -> list[Finding]:
    """Deepgram's key. Source: developers.deepgram.com/docs/authenticating."""
    if settings.choices()[Kind.STT].provider is not Provider.DEEPGRAM:
        return [Finding(Mark.OK, "Deepgram", "not used")]
    headers = {"Authorization": f"Token {_secret(settings.deepgram_api_key)}"}
    answer = await ask(http, "GET", f"{web_url(settings.deepgram_url)}/v1/auth/token", headers)
    return [access_finding("Deepgram", answer, "DEEPGRAM_API_KEY", "DEEPGRAM_URL")]


async def thinking(settings: Settings, http: httpx.AsyncClient) -> list[Finding]:
    """OpenAI's key, and the model."""
    if settings.choices()[Kind.LLM].provider is not Provider.OPENAI:
        return [Finding(Mark.OK, "OpenAI", "not used")]
    # A local server needs no key, and is sent the same word as in calls.
    headers = {"Authorization": f"Bearer {_secret(settings.openai_api_key) or 'none'}"}
    answer = await ask(http, "GET", f"{settings.openai_base_url}/models", headers)
    return [model_finding(answer, settings.llm_model)]


async def speaking(settings: Settings, http: httpx.AsyncClient) -> list[Finding]:
    """Cartesia's key, and the voice."""
    if settings.choices()[Kind.TTS].provider is not Provider.CARTESIA:
        return [Finding(Mark.OK, "Cartesia", "not used")]
    voice = settings.cartesia_voice
    headers = {"X-API-Key": _secret(settings.cartesia_api_key), "Cartesia-Version": CARTESIA_VERSION}
    answer = await ask(
        http, "GET", f"{web_url(settings.cartesia_url)}/voices/{VOICES.get(voice, voice)}", headers
    )
    return [voice_finding(answer, voice)]


def _secret(key: SecretStr | None) -> str:
    return key.get_secret_value() if key else ""
