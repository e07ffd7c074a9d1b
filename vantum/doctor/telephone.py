"""The telephone: whether phone calls are configured, the account is active and has a number to call from."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Protocol, TypeVar

from transports.twilio.rest import CarrierError, TwilioRest
from vantum.core.call_facts import PhoneCarrier
from vantum.doctor.answer import NETWORK_SECONDS
from vantum.doctor.finding import Finding, Mark
from vantum.settings import Settings

T = TypeVar("T")


class Account(Protocol):
    """What is asked of the phone account; each raises ``CarrierError``."""

    async def account_status(self) -> str: ...
    async def numbers(self) -> list[str]: ...


def phone_settings_finding(settings: Settings) -> Finding:
    """Whether phone calls are configured: none of the three settings is fine, some are not."""
    needed = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "VANTUM_PUBLIC_URL")
    missing = settings.phone_missing
    if settings.phone_carrier is PhoneCarrier.LOCAL:
        return Finding(
            Mark.OK, "phone", "calls ring scripted prospects on this machine (docs/local-carrier.md)"
        )
    if not missing:
        return Finding(Mark.OK, "phone", "configured")
    if len(missing) == len(needed):
        return Finding(Mark.OK, "phone", "phone calls are off (docs/phone.md)")
    unset = f"half configured: {' and '.join(missing)} not set, so phone calls are off"
    return Finding(Mark.BROKEN, "phone", unset, f"Set {' and '.join(missing)} in .env.")


async def phone_account(settings: Settings) -> list[Finding]:
    """The settings of phone calls, and the account as far as there are credentials."""
    configured = phone_settings_finding(settings)
    if settings.twilio_account_sid is None or settings.twilio_auth_token is None:
        return [configured]
    token = settings.twilio_auth_token.get_secret_value()
    rest = TwilioRest(settings.twilio_account_sid, token, settings.twilio_api_url, NETWORK_SECONDS)
    try:
        return [configured, *await account_findings(rest, settings.twilio_from)]
    finally:
        await rest.close()


async def account_findings(account: Account, wanted: str | None) -> list[Finding]:
    """The account's state, and the number that we call from."""
    status, numbers = await asyncio.gather(_told(account.account_status()), _told(account.numbers()))
    if isinstance(status, CarrierError):
        return [carrier_finding("Twilio", status)]
    if status != "active":
        found = f"the account is {status}"
        return [Finding(Mark.BROKEN, "Twilio", found, "Look at the account in Twilio's console.")]
    active = Finding(Mark.OK, "Twilio", "the credentials are good and the account is active")
    if isinstance(numbers, CarrierError):
        return [active, carrier_finding("number", numbers)]
    return [active, number_finding(numbers, wanted)]


def carrier_finding(thing: str, error: CarrierError) -> Finding:
    """What a refusal, or silence, of Twilio's REST API means."""
    if error.status is None:
        remedy = "Check the network and TWILIO_API_URL."
    elif error.status in (401, 403, 404):
        remedy = "Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN: both are in Twilio's console."
    else:
        remedy = "Try again later."
    return Finding(Mark.BROKEN, thing, str(error).removeprefix("Twilio: "), remedy)


def number_finding(numbers: Sequence[str], wanted: str | None) -> Finding:
    """Whether there is a number to call from; ``numbers`` are the account's own with a voice."""
    if not numbers:
        nothing = "the account has no number that can call"
        return Finding(Mark.BROKEN, "number", nothing, "Buy one with voice in Twilio's console.")
    if wanted is None:
        first = f"{ending(numbers[0])} will be called from, the first of {len(numbers)}"
        return Finding(Mark.OK, "number", f"{first}; TWILIO_FROM is not set")
    if wanted not in numbers:
        foreign = f"{ending(wanted)} in TWILIO_FROM is no number of the account that can call"
        return Finding(Mark.BROKEN, "number", foreign, "Set TWILIO_FROM to one that is, or leave it out.")
    return Finding(Mark.OK, "number", f"{ending(wanted)} is the account's, and can call")


def ending(number: str) -> str:
    """A phone number as it may be shown."""
    return f"...{number[-4:]}"


async def _told(answer: Coroutine[None, None, T]) -> T | CarrierError:
    try:
        return await answer
    except CarrierError as error:
        return error
