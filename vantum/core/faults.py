"""Why a provider failed: four classes, read from what its wire says. The class decides what is done about it.

| class | examples |
|---|---|
| AUTH | HTTP 401, 402, 403; a bad key, an account without credit |
| RATE_LIMIT | HTTP 429, "too many concurrent requests" |
| NETWORK | refused, reset, DNS, time-outs, HTTP 408 and 5xx, a link that closes |
| FATAL | HTTP 400, 404, 422; an unknown model or voice, a context that is too long |
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Fault(StrEnum):
    """Whose fault a failure is, and so what helps."""

    AUTH = "auth"  # the operator's: no retry helps
    RATE_LIMIT = "rate limit"  # too much was asked: waiting helps
    NETWORK = "network"  # nobody's: the same may work in a moment
    FATAL = "fatal"  # the request's: the same will never work


STATUS: Mapping[int, Fault] = MappingProxyType(
    {
        401: Fault.AUTH,
        402: Fault.AUTH,
        403: Fault.AUTH,
        407: Fault.AUTH,
        408: Fault.NETWORK,
        409: Fault.NETWORK,
        425: Fault.NETWORK,
        429: Fault.RATE_LIMIT,
    }
)
CLOSE_CODES: Mapping[int, Fault] = MappingProxyType(
    {
        1002: Fault.FATAL,  # protocol error
        1003: Fault.FATAL,  # data of a kind that is not taken
        1007: Fault.FATAL,  # data that is not what it says
        1008: Fault.FATAL,  # policy: providers close so on a bad request
        1009: Fault.FATAL,  # too big
        1013: Fault.RATE_LIMIT,  # try again later
    }
)

# In this order: who says that the quota is exceeded says "limit" too, and no waiting helps there.
WORDS: tuple[tuple[Fault, re.Pattern[str]], ...] = tuple(
    (fault, re.compile(pattern, re.IGNORECASE))
    for fault, pattern in (
        (
            Fault.AUTH,
            r"insufficient[_ ](quota|credits?|funds|balance)|quota[_ ](is )?exceeded|exceeded your current quota"
            r"|billing|payment[_ ]required|out of credits?"
            r"|(invalid|incorrect|missing|expired|unknown|revoked|wrong)[_ ](api[_ -]?)?(key|token|credentials?)"
            r"|(api[_ -]?key|token|credentials?) (is |was )?(not valid|invalid|missing|expired|incorrect)"
            r"|unauthori[sz]ed|unauthenticated|forbidden|permission[_ ]denied|not authori[sz]ed"
            r"|authentication|insufficient[_ ]permissions",
        ),
        (
            Fault.RATE_LIMIT,
            r"rate[_ -]?limit|too[_ ]many[_ ](\w+[_ ])?(requests|connections)|resource[_ ]exhausted"
            r"|concurren(t|cy)[_ ](\w+[_ ])?limit|limit (is |was )?(reached|exceeded)|throttl|overloaded",
        ),
        (
            Fault.FATAL,
            r"(unknown|invalid|unsupported|no such)[_ ](model|voice|language|request|parameter|argument|encoding)"
            r"|(model|voice|language)[_ ](\S+ )?(not[_ ]found|does not exist|is not supported|not available)"
            r"|bad[_ ]request|unprocessable|context[_ ]length|context_window",
        ),
    )
)
TOO_LONG = re.compile(
    r"context[_ ]length[_ ]exceeded|maximum context length|context[_ ]window|prompt is too long|too many tokens"
    r"|input (token count|is too long)|reduce the length",
    re.IGNORECASE,
)


def fault_of_status(status: int, message: str = "") -> Fault:
    """The class of an HTTP answer; a ``message`` that says more than its status wins over it."""
    if status == 429 and fault_of_words(message) is Fault.AUTH:
        return Fault.AUTH
    if status >= 500 or status < 400:
        return Fault.NETWORK
    return STATUS.get(status) or (fault_of_words(message) if status != 400 else None) or Fault.FATAL


def fault_of_close(code: int, reason: str = "") -> Fault:
    """The class of a WebSocket that was closed; 4xxx codes are the provider's own, often an HTTP status plus 4000."""
    said = fault_of_words(reason)
    if said is not None:
        return said
    if 4400 <= code < 4600:
        return fault_of_status(code - 4000)
    return CLOSE_CODES.get(code, Fault.NETWORK)


def fault_of_words(message: str) -> Fault | None:
    """The class of what a provider says went wrong; None when its words tell nothing."""
    return next((fault for fault, pattern in WORDS if pattern.search(message)), None)


def is_too_long(message: str) -> bool:
    """Whether a provider says that the conversation is longer than its model takes."""
    return TOO_LONG.search(message) is not None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a server asks to wait; None where it asks for none that can be read.

    ``retry-after-ms`` is OpenAI's. A date is not read: the caller's patience ends before any that is worth one.
    """
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = next((text for key, text in headers.items() if key.lower() == name), "")
        if re.fullmatch(r"\s*\d+(\.\d+)?\s*", value):
            return float(value) * scale
    return None
