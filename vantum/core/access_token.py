"""Tokens that let a browser call: signed, short-lived, and good for what stands in them and for nothing else.

A token is ``vt1.<facts>.<signature>``: facts are JSON in base64url, the signature is HMAC-SHA256 over all before it.
Who holds a token can read it, and cannot change it. The letters in front are there so that a log can be searched for
tokens. How often one was used is remembered by who redeems it (``vantum/tokens.py``); ``now`` is seconds since 1970.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

VERSION: Final = "vt1"
LONGEST: Final = 4_096
"""Characters of a token: it travels in the address of a WebSocket, and proxies refuse long ones."""
MOST_USES: Final = 1_000
_PURPOSE: Final = b"vantum access token"


class Denial(Enum):
    """Why somebody may not call: the HTTP status, and a sentence for them."""

    MISSING = (401, "A token is needed: add ?token=TOKEN to the address. POST /api/tokens makes one.")
    FORGED = (401, "The token is not one of this server's.")
    EXPIRED = (401, "The token has expired. Ask for a new one.")
    USED = (401, "The token has been used as often as it may be. Ask for a new one.")
    CROWDED = (503, "Too many tokens are in use. Try again later.")
    ORIGIN = (403, "The token is for pages of another site.")
    PIPELINE = (403, "The token is for a pipeline that is not served here.")

    def __init__(self, status: int, sentence: str) -> None:
        self.status = status
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows: ``uses`` connections to ``pipeline`` before ``expires_at``.

    ``id`` tells tokens apart. ``origin`` is the site whose pages may use it, "" for anybody. ``variables`` are what
    the pipeline is to know of the call. Raises ``ValueError`` for what no token can allow.
    """

    id: str
    pipeline: str
    expires_at: int
    uses: int = 1
    origin: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.id or not self.pipeline or not 1 <= self.uses <= MOST_USES:
            raise ValueError("A token has an id, a pipeline, and from 1 to 1000 uses.")

    def denial_of(self, origin: str | None) -> Denial | None:
        """Why a connection with the header ``Origin: origin`` (None: without one) may not use it."""
        given = (origin or "").lower().rstrip("/")
        return Denial.ORIGIN if self.origin not in ("", given) else None


def key_of(secret: str) -> bytes:
    """The key that signs, made from a secret: what else that secret signs is no token."""
    return hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256)


def sealed(grant: Grant, key: bytes) -> str:
    """The token of a grant: letters, digits, ``-``, ``_`` and two full stops. It may be longer than ``LONGEST``."""
    facts = {
        "id": grant.id,
        "pipeline": grant.pipeline,
        "expires_at": grant.expires_at,
        "uses": grant.uses,
        "origin": grant.origin,
        "variables": dict(grant.variables),
    }
    signed = f"{VERSION}.{_text(json.dumps(facts, separators=(',', ':')).encode())}"
    return f"{signed}.{_signature(signed, key)}"


def opened(token: str, key: bytes, now: float) -> Grant | Denial:
    """What ``token`` allows; a denial for one that is missing, forged or expired."""
    if not token:
        return Denial.MISSING
    signed, _, signature = token.rpartition(".")
    # Both sides as text: each signature is written in one way only.
    good = hmac.compare_digest(
        signature.encode(errors="surrogatepass"), _signature(signed, key).encode(errors="surrogatepass")
    )
    if len(token) > LONGEST or not good:
        return Denial.FORGED
    facts = json.loads(base64.urlsafe_b64decode(_padded(signed.removeprefix(f"{VERSION}."))))
    grant = Grant(**facts)
    return grant if now < grant.expires_at else Denial.EXPIRED


def _signature(signed: str, key: bytes) -> str:
    return _text(hmac.digest(key, signed.encode(errors="surrogatepass"), hashlib.sha256))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)
