"""Browsers that come back: asked who they are before a call begins for them, and given the call that is theirs."""

from __future__ import annotations

import time

from transports.browser.arrival import Arrival
from transports.browser.transport import BrowserTransport
from vantum.core.resumption import Missed, Tickets, Visitor

NO_ROOM = 1013
"""Try again later (RFC 6455's registry)."""
SAID = ("", "1")
"""What stands in the address of who says that it comes back, and proves it later."""


class Returns:
    """The browsers' calls of a process that wait up to ``seconds`` for a client that is lost; 0 waits for none.

    What their clients are given to come back with ends in ``stamp``.
    """

    def __init__(self, seconds: float, stamp: str = "") -> None:
        self.seconds = seconds
        self.stamp = stamp
        self.tickets: Tickets[BrowserTransport] = Tickets()
        self._asked = 0

    @property
    def on(self) -> bool:
        """Whether any client is waited for."""
        return self.seconds > 0

    def knows(self, token: str, address: str) -> bool:
        """Whether ``token`` is that of a call that a client at ``address`` may come back to."""
        return self.tickets.proves(token, address, time.monotonic())

    def proof_in(self, asked: str | None, visitor: Visitor) -> str | None:
        """The token in an address (``asked``: what stands there) that proves whose call it is.

        None without one, and for a wrong one, which is counted.
        """
        if asked in (None, *SAID):
            return None
        if self.knows(asked, visitor.address):
            return asked
        self.tickets.wrong(visitor.address, time.monotonic())
        return None

    def missed(self) -> Missed:
        """Where the clients are that are waited for, or may be on their way back."""
        return self.tickets.missed(time.monotonic())

    def may_be_one(self, visitor: Visitor, *, says_so: bool) -> bool:
        """Whether who connects is to be asked before a call begins.

        It costs a new caller the time until its first message. So nobody is asked while no call misses its client,
        but who says that it returns, and who comes from where there is a call already.
        """
        if not len(self.tickets):
            return False
        return says_so or self.tickets.knows(visitor) or self.tickets.missing(time.monotonic())

    def may_be_owed(self, *, says_so: bool) -> bool:
        """Whether a client for which there is no seat may have a call here already."""
        missing = says_so or self.tickets.missing(time.monotonic())
        return missing and self._asked < len(self.tickets)

    async def claimed(self, arrival: Arrival) -> bool:
        """Whether the client proves that a call is its own, and has it again."""
        self._asked += 1
        try:
            claim = await arrival.claim()
        finally:
            self._asked -= 1
        if claim is None:
            return False
        ticket = self.tickets.claimed(claim, arrival.visitor, time.monotonic())
        if ticket is None:
            return False
        ticket.call.come_back(arrival)
        return True

    async def stay(self, arrival: Arrival) -> None:
        """Until the connection of a client that has its call again is over."""
        await arrival.connection.closed.wait()

    def call_of(self, arrival: Arrival, output_rate: int) -> BrowserTransport:
        """A call of its own for who has none to come back to."""
        tickets = self.tickets if self.on else None
        return BrowserTransport(
            arrival, output_rate=output_rate, tickets=tickets, resume_seconds=self.seconds
        )

    async def turn_away(self, arrival: Arrival, code: int, reason: str) -> None:
        """There is no call for it."""
        arrival.connection.leave_with(code)
        await arrival.connection.close(reason)
