"""Every setting of the product, read once from environment and `.env`; the tables are in ``settings_*.py``.

This is the only module that reads the environment. ``load_settings`` is the one door: it merges the sources
itself, so that ``Settings`` never looks around and a test can pass any environment. A setting that is set to
nothing (``NAME=``) counts as not set, and the command line wins over the environment, that over `.env`.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from vantum.core.call_facts import PhoneCarrier
from vantum.core.choice import Choice, Kind
from vantum.core.errors import SettingsError
from vantum.core.provider_order import order_of
from vantum.core.provider_specs import SETTING_NAMES, Spec
from vantum.provider_settings import provider_values
from vantum.secret_files import is_secret, secret_of, with_files_read
from vantum.setting_types import password_of
from vantum.settings_conversation import ConversationSettings, SoundSettings
from vantum.settings_limits import LimitSettings
from vantum.settings_phone import PhoneSettings
from vantum.settings_providers import ProviderSettings
from vantum.settings_server import ServerSettings

PREFIX = "VANTUM_"
ENV_FILE = Path(".env")
TWILIO_NEEDS = ("twilio_account_sid", "twilio_auth_token", "public_url")


class Settings(
    ConversationSettings,
    LimitSettings,
    SoundSettings,
    ServerSettings,
    PhoneSettings,
    ProviderSettings,
    BaseSettings,
):
    """All settings, frozen and checked; fields are named as in code, aliases as in the environment.

    The fields are in the tables that it is made of, those of the last one first.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", case_sensitive=True, hide_input_in_errors=True, allow_inf_nan=False
    )

    provider_values: Mapping[str, SecretStr] = Field(default_factory=dict)
    """What is set of the settings that providers declare in their specs, and that have no field here."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)

    @property
    def phone_missing(self) -> tuple[str, ...]:
        """The settings that phone calls over Twilio lack; all three when nobody thinks of them."""
        return tuple(alias_of(field) for field in TWILIO_NEEDS if getattr(self, field) is None)

    @property
    def phone_carrier(self) -> PhoneCarrier:
        """Who places phone calls; who has set something of Twilio means Twilio, though it may lack the rest."""
        wanted = PhoneCarrier.LOCAL if len(self.phone_missing) == len(TWILIO_NEEDS) else PhoneCarrier.TWILIO
        return self.carrier or wanted

    def secrets(self) -> tuple[str, ...]:
        """What no log may hold: keys, tokens and what tokens are signed with."""
        own = (self.deepgram_api_key, self.openai_api_key, self.cartesia_api_key)
        ours = (self.twilio_auth_token, self.token_secret, *self.api_keys, *self._database_secrets())
        others = (value for name, value in self.provider_values.items() if is_secret(name))
        return tuple(key.get_secret_value() for key in (*own, *ours, *others) if key is not None)

    def _database_secrets(self) -> tuple[SecretStr, ...]:
        """The database's address, and its password for itself: drivers tell one without the other."""
        if self.database_url is None:
            return ()
        password = password_of(self.database_url.get_secret_value())
        return (self.database_url, SecretStr(password)) if password else (self.database_url,)

    def choices(self) -> dict[Kind, tuple[Choice, ...]]:
        """Who does each job, the first choice first; raises ``SettingsError`` for an unknown name, one that does
        another job or stands there twice, and a missing key."""
        named = {Kind.STT: self.stt, Kind.LLM: self.llm, Kind.TTS: self.tts}
        return {kind: order_of(kind, names, self.given_names) for kind, names in named.items()}

    @property
    def given_names(self) -> frozenset[str]:
        """The names of what is set."""
        fields = self.model_fields_set - {"provider_values"}
        return frozenset(alias_of(field) for field in fields).union(self.provider_values)

    def values_of(self, spec: Spec) -> dict[str, str]:
        """A provider's settings by name, as text; its key among them, and defaults where nothing is set."""
        return {name: self._value_of(name, spec) for name in spec.names}

    def _value_of(self, name: str, spec: Spec) -> str:
        if name not in FIELDS:
            value = self.provider_values.get(name)
            return value.get_secret_value() if value else spec.settings.get(name, "")
        match getattr(self, FIELD_NAMES[name]):
            case SecretStr() as secret:
                return secret.get_secret_value()
            case None:
                return ""
            case value:
                return str(value)


class UnknownName(NamedTuple):
    """A ``VANTUM_`` name that is set but means nothing, and the setting most like it."""

    name: str
    nearest: str | None

    def __str__(self) -> str:
        hint = f" Did you mean {self.nearest}?" if self.nearest else ""
        return f"{self.name} is no setting and is ignored.{hint}"


def alias_of(field: str) -> str:
    """The name in the environment of a field of ``Settings``."""
    return Settings.model_fields[field].alias or field


FIELD_NAMES = {field.alias: name for name, field in Settings.model_fields.items() if field.alias}
FIELDS = {alias: Settings.model_fields[name] for alias, name in FIELD_NAMES.items()}
KNOWN_NAMES = frozenset(FIELDS) | SETTING_NAMES


def load_settings(
    environ: Mapping[str, str] | None = None,
    env_file: Path | None = ENV_FILE,
    overrides: Mapping[str, str] | None = None,
) -> Settings:
    """Read the settings; ``overrides`` are by environment name too and win. Raises ``SettingsError``."""
    found = {name: value for name, value in _sources(environ, env_file).items() if _is_known(name)}
    merged = {name: value.strip() for name, value in {**found, **(overrides or {})}.items()}
    values = with_files_read({name: value for name, value in merged.items() if value})
    of_providers = {name: values.pop(name) for name in tuple(values) if name in SETTING_NAMES - FIELDS.keys()}
    try:
        settings = Settings.model_validate({**values, "provider_values": provider_values(of_providers)})
    except ValidationError as error:
        raise _problem(str(error.errors()[0]["loc"][0]), values) from error
    settings.choices()
    return settings


def unknown_names(
    environ: Mapping[str, str] | None = None, env_file: Path | None = ENV_FILE
) -> list[UnknownName]:
    """The ``VANTUM_`` names in environment and `.env` that are no settings: worth a warning, as other tools
    may use the prefix too."""
    names = sorted(name for name in _sources(environ, env_file) if name.upper().startswith(PREFIX))
    return [UnknownName(name, _nearest(name)) for name in names if not _is_known(name)]


def _is_known(name: str) -> bool:
    """Whether ``name`` is a setting, or names the file of one that is a secret."""
    return name in KNOWN_NAMES or secret_of(name) in KNOWN_NAMES


def _sources(environ: Mapping[str, str] | None, env_file: Path | None) -> dict[str, str]:
    try:
        in_file = DotEnvSettingsSource(Settings, env_file=env_file, env_file_encoding="utf-8").env_vars
    except (OSError, UnicodeDecodeError) as error:
        problem = f"{env_file} cannot be read ({type(error).__name__})."
        raise SettingsError(problem, "Make it a readable UTF-8 text file, or remove it.") from error
    texts = {name: value or "" for name, value in in_file.items()}
    return {**texts, **(os.environ if environ is None else environ)}


def _nearest(name: str) -> str | None:
    by_rest = {known.removeprefix(PREFIX): known for known in FIELDS}
    close = difflib.get_close_matches(name.upper().removeprefix(PREFIX), by_rest, n=1)
    return by_rest[close[0]] if close else None


def _problem(name: str, values: Mapping[str, str]) -> SettingsError:
    """One sentence on what is wrong and one on what is allowed; keys and credentials stay untold."""
    field = FIELDS.get(name)
    if field is None:
        return SettingsError(f"{name} is no setting.", f"Known ones: {', '.join(FIELDS)}.")
    secret = is_secret(name) or "@" in values[name]
    shown = "is not usable" if secret else f"is {values[name]!r}"
    return SettingsError(f"{name} {shown}.", f"Set it to {allowed(field)}.")


def allowed(field: FieldInfo) -> str:
    """What a setting may be, in words."""
    extra = field.json_schema_extra
    return str(extra["allowed"]) if isinstance(extra, dict) else ""
