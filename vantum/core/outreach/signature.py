"""Signatures of webhooks: who has the secret can tell that a message is ours, unchanged, and not an old one.

    Vantum-Signature: t=1764000000,v1=<hex>,v1=<hex>

Each ``v1`` is HMAC-SHA256 over ``<t>.<body>`` with one secret; while a secret is replaced there are two of them,
and one that fits is enough. ``t`` is seconds since 1970. The body is signed as it is sent: bytes, before anybody
parses them.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

HEADER: Final = "Vantum-Signature"
TOLERANCE_SECONDS: Final = 300
MOST_SECRETS: Final = 5
LONGEST: Final = 1_024
"""Characters of the header."""
_TIME: Final = re.compile(r"[0-9]{1,12}", re.ASCII)
_HEX: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Check(StrEnum):
    """What a signature is worth."""

    GOOD = "good"
    MALFORMED = "malformed"  # missing, or not in the form above
    FORGED = "forged"  # no secret fits: another body, another time, or somebody else's
    STALE = "stale"  # good once: an old message, sent again, or clocks that differ


def signed(body: bytes, secrets: Sequence[str], now: int) -> str:
    """The header's value for ``body``, one signature for each secret; raises ValueError for none or too many."""
    if not 1 <= len(secrets) <= MOST_SECRETS or not all(secrets):
        raise ValueError(f"A message is signed with 1 to {MOST_SECRETS} secrets, none of them empty.")
    return ",".join((f"t={now}", *(f"v1={_signature(body, secret, str(now))}" for secret in secrets)))


def checked(
    header: str, body: bytes, secrets: Sequence[str], now: float, tolerance: float = TOLERANCE_SECONDS
) -> Check:
    """What the header of ``body`` is worth to somebody with ``secrets``; all of it is compared in constant
    time."""
    parts = [part.strip().partition("=") for part in header.split(",")] if len(header) <= LONGEST else []
    times = [value for name, _, value in parts if name == "t"]
    signatures = [value for name, _, value in parts if name == "v1" and _HEX.fullmatch(value)]
    if len(times) != 1 or not _TIME.fullmatch(times[0]) or not signatures:
        return Check.MALFORMED
    good = False
    for secret in secrets:
        expected = _signature(body, secret, times[0])
        for signature in signatures:
            good |= hmac.compare_digest(signature, expected)
    if not good:
        return Check.FORGED
    return Check.GOOD if abs(now - int(times[0])) <= tolerance else Check.STALE


def _signature(body: bytes, secret: str, time: str) -> str:
    return hmac.new(secret.encode(), time.encode() + b"." + body, hashlib.sha256).hexdigest()
