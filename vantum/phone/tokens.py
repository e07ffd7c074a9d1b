"""Tokens that open a media stream: short-lived, good once, and bound to one call.

A token is signed, so that any process that knows the secret can read it; that it is used once is remembered by
the process that took it, until it would have expired.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
import time
from collections.abc import Callable
from typing import Final
from uuid import UUID

_FORM: Final = struct.Struct(">16sI4s")  # call id, expiry in seconds since 1970, nonce
_MAC_BYTES: Final = 16
_PURPOSE: Final = b"vantum stream token"


class StreamTokens:
    """Mints and redeems tokens. ``secret`` is known to our processes only; ``clock`` gives seconds since 1970."""

    def __init__(self, secret: str, clock: Callable[[], float] = lambda: time.time()) -> None:  # noqa: PLW0108 - looked up when it is read
        self._key = hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256)
        self._clock = clock
        self._used: dict[bytes, int] = {}

    def mint(self, call_id: str, seconds: float) -> str:
        """A token for one stream of ``call_id``, good for ``seconds``; letters, digits, ``-`` and ``_`` only."""
        facts = _FORM.pack(UUID(call_id).bytes, int(self._clock() + seconds), secrets.token_bytes(4))
        return base64.urlsafe_b64encode(facts + self._mac(facts)).rstrip(b"=").decode()

    def redeem(self, token: str) -> str | None:
        """The call that ``token`` opens the stream of; None for one that is forged, expired or used."""
        try:
            sealed = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        facts, mac = sealed[: _FORM.size], sealed[_FORM.size :]
        if not hmac.compare_digest(mac, self._mac(facts)):
            return None
        call, expires, _ = _FORM.unpack(facts)
        now = self._clock()
        self._used = {used: until for used, until in self._used.items() if until > now}
        if expires <= now or facts in self._used:
            return None
        self._used[facts] = expires
        return str(UUID(bytes=call))

    def _mac(self, facts: bytes) -> bytes:
        return hmac.digest(self._key, facts, hashlib.sha256)[:_MAC_BYTES]
