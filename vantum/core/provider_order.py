"""Who does a job, in which order, and why: decided once at start from names, keys and URLs.

The law: a named provider is taken at its word or refused, never replaced; with no name, the cloud provider
whose key is there wins, and else the embedded one, so that a call always has all three.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from vantum.core.choice import LOCAL, Choice, Kind
from vantum.core.errors import SettingsError
from vantum.core.provider_specs import SPECS

UNNAMED: Final[Mapping[Kind, str]] = MappingProxyType(
    {Kind.STT: "deepgram", Kind.LLM: "openai", Kind.TTS: "cartesia"}
)
"""Who does a job that nobody is named for, if its key is there."""
JOBS: Final[Mapping[Kind, str]] = MappingProxyType(
    {Kind.STT: "speech to text", Kind.LLM: "answers", Kind.TTS: "text to speech"}
)


def order_of(kind: Kind, named: Sequence[str], given: frozenset[str]) -> tuple[Choice, ...]:
    """Who does ``kind``, the first choice first: as ``named`` in its setting, by the settings that are ``given``.

    Raises ``SettingsError`` for a name that is not known, does another job, or stands there twice, and for a
    named provider without its key.
    """
    if not named:
        return (_unnamed(kind, given),)
    for position, name in enumerate(named):
        _check(kind, name, given)
        if name in named[:position]:
            raise SettingsError(f"{kind.setting} names {name} twice.", "Name each provider once.")
    return tuple(Choice(name, f"chosen by {kind.setting}") for name in named)


def in_words(names: Sequence[str]) -> str:
    """Who does a job, the first choice first."""
    return ", then ".join(names)


def _unnamed(kind: Kind, given: frozenset[str]) -> Choice:
    spec = SPECS[UNNAMED[kind]]
    for setting in (spec.key, spec.keyless):
        if setting in given:
            return Choice(spec.name, "key set" if setting == spec.key else f"{setting} set")
    return Choice(LOCAL, "embedded")


def _check(kind: Kind, name: str, given: frozenset[str]) -> None:
    able = [spec.name for spec in SPECS.values() if kind in spec.kinds]
    spec = SPECS.get(name)
    if spec is None:
        near = difflib.get_close_matches(name, able, n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise SettingsError(
            f"{kind.setting} names {name!r}, which is no provider.", f"{hint}{_allowed(able)}."
        )
    if kind not in spec.kinds:
        raise SettingsError(
            f"{kind.setting} names {name}, which does not do {JOBS[kind]}.", f"{_allowed(able)}."
        )
    lacking = spec.lacking(kind, given)
    if lacking:
        ways = " and ".join(lacking) + (f" (or {spec.keyless})" if spec.keyless else "")
        raise SettingsError(
            f"{kind.setting} chooses {name}, but {lacking[0]} is not set.",
            f"Set {ways}, or leave {name} out of {kind.setting}.",
        )


def _allowed(able: Sequence[str]) -> str:
    return f"Set it to one or more of {', '.join(able)}, with commas between them"
