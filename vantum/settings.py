"""Every setting of the product: name, default, bounds and meaning, read once from environment and `.env`.

This is the only module that reads the environment. ``load_settings`` is the one door: it merges the sources
itself, so that ``Settings`` never looks around and a test can pass any environment. A setting that is set to
nothing (``NAME=``) counts as not set, and the command line wins over the environment, that over `.env`.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, NamedTuple, TypeVar

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from vantum.core.choice import Choice, Kind
from vantum.core.client_address import Network, networks
from vantum.core.errors import SettingsError
from vantum.core.provider_order import order_of
from vantum.core.provider_specs import SETTING_NAMES, Spec
from vantum.provider_settings import provider_values
from vantum.secret_files import is_secret, secret_of, with_files_read
from vantum.setting_types import (
    A_KEY,
    A_NAME,
    A_SOCKET,
    Account,
    ApiKeys,
    AuthMode,
    HostNames,
    HttpUrl,
    Key,
    Language,
    LogLevel,
    Number,
    Origins,
    OutputRate,
    ProviderNames,
    PublicUrl,
    SocketUrl,
    TokenSecret,
    Voice,
    Word,
)

PREFIX = "VANTUM_"
ENV_FILE = Path(".env")
A_NUMBER = "a number such as +14155550100"
PROVIDERS = "names of providers (docs/providers.md) with commas between them"
T = TypeVar("T")


def _proxies(value: object) -> object:
    return networks(value) if isinstance(value, str) else value


Proxies = Annotated[tuple[Network, ...], BeforeValidator(_proxies)]


def _value(name: str, default: T, allowed: str, about: str) -> T:
    return Field(default, alias=name, description=about, json_schema_extra={"allowed": allowed})


def _whole(name: str, default: int, low: int, high: int, about: str) -> int:
    extra = {"allowed": f"a whole number from {low} to {high}"}
    return Field(default, alias=name, ge=low, le=high, description=about, json_schema_extra={**extra})


def _number(name: str, default: float, low: float, high: float, about: str) -> float:
    extra = {"allowed": f"a number from {low:g} to {high:g}"}
    return Field(default, alias=name, ge=low, le=high, description=about, json_schema_extra={**extra})


class Settings(BaseSettings):
    """All settings, frozen and checked; fields are named as in code, aliases as in the environment."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", case_sensitive=True, hide_input_in_errors=True, allow_inf_nan=False
    )

    deepgram_api_key: Key = _value("DEEPGRAM_API_KEY", None, A_KEY, "Key of Deepgram: speech to text.")
    openai_api_key: Key = _value("OPENAI_API_KEY", None, A_KEY, "Key of OpenAI: the answers.")
    cartesia_api_key: Key = _value("CARTESIA_API_KEY", None, A_KEY, "Key of Cartesia: text to speech.")

    deepgram_url: SocketUrl = _value(
        "DEEPGRAM_URL", "wss://api.deepgram.com", A_SOCKET, "Address of Deepgram, or of a server like it."
    )
    openai_base_url: HttpUrl = _value(
        "OPENAI_BASE_URL",
        "https://api.openai.com/v1",
        "an http:// or https:// address without credentials",
        "Address of OpenAI or a compatible server; set without a key, it chooses `openai` too.",
    )
    cartesia_url: SocketUrl = _value(
        "CARTESIA_URL", "wss://api.cartesia.ai", A_SOCKET, "Address of Cartesia, or of a server like it."
    )

    stt: ProviderNames = _value(
        "VANTUM_STT",
        (),
        PROVIDERS,
        "Who hears, the first choice first; unset: deepgram if its key is set, else local.",
    )
    llm: ProviderNames = _value(
        "VANTUM_LLM",
        (),
        PROVIDERS,
        "Who answers, the first choice first; unset: openai if its key is set, else local.",
    )
    tts: ProviderNames = _value(
        "VANTUM_TTS",
        (),
        PROVIDERS,
        "Who speaks, the first choice first; unset: cartesia if its key is set, else local.",
    )
    deepgram_model: Word = _value("DEEPGRAM_MODEL", "nova-3", A_NAME, "Model of Deepgram.")
    llm_model: Word = _value("LLM_MODEL", "gpt-4.1", A_NAME, "Model of OpenAI or the compatible server.")
    llm_temperature: float = _number("LLM_TEMPERATURE", 0.7, 0, 2, "How freely the answers are worded.")
    llm_max_tokens: int = _whole("LLM_MAX_TOKENS", 500, 1, 32768, "Longest answer, in tokens.")
    cartesia_model: Word = _value("CARTESIA_MODEL", "sonic-3", A_NAME, "Model of Cartesia.")
    cartesia_voice: Voice = _value(
        "CARTESIA_VOICE", "female", "male, female or the id of a voice", "Voice that Cartesia speaks with."
    )
    twilio_account_sid: Account = _value(
        "TWILIO_ACCOUNT_SID", None, "AC and letters or digits", "Account of Twilio: phone calls."
    )
    twilio_auth_token: Key = _value("TWILIO_AUTH_TOKEN", None, A_KEY, "Auth token of that account.")
    twilio_api_url: HttpUrl = _value(
        "TWILIO_API_URL",
        "https://api.twilio.com",
        "an http:// or https:// address without credentials",
        "Address of Twilio's REST API, or of a server like it.",
    )
    twilio_from: Number = _value(
        "TWILIO_FROM", None, A_NUMBER, "Number to call from; unset: the account's first one."
    )
    public_url: PublicUrl = _value(
        "VANTUM_PUBLIC_URL",
        None,
        "an https:// address without a port",
        "Where Twilio reaches this server; what Twilio signs is checked against it.",
    )
    api_keys: ApiKeys = _value(
        "VANTUM_API_KEYS",
        (),
        "keys with commas between them",
        "Who may use the REST API; none: only programs on this machine.",
    )
    auth: AuthMode = _value(
        "VANTUM_AUTH", "off", "off or token", "Whether a browser needs a token to call (docs/security.md)."
    )
    token_secret: TokenSecret = _value(
        "VANTUM_TOKEN_SECRET",
        None,
        "a key of at least 32 characters, without spaces",
        "What tokens are signed with; unset: a random one, with which they die at the server's end.",
    )
    max_token_seconds: int = _whole(
        "VANTUM_MAX_TOKEN_SECONDS", 3600, 1, 86400, "How long a token may be good at most."
    )
    calls_per_second: float = _number(
        "VANTUM_CALLS_PER_SECOND", 1, 0.01, 100, "Calls placed a second, so that none waits inside Twilio."
    )
    ring_seconds: int = _whole("VANTUM_RING_SECONDS", 30, 5, 600, "How long a phone rings before we give up.")
    detect_machines: bool = _value(
        "VANTUM_DETECT_MACHINES", True, "true or false", "Whether Twilio listens for answering machines."
    )
    transfer_to: Number = _value(
        "VANTUM_TRANSFER_TO", None, A_NUMBER, "Number of the human that the bot may put a caller through to."
    )
    max_queued_calls: int = _whole(
        "VANTUM_MAX_QUEUED_CALLS", 1000, 1, 100000, "Calls that may wait to be placed; more get a 503."
    )

    language: Language = _value(
        "VANTUM_LANGUAGE", "en", "a language tag such as en, de or pt-BR", "Language, unless the client asks."
    )

    data: Path = _value("VANTUM_DATA", Path("data"), "a folder", "Where the records of the calls go.")
    record: bool = _value("VANTUM_RECORD", True, "true or false", "Whether the sound of calls is recorded.")
    keep_days: int = _whole(
        "VANTUM_KEEP_DAYS", 0, 0, 36500, "Days after which the record of a call is removed; 0: never."
    )
    keep_days_audio: int = _whole(
        "VANTUM_KEEP_DAYS_AUDIO", 0, 0, 36500, "Days after which the sound of a call is removed; 0: never."
    )
    host: Word = _value("VANTUM_HOST", "127.0.0.1", "a host name or an IP address", "Address to listen on.")
    port: int = _whole("VANTUM_PORT", 8080, 0, 65535, "Port to listen on; 0 takes any free one.")
    log_level: LogLevel = _value(
        "VANTUM_LOG_LEVEL",
        "INFO",
        "TRACE, DEBUG, INFO, SUCCESS, WARNING, ERROR or CRITICAL",
        "The least that is logged.",
    )
    otlp_endpoint: HttpUrl | None = _value(
        "VANTUM_OTLP_ENDPOINT",
        None,
        "an http:// or https:// address without credentials",
        "Collector that gets the traces of calls (OTLP over HTTP); unset: none.",
    )

    vad_threshold: float = _number("VANTUM_VAD_THRESHOLD", 0.6, 0, 1, "Probability that counts as speech.")
    vad_start_seconds: float = _number(
        "VANTUM_VAD_START", 0.2, 0.03, 2, "Seconds of speech before the caller is said to speak."
    )
    vad_stop_seconds: float = _number(
        "VANTUM_VAD_STOP", 0.2, 0.03, 5, "Seconds of silence before the caller is said to have stopped."
    )
    smart_turn: bool = _value(
        "VANTUM_SMART_TURN",
        True,
        "true or false",
        "Whether a model tells from the sound that the caller has finished.",
    )
    output_rate: OutputRate = _value(
        "VANTUM_OUTPUT_RATE",
        48000,
        "16000, 32000 or 48000",
        "Samples a second of the sound sent to browsers.",
    )

    max_calls: int = _whole("VANTUM_MAX_CALLS", 200, 1, 100000, "Calls at a time; more get a 503.")
    max_lag_ms: float = _number(
        "VANTUM_MAX_LAG_MS",
        50,
        0,
        10000,
        "How late the server may be, at the 95th percentile, before more calls get a 503; 0: however late.",
    )
    max_calls_per_address: int = _whole(
        "VANTUM_MAX_CALLS_PER_ADDRESS",
        20,
        0,
        100000,
        "Calls at a time of browsers at one address; more get a 429; 0: no limit.",
    )
    calls_per_minute_per_address: int = _whole(
        "VANTUM_CALLS_PER_MINUTE_PER_ADDRESS",
        60,
        0,
        100000,
        "New calls a minute of browsers at one address; more get a 429; 0: no limit.",
    )
    max_calls_per_key: int = _whole(
        "VANTUM_MAX_CALLS_PER_KEY",
        1000,
        0,
        100000,
        "Calls placed with one API key that are not over yet; more get a 429; 0: no limit.",
    )
    calls_per_minute_per_key: int = _whole(
        "VANTUM_CALLS_PER_MINUTE_PER_KEY",
        1200,
        0,
        100000,
        "Calls and tokens a minute with one API key; more get a 429; 0: no limit.",
    )
    trusted_proxies: Proxies = _value(
        "VANTUM_TRUSTED_PROXIES",
        (),
        "networks such as 10.0.0.0/8 with commas between them",
        "Proxies whose X-Forwarded-For says where a client is, beside those on this machine.",
    )
    max_call_mb: int = _whole(
        "VANTUM_MAX_CALL_MB", 64, 0, 65536, "Memory of one call before it ends with a goodbye; 0: no limit."
    )
    max_message_bytes: int = _whole(
        "VANTUM_MAX_MESSAGE_BYTES", 1048576, 65536, 67108864, "Largest message of a client; more is a 1009."
    )
    max_messages_per_second: int = _whole(
        "VANTUM_MAX_MESSAGES_PER_SECOND", 200, 1, 100000, "Messages a second of a client; more is a 1008."
    )
    max_backlog_bytes: int = _whole(
        "VANTUM_MAX_BACKLOG_BYTES", 1048576, 65536, 67108864, "Unsent bytes before a slow client is cut off."
    )
    allowed_origins: Origins = _value(
        "VANTUM_ALLOWED_ORIGINS",
        (),
        "origins such as https://example.com with commas between them, or *",
        "Sites whose pages may call; none: the same origin and localhost.",
    )
    allowed_hosts: HostNames = _value(
        "VANTUM_ALLOWED_HOSTS",
        (),
        "host names with commas between them, or *",
        "Names by which the server may be called, beside those of this machine and its public address.",
    )
    handshake_seconds: float = _number(
        "VANTUM_HANDSHAKE_SECONDS", 10, 0.1, 300, "Longest wait for a connection to be set up."
    )
    idle_seconds: float = _number(
        "VANTUM_IDLE_SECONDS", 1800, 0.1, 86400, "A call in which nothing happens ends after this."
    )
    resume_seconds: float = _number(
        "VANTUM_RESUME_SECONDS",
        30,
        0,
        600,
        "How long a call waits for a client whose connection was lost; 0: not at all.",
    )
    max_call_seconds: float = _number("VANTUM_MAX_CALL_SECONDS", 7200, 1, 86400, "Longest call.")
    goodbye_seconds: float = _number(
        "VANTUM_GOODBYE_SECONDS", 10, 0, 300, "What running calls get for a goodbye at shutdown."
    )
    speculation: bool = _value(
        "VANTUM_SPECULATION",
        True,
        "true or false",
        "Whether an answer is begun before it is sure that the caller has finished; dropped ones cost tokens.",
    )
    silence_seconds: float = _number(
        "VANTUM_SILENCE_SECONDS",
        8,
        0,
        600,
        "Silence of the caller before the bot asks whether they are there; 0: never.",
    )
    filler_seconds: float = _number(
        "VANTUM_FILLER_SECONDS",
        2.5,
        0,
        60,
        'Wait for an answer or a tool before the bot says "one moment"; 0: never.',
    )
    answer_seconds: float = _number(
        "VANTUM_ANSWER_SECONDS", 4, 0.5, 60, "Longest wait for the first word of the LLM."
    )
    thinking_alert_seconds: float = _number(
        "VANTUM_THINKING_ALERT_SECONDS",
        5,
        0,
        600,
        "An answer or a tool that takes longer is told to the log, the record and the client; 0: never.",
    )
    context_messages: int = _whole(
        "VANTUM_CONTEXT_MESSAGES", 50, 3, 1000, "Messages the LLM is shown; the oldest go first."
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
        """The settings that phone calls lack; all three when nobody thinks of phone calls."""
        needed = ("twilio_account_sid", "twilio_auth_token", "public_url")
        return tuple(alias_of(field) for field in needed if getattr(self, field) is None)

    def secrets(self) -> tuple[str, ...]:
        """What no log may hold: keys, tokens and what tokens are signed with."""
        own = (self.deepgram_api_key, self.openai_api_key, self.cartesia_api_key)
        ours = (self.twilio_auth_token, self.token_secret, *self.api_keys)
        others = (value for name, value in self.provider_values.items() if is_secret(name))
        return tuple(key.get_secret_value() for key in (*own, *ours, *others) if key is not None)

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
