"""What an error of the carrier means and what is to be done about it: the rows of its error table.

The law kept here: every error has an action. The carrier's own code says more than the HTTP status, so it goes
first; without either, nobody knows whether the call was placed, and it is looked up before it is dialled again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST_BACK_OFF_SECONDS: Final = 60.0


class Action(StrEnum):
    """What we do about a fault."""

    STOP_DIALING = "stop_dialing"  # no call can be placed until the operator has acted
    BACK_OFF = "back_off"  # the request was not processed: send it again, later
    CONFIGURATION = "configuration"  # our own settings are wrong; the operator is told which
    NUMBER_INVALID = "number_invalid"  # never dial this number again
    STOP_COUNTRY = "stop_country"  # dial no number of this country
    SUPPRESS = "suppress"  # the number must not be called
    IGNORE = "ignore"  # what was asked for is so already
    ALERT = "alert"  # our own outage
    OVERLOAD = "overload"  # admit no new call
    LOOK_UP = "look_up"  # ask the carrier whether the call exists before dialling again
    FAIL = "fail"  # this call fails; others may not


@dataclass(frozen=True, slots=True)
class Fault:
    """An action and a sentence for people: what is wrong and what to do."""

    action: Action
    meaning: str


_NOT_OURS: Final = Fault(
    Action.CONFIGURATION,
    "The number to call from is not a number of this carrier account; set one that the account owns.",
)
_NO_SUCH_NUMBER: Final = Fault(
    Action.NUMBER_INVALID,
    "The number to call is not a valid phone number; correct it in the list of contacts.",
)
_COUNTRY: Final = Fault(
    Action.STOP_COUNTRY,
    "The carrier account may not call this country; allow the country in the account's geographic permissions.",
)

FAULTS: Final[dict[int, Fault]] = {
    20003: Fault(
        Action.STOP_DIALING,
        "The carrier refused the account's credentials; check the account SID and the token.",
    ),
    20404: Fault(
        Action.FAIL, "The carrier does not know what was asked for; check the account SID and the call's SID."
    ),
    20429: Fault(Action.BACK_OFF, "The carrier got too many requests; send this one again later."),
    21210: _NOT_OURS,
    21212: Fault(
        Action.CONFIGURATION,
        "The number to call from is not a valid phone number; set it in the form +14155550100.",
    ),
    21211: _NO_SUCH_NUMBER,
    21217: _NO_SUCH_NUMBER,
    13224: _NO_SUCH_NUMBER,
    21215: _COUNTRY,
    13227: _COUNTRY,
    21216: Fault(Action.SUPPRESS, "The carrier blocks calls to this number; do not call it."),
    21219: Fault(
        Action.FAIL,
        "A trial account may call verified numbers only; verify this number or upgrade the account.",
    ),
    21220: Fault(Action.IGNORE, "The call has ended already; nothing is to be done."),
    22005: Fault(
        Action.STOP_DIALING, "The carrier's queue of calls is full; dial no more calls until it has drained."
    ),
    31901: Fault(
        Action.ALERT,
        "The carrier could not connect to our WebSocket in time; check that the server is reachable.",
    ),
    31902: Fault(
        Action.ALERT,
        "The carrier's connection to our WebSocket broke down; check the server and its network.",
    ),
    31920: Fault(
        Action.ALERT, "Our server refused the carrier's WebSocket; check the public URL and the auth token."
    ),
    31930: Fault(Action.OVERLOAD, "We read the call's audio too slowly; take fewer calls at a time."),
}


def fault_of(status: int | None, code: int | None) -> Fault:
    """The fault of an HTTP ``status`` and the carrier's error ``code``; None where there was none to read."""
    if code is not None and code in FAULTS:
        return FAULTS[code]
    if status is None:
        return Fault(
            Action.LOOK_UP,
            f"The carrier gave no answer{_named(code)}; look the call up before dialling again.",
        )
    told = f"HTTP {status}{_named(code)}"
    if status >= 500:
        return Fault(Action.LOOK_UP, f"The carrier failed ({told}); look the call up before dialling again.")
    if status in (401, 403):
        return Fault(
            Action.STOP_DIALING,
            f"The carrier denied us access ({told}); check the account and its credentials.",
        )
    if status == 429:
        return Fault(
            Action.BACK_OFF, f"The carrier got too many requests ({told}); send this one again later."
        )
    return Fault(Action.FAIL, f"The carrier refused the request ({told}); look its error up and correct it.")


def meaning(code: int) -> str:
    """The sentence for an error code of the carrier; "" for one that is not in the table."""
    return FAULTS[code].meaning if code in FAULTS else ""


def back_off_seconds(attempt: int, jitter: float) -> float:
    """How long to wait after a failure: ``min(60, 2 ** (attempt - 1)) * (0.5 + jitter / 2)``.

    ``attempt`` counts the failures so far, from 1. ``jitter`` is a random number 0..1: without it, all who were
    refused together come back together. Raises ``ValueError`` outside of these ranges.
    """
    if attempt < 1 or not 0.0 <= jitter <= 1.0:
        raise ValueError(f"attempt is {attempt}, jitter is {jitter}; they must be at least 1, and 0 to 1.")
    # 2^6 is over the limit already; the power of an attempt without end would not fit a float.
    longest = min(LONGEST_BACK_OFF_SECONDS, 2.0 ** min(attempt - 1, 6))
    return longest * (0.5 + jitter / 2)


def _named(code: int | None) -> str:
    return "" if code is None else f", error {code}"
