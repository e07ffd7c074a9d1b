"""What dialing needs of a carrier's REST API."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from transports.twilio.rest import CarrierCall, NewCall


class Carrier(Protocol):
    """Places, finds and ends calls; each method raises ``CarrierError``."""

    async def create(self, request: NewCall) -> str:
        """Place a call; returns the carrier's name for it."""

    async def find(self, to: str, from_number: str, since: datetime) -> list[CarrierCall]:
        """Calls between two numbers that were created since, the newest first."""

    async def fetch(self, sid: str) -> CarrierCall:
        """What is known of a call now."""

    async def hang_up(self, sid: str, *, answered: bool) -> None:
        """End a call that was answered, or cancel one that was not."""


class Account(Carrier, Protocol):
    """A carrier with numbers of our own."""

    async def numbers(self) -> list[str]:
        """The numbers that may be called from, in E.164."""
