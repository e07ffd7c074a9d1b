"""Settings of the server: its language, what it keeps, where it listens, and what it tells."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel

from vantum.setting_fields import value, whole
from vantum.setting_types import DatabaseUrl, HttpUrl, Language, LogLevel, Word


class ServerSettings(BaseModel):
    """What a process is started with."""

    language: Language = value(
        "VANTUM_LANGUAGE", "en", "a language tag such as en, de or pt-BR", "Language, unless the client asks."
    )

    data: Path = value("VANTUM_DATA", Path("data"), "a folder", "Where the records of the calls go.")
    database_url: DatabaseUrl = value(
        "VANTUM_DATABASE_URL",
        None,
        "sqlite:/// and a path, or postgresql://user:password@host/database",
        "Database of campaigns (docs/store.md); unset: vantum.db under VANTUM_DATA.",
    )
    record: bool = value("VANTUM_RECORD", True, "true or false", "Whether the sound of calls is recorded.")
    keep_days: int = whole(
        "VANTUM_KEEP_DAYS", 0, 0, 36500, "Days after which the record of a call is removed; 0: never."
    )
    keep_days_audio: int = whole(
        "VANTUM_KEEP_DAYS_AUDIO", 0, 0, 36500, "Days after which the sound of a call is removed; 0: never."
    )
    host: Word = value("VANTUM_HOST", "127.0.0.1", "a host name or an IP address", "Address to listen on.")
    port: int = whole("VANTUM_PORT", 8080, 0, 65535, "Port to listen on; 0 takes any free one.")
    workers: int = whole(
        "VANTUM_WORKERS", 1, 1, 64, "Processes that share the calls; one for each core (docs/workers.md)."
    )
    log_level: LogLevel = value(
        "VANTUM_LOG_LEVEL",
        "INFO",
        "TRACE, DEBUG, INFO, SUCCESS, WARNING, ERROR or CRITICAL",
        "The least that is logged.",
    )
    otlp_endpoint: HttpUrl | None = value(
        "VANTUM_OTLP_ENDPOINT",
        None,
        "an http:// or https:// address without credentials",
        "Collector that gets the traces of calls (OTLP over HTTP); unset: none.",
    )
    webhook_allow_private: bool = value(
        "VANTUM_WEBHOOK_ALLOW_PRIVATE",
        False,
        "true or false",
        "Whether webhooks may go to this machine and private networks, and without encryption.",
    )
