"""The tokens of browsers' calls: minted for those who have a key, and redeemed at the door, as often as they allow.

How often a token was used is remembered by the process that redeemed it, until the token expires.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Final

from vantum.core.access_token import Denial, Grant, key_of, opened, sealed

MOST_REMEMBERED: Final = 100_000
"""Tokens in use at a time; no more are redeemed until some of them have expired."""
SECRET_BYTES: Final = 32


class AccessTokens:
    """Mints and redeems. ``secret`` is known to our processes only; ``clock`` gives seconds since 1970."""

    def __init__(self, secret: str, clock: Callable[[], float] = lambda: time.time()) -> None:  # noqa: PLW0108 - looked up when it is read
        self._key = key_of(secret)
        self._clock = clock
        self._spent: dict[str, int] = {}
        self._expiries: dict[str, int] = {}

    def grant(
        self,
        pipeline: str,
        seconds: int,
        *,
        uses: int = 1,
        origin: str = "",
        variables: Mapping[str, str] | None = None,
    ) -> Grant:
        """A permission that begins now; ``seal`` makes it a token."""
        expires_at = int(self._clock()) + seconds
        return Grant(secrets.token_hex(16), pipeline, expires_at, uses, origin, dict(variables or {}))

    def seal(self, grant: Grant) -> str:
        """The token of a grant."""
        return sealed(grant, self._key)

    def redeem(self, token: str, origin: str | None) -> Grant | Denial:
        """Use ``token`` once, for a connection with this ``Origin`` header (None: without one)."""
        now = self._clock()
        grant = opened(token, self._key, now)
        if isinstance(grant, Denial):
            return grant
        denial = grant.denial_of(origin) or self._no_use_left(grant, now)
        if denial is not None:
            return denial
        self._spent[grant.id] = self._spent.get(grant.id, 0) + 1
        self._expiries[grant.id] = grant.expires_at
        return grant

    def give_back(self, grant: Grant) -> None:
        """A use of ``redeem`` came to nothing; harmless where it is not remembered any more."""
        if self._spent.get(grant.id, 0) > 0:
            self._spent[grant.id] -= 1

    def _no_use_left(self, grant: Grant, now: float) -> Denial | None:
        if self._spent.get(grant.id, 0) >= grant.uses:
            return Denial.USED
        if grant.id not in self._spent and len(self._spent) >= MOST_REMEMBERED:
            self._forget(now)
            return Denial.CROWDED if len(self._spent) >= MOST_REMEMBERED else None
        return None

    def _forget(self, now: float) -> None:
        """Expired tokens are refused for that alone."""
        self._expiries = {known: until for known, until in self._expiries.items() if until > now}
        self._spent = {known: self._spent[known] for known in self._expiries}


def random_secret() -> str:
    """A secret for a process whose tokens may die with it."""
    return secrets.token_hex(SECRET_BYTES)
