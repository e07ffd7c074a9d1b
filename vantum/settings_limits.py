"""Settings of how much there may be, how large, and for how long."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator

from vantum.core.client_address import Network, networks
from vantum.setting_fields import number, value, whole
from vantum.setting_types import HostNames, Origins


def _proxies(value: object) -> object:
    return networks(value) if isinstance(value, str) else value


Proxies = Annotated[tuple[Network, ...], BeforeValidator(_proxies)]


class LimitSettings(BaseModel):
    """Limits of the server, of a caller, of a connection and of a call (docs/limits.md)."""

    max_calls: int = whole("VANTUM_MAX_CALLS", 200, 1, 100000, "Calls at a time; more get a 503.")
    max_lag_ms: float = number(
        "VANTUM_MAX_LAG_MS",
        50,
        0,
        10000,
        "How late the server may be, at the 95th percentile, before more calls get a 503; 0: however late.",
    )
    max_calls_per_address: int = whole(
        "VANTUM_MAX_CALLS_PER_ADDRESS",
        20,
        0,
        100000,
        "Calls at a time of browsers at one address; more get a 429; 0: no limit.",
    )
    calls_per_minute_per_address: int = whole(
        "VANTUM_CALLS_PER_MINUTE_PER_ADDRESS",
        60,
        0,
        100000,
        "New calls a minute of browsers at one address; more get a 429; 0: no limit.",
    )
    max_calls_per_key: int = whole(
        "VANTUM_MAX_CALLS_PER_KEY",
        1000,
        0,
        100000,
        "Calls placed with one API key that are not over yet; more get a 429; 0: no limit.",
    )
    calls_per_minute_per_key: int = whole(
        "VANTUM_CALLS_PER_MINUTE_PER_KEY",
        1200,
        0,
        100000,
        "Calls and tokens a minute with one API key; more get a 429; 0: no limit.",
    )
    trusted_proxies: Proxies = value(
        "VANTUM_TRUSTED_PROXIES",
        (),
        "networks such as 10.0.0.0/8 with commas between them",
        "Proxies whose X-Forwarded-For says where a client is, beside those on this machine.",
    )
    max_call_mb: int = whole(
        "VANTUM_MAX_CALL_MB", 64, 0, 65536, "Memory of one call before it ends with a goodbye; 0: no limit."
    )
    memory_reserve_mb: int = whole(
        "VANTUM_MEMORY_RESERVE_MB",
        64,
        0,
        512,
        "Memory that a process takes at its start, for its calls to come and go in.",
    )
    max_message_bytes: int = whole(
        "VANTUM_MAX_MESSAGE_BYTES", 1048576, 65536, 67108864, "Largest message of a client; more is a 1009."
    )
    max_messages_per_second: int = whole(
        "VANTUM_MAX_MESSAGES_PER_SECOND", 200, 1, 100000, "Messages a second of a client; more is a 1008."
    )
    max_bytes_per_second: int = whole(
        "VANTUM_MAX_BYTES_PER_SECOND",
        2097152,
        65536,
        1073741824,
        "Bytes a second of a client; more is a 1008.",
    )
    max_backlog_bytes: int = whole(
        "VANTUM_MAX_BACKLOG_BYTES", 1048576, 65536, 67108864, "Unsent bytes before a slow client is cut off."
    )
    allowed_origins: Origins = value(
        "VANTUM_ALLOWED_ORIGINS",
        (),
        "origins such as https://example.com with commas between them, or *",
        "Sites whose pages may call; none: the same origin and localhost.",
    )
    allowed_hosts: HostNames = value(
        "VANTUM_ALLOWED_HOSTS",
        (),
        "host names with commas between them, or *",
        "Names by which the server may be called, beside those of this machine and its public address.",
    )
    handshake_seconds: float = number(
        "VANTUM_HANDSHAKE_SECONDS", 10, 0.1, 300, "Longest wait for a connection to be set up."
    )
    idle_seconds: float = number(
        "VANTUM_IDLE_SECONDS", 1800, 0.1, 86400, "A call in which nothing happens ends after this."
    )
    resume_seconds: float = number(
        "VANTUM_RESUME_SECONDS",
        30,
        0,
        600,
        "How long a call waits for a client whose connection was lost; 0: not at all.",
    )
    max_call_seconds: float = number("VANTUM_MAX_CALL_SECONDS", 7200, 1, 86400, "Longest call.")
    goodbye_seconds: float = number(
        "VANTUM_GOODBYE_SECONDS", 10, 0, 300, "What running calls get for a goodbye at shutdown."
    )
    drain_seconds: float = number(
        "VANTUM_DRAIN_SECONDS",
        600,
        0,
        86400,
        "How long a worker that is replaced may finish its calls, before their goodbye.",
    )
