"""The kinds of values that settings take: checked texts, keys, addresses and lists."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr, StringConstraints

from vantum.core.call_facts import PhoneCarrier

A_KEY = "a key, without spaces"
A_NAME = "a name without spaces"
A_SOCKET = "a ws:// or wss:// address without credentials"
ORIGIN = re.compile(r"\*|https?://[^\s/?#@,]+")
VOICE = r"(?i)^(male|female|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$"
E164 = r"^\+[1-9]\d{6,14}$"
ACCOUNT = r"^AC[0-9A-Za-z]{1,64}$"
MOST_KEYS = 1_000
SHORTEST_SECRET = 32
HOST_NAME = re.compile(r"\*|[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
LANGUAGE = r"^(multi|[a-z]{2,3}(-[A-Za-z0-9]{2,8})*)$"


def _check_address(value: str, schemes: frozenset[str]) -> str:
    parts = urlsplit(value)
    if parts.scheme not in schemes or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("not an address that can be called")
    if parts.port == 0 or "@" in parts.netloc or any(mark.isspace() for mark in value):
        raise ValueError("credentials belong in a key, where no log shows them")
    return value.rstrip("/")


def _check_key(key: SecretStr | None) -> SecretStr | None:
    """A key travels in a header: anything but visible ASCII would only fail at the first call."""
    secret = key.get_secret_value() if key else ""
    if not (secret.isascii() and secret.isprintable()) or " " in secret:
        raise ValueError("not a key")
    return key


def password_of(address: str) -> str:
    """The password in an address, as it was meant; "" where there is none."""
    try:
        return unquote(urlsplit(address).password or "")
    except ValueError:
        return ""


def _split_origins(value: object) -> object:
    if not isinstance(value, str):
        return value
    origins = tuple(part.strip().lower().rstrip("/") for part in value.split(",") if part.strip())
    if not all(ORIGIN.fullmatch(origin) for origin in origins):
        raise ValueError("not an origin")
    return origins


def _split_keys(value: object) -> object:
    """Keys with commas between them; each is told to nobody."""
    if not isinstance(value, str):
        return value
    # Lines too: a file of keys has one on each.
    keys = tuple(SecretStr(part.strip()) for part in re.split(r"[,\n]", value) if part.strip())
    if len(keys) > MOST_KEYS:
        raise ValueError("too many keys")
    for key in keys:
        _check_key(key)
    return keys


def _split_names(value: object) -> object:
    if not isinstance(value, str):
        return value
    names = tuple(part.strip().lower() for part in value.split(",") if part.strip())
    if not names:
        raise ValueError("no name")
    return names


def _check_secret(secret: SecretStr | None) -> SecretStr | None:
    """Whoever holds a token can try secrets on it for as long as they like: a short one would be found."""
    if secret is not None and len(secret.get_secret_value()) < SHORTEST_SECRET:
        raise ValueError("too short")
    return _check_key(secret)


def _split_hosts(value: object) -> object:
    if not isinstance(value, str):
        return value
    hosts = tuple(part.strip().lower() for part in value.split(",") if part.strip())
    if not all(HOST_NAME.fullmatch(host) for host in hosts):
        raise ValueError("not a host name")
    return hosts


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _digits(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


Key = Annotated[SecretStr | None, AfterValidator(_check_key)]
SocketUrl = Annotated[str, AfterValidator(lambda value: _check_address(value, frozenset({"ws", "wss"})))]
HttpUrl = Annotated[str, AfterValidator(lambda value: _check_address(value, frozenset({"http", "https"})))]
Word = Annotated[str, StringConstraints(pattern=r"^\S+$")]
Voice = Annotated[str, StringConstraints(to_lower=True, pattern=VOICE)]
Language = Annotated[str, StringConstraints(pattern=LANGUAGE)]
ProviderNames = Annotated[tuple[str, ...], BeforeValidator(_split_names)]
Origins = Annotated[tuple[str, ...], BeforeValidator(_split_origins)]
LogLevel = Annotated[
    Literal["TRACE", "DEBUG", "INFO", "SUCCESS", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_upper)
]
# Browsers play blocks of 128 samples and a chunk lasts 40 ms: at any other usual rate the two do not fit.
OutputRate = Annotated[Literal[16000, 32000, 48000], BeforeValidator(_digits)]
Number = Annotated[str, StringConstraints(pattern=E164)] | None
Account = Annotated[str, StringConstraints(pattern=ACCOUNT)] | None
PublicUrl = (
    Annotated[str, AfterValidator(lambda value: _check_address(value, frozenset({"http", "https"})))] | None
)
ApiKeys = Annotated[tuple[SecretStr, ...], BeforeValidator(_split_keys)]
CarrierChoice = Annotated[PhoneCarrier, BeforeValidator(_lower)] | None
AuthMode = Annotated[Literal["off", "token"], BeforeValidator(_lower)]
# What is wrong with it is told when it is opened: only who opens databases knows their addresses.
DatabaseUrl = Annotated[SecretStr | None, AfterValidator(_check_key)]
TokenSecret = Annotated[SecretStr | None, AfterValidator(_check_secret)]
HostNames = Annotated[tuple[str, ...], BeforeValidator(_split_hosts)]
