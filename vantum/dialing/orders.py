"""Makes the order that a phone is given: whom to call from where, through which pipeline, and until when."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.call_facts import PhoneCarrier
from vantum.core.legal.decision import Duties
from vantum.core.outreach.retry import leaves_voicemail
from vantum.dialing.cases import Party
from vantum.dialing.means import Trunk
from vantum.dialing.placer import Order
from vantum.dialing.policies import policy_of, variables_of
from vantum.dialing.release import HELD_UP
from vantum.store.models import Call, RetryPolicy
from vantum.store.words import MachinePolicy, Transport

CARRIERS: Final = {Transport.TWILIO: PhoneCarrier.TWILIO, Transport.LOCAL: PhoneCarrier.LOCAL}


async def order_of(
    session: AsyncSession, call: Call, party: Party, duties: Duties, trunk: Trunk, now: datetime
) -> Order:
    """The order for an attempt that may be dialed now."""
    campaign = party.campaign
    row = None
    if campaign.retry_policy_id is not None:
        row = await session.get(RetryPolicy, campaign.retry_policy_id)
    leaves = campaign.machine_policy is MachinePolicy.LEAVE_MESSAGE and leaves_voicemail(
        policy_of(row), call.attempt_no
    )
    return Order(
        attempt_id=call.id,
        to_number=call.to_number,
        from_number=call.from_number,
        pipeline=call.pipeline,
        variables=variables_of(party.org, campaign, party.contact, party.company, duties),
        voicemail=campaign.voicemail_text if leaves else "",
        carrier=CARRIERS.get(trunk.transport),
        not_after=now + HELD_UP,
    )
