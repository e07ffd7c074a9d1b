"""Who may come back to a call that lost its client, and by what proof.

The law kept here: what proves nothing gains nothing, not even the knowledge that there is a call. A token is secret
and counts from any address, also while the old connection still seems open. The id of a session is no secret: it
counts only from the address and the page it was given to, and only for a client of whom nothing is heard any more.
``now`` is seconds on any steady clock.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

SILENT_SECONDS = 1.0
"""A client that sent nothing for so long may be gone: real ones send sound four times a second or more often."""
MOST_WRONG = 20
WRONG_SECONDS = 60.0
"""So many wrong claims from one address in so many seconds, and none from there is looked at."""
MOST_ADDRESSES = 10_000
"""Addresses whose wrong claims are remembered; the oldest go first."""

CallT = TypeVar("CallT")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who opened a connection: the remote address, and the origin of the page (None for a program)."""

    address: str
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What a client says of the call that it comes back to."""

    session_id: str | None
    token: str | None


@dataclass(slots=True, eq=False)
class Ticket(Generic[CallT]):
    """What one call is recognised by; ``last_heard`` tells when its client last sent anything."""

    call: CallT
    visitor: Visitor
    session_ids: frozenset[str]
    token_digest: bytes
    last_heard: Callable[[], float]
    detached: bool = False

    def quiet(self, now: float) -> bool:
        """Whether its client is gone, or may be."""
        return self.detached or now - self.last_heard() >= SILENT_SECONDS

    def admits(self, claim: Claim, visitor: Visitor, now: float) -> bool:
        """Whether ``visitor`` may have the call."""
        if claim.token is not None:
            return hmac.compare_digest(digest(claim.token), self.token_digest)
        return claim.session_id in self.session_ids and visitor == self.visitor and self.quiet(now)


@dataclass(frozen=True, slots=True)
class Missed:
    """Addresses from where a client is lost, or is quiet: it may be lost, and come back."""

    lost: frozenset[str] = frozenset()
    quiet: frozenset[str] = frozenset()


@dataclass(slots=True)
class WrongClaims:
    """Counts wrong claims by address."""

    _times: dict[str, deque[float]] = field(default_factory=dict)

    def too_many(self, address: str, now: float) -> bool:
        """Whether nothing that comes from ``address`` is looked at."""
        times = self._times.get(address)
        if times is None:
            return False
        while times and now - times[0] >= WRONG_SECONDS:
            times.popleft()
        return len(times) >= MOST_WRONG

    def add(self, address: str, now: float) -> None:
        """One more from ``address``."""
        times = self._times.pop(address, None) or deque(maxlen=MOST_WRONG)
        times.append(now)
        self._times[address] = times
        if len(self._times) > MOST_ADDRESSES:
            del self._times[next(iter(self._times))]


class Tickets(Generic[CallT]):
    """The tickets of all calls of a process that may be resumed."""

    def __init__(self) -> None:
        self._all: set[Ticket[CallT]] = set()
        self._by_session: dict[str, Ticket[CallT]] = {}
        self._by_token: dict[bytes, Ticket[CallT]] = {}
        self._wrong = WrongClaims()

    def __len__(self) -> int:
        return len(self._all)

    def add(self, ticket: Ticket[CallT]) -> None:
        """A call may be resumed by ``ticket``."""
        self._all.add(ticket)
        self._by_session.update(dict.fromkeys(ticket.session_ids, ticket))
        self._by_token[ticket.token_digest] = ticket

    def remove(self, ticket: Ticket[CallT]) -> None:
        """It may not any more; harmless when it could not."""
        self._all.discard(ticket)
        for session_id in ticket.session_ids:
            self._by_session.pop(session_id, None)
        self._by_token.pop(ticket.token_digest, None)

    def missing(self, now: float) -> bool:
        """Whether some call misses its client, or may."""
        return any(ticket.quiet(now) for ticket in self._all)

    def missed(self, now: float) -> Missed:
        """Where the clients are that some call misses, or may."""
        lost = frozenset(ticket.visitor.address for ticket in self._all if ticket.detached)
        return Missed(
            lost, frozenset(ticket.visitor.address for ticket in self._all if ticket.quiet(now)) - lost
        )

    def knows(self, visitor: Visitor) -> bool:
        """Whether there is a call of the same address and page."""
        return any(ticket.visitor == visitor for ticket in self._all)

    def proves(self, token: str, address: str, now: float) -> bool:
        """Whether ``token`` is that of a call, as far as what comes from ``address`` is looked at at all."""
        return not self._wrong.too_many(address, now) and digest(token) in self._by_token

    def wrong(self, address: str, now: float) -> None:
        """Count a wrong claim that was made without a word: in an address."""
        self._wrong.add(address, now)

    def claimed(self, claim: Claim, visitor: Visitor, now: float) -> Ticket[CallT] | None:
        """The ticket of the call that ``visitor`` may have; None for a wrong claim, which is counted."""
        if self._wrong.too_many(visitor.address, now):
            return None
        if claim.token is not None:
            ticket = self._by_token.get(digest(claim.token))
        else:
            ticket = self._by_session.get(claim.session_id or "")
        if ticket is not None and ticket.admits(claim, visitor, now):
            return ticket
        self._wrong.add(visitor.address, now)
        return None


def digest(token: str) -> bytes:
    """What is kept of a token: looking it up takes the same time, however much of a guess is right."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
