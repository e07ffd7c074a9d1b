"""The carrier's account that calls are placed with, as the settings say."""

from __future__ import annotations

from vantum.core.call_facts import PhoneCarrier
from vantum.core.outreach.bucket import SLOWEST, Rate
from vantum.core.outreach.limits import MOST_LIVE
from vantum.dialing.means import Trunk
from vantum.dialing.tariff import FREE, USUAL
from vantum.settings import Settings
from vantum.store.words import Transport


def trunk_of(settings: Settings) -> Trunk:
    """The account, its rate, and how many calls the server takes at a time."""
    local = settings.phone_carrier is PhoneCarrier.LOCAL
    return Trunk(
        account="local" if local else settings.twilio_account_sid or "twilio",
        transport=Transport.LOCAL if local else Transport.TWILIO,
        rate=Rate(max(SLOWEST, settings.calls_per_second)),
        most_live=min(MOST_LIVE, settings.max_calls),
        tariff=FREE if local else USUAL,
    )
