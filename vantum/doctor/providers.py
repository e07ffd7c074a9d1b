"""The providers in the cloud: whether each takes our key, and has the model or the voice that is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import httpx
from pydantic import SecretStr

from processors.tts.cartesia_voice import VOICES
from vantum.core.choice import Kind
from vantum.core.errors import SettingsError
from vantum.core.provider_order import in_words
from vantum.core.provider_specs import SPECS
from vantum.doctor.answer import Answer, ask
from vantum.doctor.finding import Finding, Mark
from vantum.providers import maker_of
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


def order_findings(settings: Settings) -> list[Finding]:
    """Who does each job, in order, and whether the libraries that they need are installed."""
    return [_order_finding(kind, _names(settings, kind)) for kind in Kind]


def _order_finding(kind: Kind, names: Sequence[str]) -> Finding:
    try:
        for name in names:
            maker_of(kind, SPECS[name])
    except SettingsError as error:
        return Finding(Mark.BROKEN, kind.upper(), error.problem, error.remedy)
    return Finding(Mark.OK, kind.upper(), in_words(names))


def _names(settings: Settings, kind: Kind) -> list[str]:
    return [choice.provider for choice in settings.choices()[kind]]


def _used(settings: Settings, key: str) -> bool:
    """Whether a provider is chosen, for any job, whose key stands in the setting ``key``."""
    return any(SPECS[name].key == key for kind in Kind for name in _names(settings, kind))


async def hearing(settings: Settings, http: httpx.AsyncClient) -> list[Finding]:
    """Deepgram's key. Source: developers.deepgram.com/docs/authenticating."""
    if not _used(settings, "DEEPGRAM_API_KEY"):
        return [Finding(Mark.OK, "Deepgram", "not used")]
    headers = {"Authorization": f"Token {_secret(settings.deepgram_api_key)}"}
    answer = await ask(http, "GET", f"{web_url(settings.deepgram_url)}/v1/auth/token", headers)
    return [access_finding("Deepgram", answer, "DEEPGRAM_API_KEY", "DEEPGRAM_URL")]


async def thinking(settings: Settings, http: httpx.AsyncClient) -> list[Finding]:
    """OpenAI's key, and the model if it answers."""
    if not _used(settings, "OPENAI_API_KEY"):
        return [Finding(Mark.OK, "OpenAI", "not used")]
    # A local server needs no key, and is sent the same word as in calls.
    headers = {"Authorization": f"Bearer {_secret(settings.openai_api_key) or 'none'}"}
    answer = await ask(http, "GET", f"{settings.openai_base_url}/models", headers)
    if "openai" not in _names(settings, Kind.LLM):
        return [access_finding("OpenAI", answer, "OPENAI_API_KEY", "OPENAI_BASE_URL")]
    return [model_finding(answer, settings.llm_model)]


async def speaking(settings: Settings, http: httpx.AsyncClient) -> list[Finding]:
    """Cartesia's key, and the voice."""
    if not _used(settings, "CARTESIA_API_KEY"):
        return [Finding(Mark.OK, "Cartesia", "not used")]
    voice = settings.cartesia_voice
    headers = {"X-API-Key": _secret(settings.cartesia_api_key), "Cartesia-Version": CARTESIA_VERSION}
    answer = await ask(
        http, "GET", f"{web_url(settings.cartesia_url)}/voices/{VOICES.get(voice, voice)}", headers
    )
    return [voice_finding(answer, voice)]


def _secret(key: SecretStr | None) -> str:
    return key.get_secret_value() if key else ""
