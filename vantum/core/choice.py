"""Which provider does a job, and why: decided once at start from names, keys and URLs.

The law: a named provider is taken at its word or refused, never replaced; with no name, the cloud provider
whose key is there wins, and else the embedded one, so that a call always has all three.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from vantum.core.errors import SettingsError


class Kind(StrEnum):
    """The three jobs that a provider does in a call."""

    STT = "stt"
    LLM = "llm"
    TTS = "tts"

    @property
    def setting(self) -> str:
        """The name of the setting that chooses this job's provider."""
        return f"VANTUM_{self.upper()}"


class Provider(StrEnum):
    """Who can do a job."""

    DEEPGRAM = "deepgram"
    OPENAI = "openai"
    CARTESIA = "cartesia"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Choice:
    """The provider of one job, and ``why`` in words for the table at start."""

    provider: Provider
    why: str


@dataclass(frozen=True, slots=True)
class Cloud:
    """A provider that needs a key, or (``url``) the address of a server that may need none."""

    provider: Provider
    key: str
    url: str | None = None


CLOUDS: Mapping[Kind, Cloud] = MappingProxyType(
    {
        Kind.STT: Cloud(Provider.DEEPGRAM, key="DEEPGRAM_API_KEY"),
        Kind.LLM: Cloud(Provider.OPENAI, key="OPENAI_API_KEY", url="OPENAI_BASE_URL"),
        Kind.TTS: Cloud(Provider.CARTESIA, key="CARTESIA_API_KEY"),
    }
)


def choose(kind: Kind, chosen: str | None, given: frozenset[str]) -> Choice:
    """Choose who does ``kind``; ``chosen`` is the name in its setting, ``given`` the settings that are set.

    Raises ``SettingsError`` for a name that is not known, and for a chosen provider without its key.
    """
    cloud = CLOUDS[kind]
    match chosen:
        case None if cloud.key in given:
            return Choice(cloud.provider, "key set")
        case None if cloud.url in given:
            return Choice(cloud.provider, f"{cloud.url} set")
        case None:
            return Choice(Provider.LOCAL, "embedded")
        case Provider.LOCAL:
            return Choice(Provider.LOCAL, f"chosen by {kind.setting}")
        case cloud.provider:
            return _with_key(kind, cloud, given)
    allowed = f"{cloud.provider} or {Provider.LOCAL}"
    raise SettingsError(f"{kind.setting} is {chosen!r}.", f"Set it to {allowed}, or leave it out.")


def _with_key(kind: Kind, cloud: Cloud, given: frozenset[str]) -> Choice:
    if cloud.key in given or cloud.url in given:
        return Choice(cloud.provider, f"chosen by {kind.setting}")
    ways = cloud.key if cloud.url is None else f"{cloud.key} (or {cloud.url})"
    raise SettingsError(
        f"{kind.setting} chooses {cloud.provider}, but {cloud.key} is not set.",
        f"Set {ways}, or set {kind.setting}={Provider.LOCAL}.",
    )
