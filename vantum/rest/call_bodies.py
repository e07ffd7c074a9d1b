"""Calls as the API tells them: what the store knows, what they cost, and where more is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from vantum.core.outreach.outcome import AttemptOutcome, Disposition, Pickup
from vantum.core.outreach.retry import Occasion
from vantum.rest.fields import EXAMPLE_ID, View
from vantum.store.call_list import Paid
from vantum.store.models import Call
from vantum.store.words import AnsweredBy, CallStatus, CostState, Direction, Transport

LOG: Final = "/api/call-log"
"""Where calls of the store are. Under ``/api/calls`` are those of this server's phone, as they always were."""


class CostView(BaseModel):
    """What something costs."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)

    micros: int = Field(description="Millionths of the currency.", examples=[120_000])
    currency: str = Field(examples=["USD"])
    state: CostState = Field(description="Whether it can still change.")


class CallLogView(View):
    """A call, or an attempt at one."""

    campaign_id: str | None
    lead_id: str | None
    contact_id: str | None
    attempt_no: int = Field(description="Which attempt at the lead it is, from 1.", examples=[1])
    occasion: Occasion = Field(description="Why it was made: by the list, or because it was promised.")
    direction: Direction
    transport: Transport
    to: str = Field(examples=["+12125550100"])
    from_: Annotated[str, Field(alias="from", examples=["+12125550199"])]
    status: CallStatus = Field(description="How far it is.")
    outcome: AttemptOutcome | None = Field(description="How it ended; null until then.")
    disposition: Disposition | None = Field(description="What the callee wants.")
    interest: int | None = Field(description="0 to 100, by the newest analysis.", examples=[80])
    summary: str = Field(description="What was said, in short, by the newest analysis.")
    answered_by: AnsweredBy | None
    pickup: Pickup | None = Field(description="How the first word came to who answered.")
    queued_at: datetime | None
    dialed_at: datetime | None
    answered_at: datetime | None
    first_audio_at: datetime | None = Field(description="When the bot's first word was heard.")
    ended_at: datetime | None
    seconds: float | None = Field(description="From the answer to the end.", examples=[62.4])
    end_reason: str = Field(description="Why it ended, in words.", examples=["goodbye"])
    sip_code: int | None
    error_code: str
    carrier_id: str | None = Field(description="The carrier's name for it.")
    pipeline: str = Field(examples=["pipelines/outreach.py"])
    pipeline_version: str
    cost: CostView | None = Field(description="Null as long as nothing is known of it.")
    record_id: str | None = Field(description="Under this id `/api/calls/ID` tells of it, too.")
    record: str | None = Field(
        description="Where what was said is told.", examples=[f"{LOG}/{EXAMPLE_ID}/record"]
    )
    recording: str | None = Field(
        description="Where its sound is, if any was kept.", examples=[f"{LOG}/{EXAMPLE_ID}/recording"]
    )
    created_at: datetime


def told_call(row: Call, paid: Paid | None) -> CallLogView:
    """A call as it is told."""
    link = None if row.record_id is None else f"{LOG}/{row.id}"
    return CallLogView(
        id=row.id,
        campaign_id=row.campaign_id,
        lead_id=row.lead_id,
        contact_id=row.contact_id,
        attempt_no=row.attempt_no,
        occasion=row.occasion,
        direction=row.direction,
        transport=row.transport,
        to=row.to_number,
        from_=row.from_number,
        status=row.status,
        outcome=row.outcome,
        disposition=row.disposition,
        interest=row.interest,
        summary=row.summary,
        answered_by=row.answered_by,
        pickup=row.pickup,
        queued_at=row.queued_at,
        dialed_at=row.dialed_at,
        answered_at=row.answered_at,
        first_audio_at=row.first_audio_at,
        ended_at=row.ended_at,
        seconds=seconds_of(row),
        end_reason=row.end_reason,
        sip_code=row.sip_code,
        error_code=row.error_code,
        carrier_id=row.provider_sid,
        pipeline=row.pipeline,
        pipeline_version=row.pipeline_version,
        cost=None if paid is None else CostView(micros=paid.micros, currency=paid.currency, state=paid.state),
        record_id=row.record_id,
        record=None if link is None else f"{link}/record",
        recording=None if link is None else f"{link}/recording",
        created_at=row.created_at,
    )


def seconds_of(row: Call) -> float | None:
    """How long the line was open; None while it is, and where nobody answered."""
    if row.answered_at is None or row.ended_at is None:
        return None
    return max(row.ended_at - row.answered_at, timedelta()) / timedelta(seconds=1)
