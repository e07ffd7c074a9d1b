"""The telephone of a process: everything that phone calls need, opened and closed together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from loguru import logger

from transports.twilio.rest import CarrierError, TwilioRest
from transports.twilio.routes import twilio_routes
from transports.twilio.signature import Signatures
from vantum.calls import Calls
from vantum.core.call_facts import Direction, PhoneCarrier
from vantum.core.crew import Share
from vantum.core.errors import DialError
from vantum.core.outreach.bucket import Rate
from vantum.local_carrier.carrier import LocalCarrier
from vantum.local_carrier.cast_file import load_cast
from vantum.local_carrier.own_server import OwnServer
from vantum.local_carrier.voice import Voice
from vantum.phone.blocked import Blocked
from vantum.phone.book import CallBook
from vantum.phone.carrier import Account
from vantum.phone.dialer import Dialer
from vantum.phone.phone_call import PhoneCall
from vantum.phone.pipelines import Pipelines
from vantum.phone.switchboard import Switchboard, everybody, nobody
from vantum.phone.throttle import Throttle
from vantum.phone.tokens import StreamTokens
from vantum.role import ALONE, Role
from vantum.services import Services
from vantum.settings import Settings
from vantum.tokens import random_secret

REST_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call that somebody wants placed. Numbers are E.164; "" leaves the choice to us.

    With ``carrier`` no other one places it, and after ``not_after`` it is not placed any more.
    """

    to_number: str
    from_number: str = ""
    pipeline: str = ""
    variables: Mapping[str, str] | None = None
    voicemail: str = ""
    idempotency_key: str = ""
    carrier: PhoneCarrier | None = None
    not_after: datetime | None = None


class Phone:
    """Places calls, and answers for what becomes of them."""

    def __init__(
        self,
        settings: Settings,
        account: Account,
        switchboard: Switchboard,
        pipelines: Pipelines,
        signatures: Signatures,
    ) -> None:
        self.switchboard = switchboard
        self._settings = settings
        self._account = account
        self._pipelines = pipelines
        self._signatures = signatures
        self._own_number = settings.twilio_from or ""

    @property
    def dialer(self) -> Dialer:
        """The queue of calls to place."""
        return self.switchboard.dialer

    @property
    def book(self) -> CallBook:
        """The book of phone calls."""
        return self.switchboard.book

    def routes(self) -> APIRouter:
        """What Twilio calls."""
        return twilio_routes(self.switchboard, self._signatures)

    def health(self) -> dict[str, object]:
        """Whether calls can be placed, and what stands in the way."""
        reason = self.dialer.stop_reason
        return {
            "status": "stopped" if reason else "ready",
            "carrier": str(self._settings.phone_carrier),
            "reason": reason,
            "waiting": self.dialer.waiting,
            "stoppedCountries": self.dialer.stopped_regions,
            "streamFailures": self.switchboard.alerts,
        }

    async def place(self, wanted: Wanted) -> PhoneCall:
        """Write a call down and queue it; a known idempotency key returns the call that it was used for first.

        Raises ``PipelineError`` for an unknown pipeline, ``DialError`` for a number that is not called and
        ``CapacityError`` when no call is placed now.
        """
        if wanted.idempotency_key and (first := await self.book.claimed(wanted.idempotency_key)):
            return first
        if wanted.carrier not in (None, self._settings.phone_carrier):
            raise DialError(f"Calls are placed by the carrier {self._settings.phone_carrier} here.")
        pipeline = self._pipelines.named(wanted.pipeline) if wanted.pipeline else self._pipelines.default
        self.dialer.check(wanted.to_number)
        call = PhoneCall(
            id=self.switchboard.new_id(),
            direction=Direction.OUTBOUND,
            to_number=wanted.to_number,
            from_number=wanted.from_number or await self._from_number(),
            pipeline=pipeline.name,
            created_at=datetime.now(UTC),
            variables=dict(wanted.variables or {}),
            voicemail=wanted.voicemail,
            not_after=wanted.not_after,
            carrier=self._settings.phone_carrier,
        )
        placed = await self.book.create(call, wanted.idempotency_key)
        if placed is call:
            self.switchboard.admit(call)
            logger.info("A phone call is to be placed.", call=call.id)
        return placed

    async def _from_number(self) -> str:
        """The number that we call from: the setting's, or the account's first one."""
        if not self._own_number:
            try:
                numbers = await self._account.numbers()
            except CarrierError as error:
                raise DialError(f"{NO_FROM} Twilio did not tell its numbers: {error.message}") from error
            if not numbers:
                raise DialError(f"{NO_FROM} The Twilio account has no number that can call.")
            self._own_number = numbers[0]
        return self._own_number

    async def adopt(self, share: Share) -> None:
        """Take up the calls of a process that is gone."""
        await self.switchboard.adopt(share.has)


NO_FROM: Final = "There is no number to call from: give `from`, or set TWILIO_FROM."


@dataclass(frozen=True, slots=True)
class Trunk:
    """The way to a carrier: who places calls, what it signs with, and our address as it knows it.

    ``data`` is where the numbers are written down that it does not dial.
    """

    account: Account
    token: str
    url: str
    data: Path


async def open_phone(
    calls: Calls, services: Services, pipelines: Pipelines, closing: AsyncExitStack, role: Role = ALONE
) -> Phone | None:
    """The telephone, with the calls that are this process's to take up; None when it is not configured."""
    settings = services.settings
    is_local = settings.phone_carrier is PhoneCarrier.LOCAL
    trunk = _local(services, closing, role.url) if is_local else _twilio(settings, closing)
    if trunk is None:
        return None
    book = CallBook(settings.data)
    closing.callback(book.close)
    signatures, tokens = Signatures(trunk.token, trunk.url), StreamTokens(trunk.token)
    switchboard = Switchboard(calls, services, pipelines, book, trunk.account, signatures, tokens)
    switchboard.dialer = Dialer(
        book,
        trunk.account,
        await asyncio.to_thread(Blocked, trunk.data),
        Throttle(1.0 / Rate(settings.calls_per_second).gap.total_seconds()),
        switchboard.request_of,
        switchboard.ready,
        settings.max_queued_calls,
    )
    closing.push_async_callback(switchboard.close)
    await switchboard.start(everybody if role.inherits else nobody)
    return Phone(settings, trunk.account, switchboard, pipelines, signatures)


def _twilio(settings: Settings, closing: AsyncExitStack) -> Trunk | None:
    """The account at Twilio; None when its settings are not all there."""
    sid, secret, url = settings.twilio_account_sid, settings.twilio_auth_token, settings.public_url
    if sid is None or secret is None or url is None:
        return None
    token = secret.get_secret_value()
    rest = TwilioRest(sid, token, settings.twilio_api_url, REST_SECONDS)
    closing.push_async_callback(rest.close)
    return Trunk(rest, token, url, settings.data)


def _local(services: Services, closing: AsyncExitStack, url: str) -> Trunk | None:
    """The carrier that calls nobody; None where it cannot find this server."""
    if not url:
        return None
    settings, token = services.settings, random_secret()
    cast = load_cast(settings.local_prospects)
    carrier = LocalCarrier(cast, Voice(services.synthesiser), OwnServer(url, token))
    closing.push_async_callback(carrier.close)
    # Its numbers are kept apart: none of them may ever keep a real one from being called.
    return Trunk(carrier, token, url.rstrip("/"), settings.data / PhoneCarrier.LOCAL)
