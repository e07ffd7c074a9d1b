"""The settings that providers declare in their specs: checked by what their names say, and kept as secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import ConfigDict, SecretStr, TypeAdapter, ValidationError

from vantum.core.errors import SettingsError
from vantum.core.provider_specs import KEY_NAMES, SPECS
from vantum.setting_types import A_KEY, A_NAME, A_SOCKET, HttpUrl, Key, SocketUrl, Word

AN_ADDRESS: Final = "an http:// or https:// address without credentials"
HIDDEN: Final = ConfigDict(hide_input_in_errors=True)
_KEY: Final[TypeAdapter[SecretStr | None]] = TypeAdapter(Key, config=HIDDEN)
_SOCKET: Final[TypeAdapter[str]] = TypeAdapter(SocketUrl, config=HIDDEN)
_ADDRESS: Final[TypeAdapter[str]] = TypeAdapter(HttpUrl, config=HIDDEN)
_WORD: Final[TypeAdapter[str]] = TypeAdapter(Word, config=HIDDEN)
_DEFAULTS: Final = {name: value for spec in SPECS.values() for name, value in spec.settings.items()}


def provider_values(given: Mapping[str, str]) -> dict[str, SecretStr]:
    """What is ``given`` for the providers, by name; raises SettingsError, which tells no key and no credentials."""
    return {name: SecretStr(_checked(name, value)) for name, value in given.items()}


def _checked(name: str, value: str) -> str:
    try:
        if name in KEY_NAMES:
            _KEY.validate_python(value)
            return value
        return _form(name)[0].validate_python(value)
    except ValidationError:
        secret = name in KEY_NAMES or "@" in value
        shown = "is not usable" if secret else f"is {value!r}"
        raise SettingsError(f"{name} {shown}.", f"Set it to {allowed(name)}.") from None


def allowed(name: str) -> str:
    """What a provider's setting may be, in words."""
    return A_KEY if name in KEY_NAMES else _form(name)[1]


def _form(name: str) -> tuple[TypeAdapter[str], str]:
    if _DEFAULTS[name].startswith(("ws:", "wss:")):
        return _SOCKET, A_SOCKET
    return (_ADDRESS, AN_ADDRESS) if name.endswith("_URL") else (_WORD, A_NAME)
