"""Settings of phone calls, and of who may have calls."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel

from vantum.setting_fields import number, value, whole
from vantum.setting_types import (
    A_KEY,
    Account,
    ApiKeys,
    AuthMode,
    CarrierChoice,
    HttpUrl,
    Key,
    Number,
    PublicUrl,
    TokenSecret,
)

A_NUMBER = "a number such as +14155550100"


class PhoneSettings(BaseModel):
    """The account at Twilio, the keys and tokens of callers, and how numbers are dialed."""

    carrier: CarrierChoice = value(
        "VANTUM_CARRIER",
        None,
        "twilio or local",
        "Who places phone calls; unset: local while nothing of Twilio is set (docs/local-carrier.md).",
    )
    local_prospects: Path | None = value(
        "VANTUM_LOCAL_PROSPECTS",
        None,
        "a YAML file",
        "People whom the local carrier rings; unset: those that ship with Vantum.",
    )
    twilio_account_sid: Account = value(
        "TWILIO_ACCOUNT_SID", None, "AC and letters or digits", "Account of Twilio: phone calls."
    )
    twilio_auth_token: Key = value("TWILIO_AUTH_TOKEN", None, A_KEY, "Auth token of that account.")
    twilio_api_url: HttpUrl = value(
        "TWILIO_API_URL",
        "https://api.twilio.com",
        "an http:// or https:// address without credentials",
        "Address of Twilio's REST API, or of a server like it.",
    )
    twilio_from: Number = value(
        "TWILIO_FROM", None, A_NUMBER, "Number to call from; unset: the account's first one."
    )
    public_url: PublicUrl = value(
        "VANTUM_PUBLIC_URL",
        None,
        "an https:// address without a port",
        "Where Twilio reaches this server; what Twilio signs is checked against it.",
    )
    api_keys: ApiKeys = value(
        "VANTUM_API_KEYS",
        (),
        "keys with commas between them",
        "Who may use the REST API; none: only programs on this machine.",
    )
    auth: AuthMode = value(
        "VANTUM_AUTH", "off", "off or token", "Whether a browser needs a token to call (docs/security.md)."
    )
    token_secret: TokenSecret = value(
        "VANTUM_TOKEN_SECRET",
        None,
        "a key of at least 32 characters, without spaces",
        "What tokens are signed with; unset: a random one, with which they die at the server's end.",
    )
    max_token_seconds: int = whole(
        "VANTUM_MAX_TOKEN_SECONDS", 3600, 1, 86400, "How long a token may be good at most."
    )
    calls_per_second: float = number(
        "VANTUM_CALLS_PER_SECOND", 1, 0.01, 100, "Calls placed a second, so that none waits inside Twilio."
    )
    ring_seconds: int = whole("VANTUM_RING_SECONDS", 30, 5, 600, "How long a phone rings before we give up.")
    detect_machines: bool = value(
        "VANTUM_DETECT_MACHINES", True, "true or false", "Whether Twilio listens for answering machines."
    )
    transfer_to: Number = value(
        "VANTUM_TRANSFER_TO", None, A_NUMBER, "Number of the human that the bot may put a caller through to."
    )
    max_queued_calls: int = whole(
        "VANTUM_MAX_QUEUED_CALLS", 1000, 1, 100000, "Calls that may wait to be placed; more get a 503."
    )
