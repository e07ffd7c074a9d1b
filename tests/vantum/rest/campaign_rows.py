"""What an organisation has that calls: a campaign with a lead, a call with its record, and all that came of it."""

from __future__ import annotations

import json
import wave
from datetime import timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.store.rows import NOON, number
from vantum.call_files import EVENTS, RECORDING
from vantum.call_folder import folder_of, make_private
from vantum.core.outreach.delivery import DeliveryState, EventType
from vantum.core.outreach.lead import LeadState
from vantum.core.outreach.outcome import AttemptOutcome, Disposition, Pickup
from vantum.store import analysis_jobs, callbacks, costs, deliveries, imports, leads, outbox, webhooks
from vantum.store.callbacks import Promise
from vantum.store.columns import new_id
from vantum.store.costs import NewCost
from vantum.store.imports import NewImport
from vantum.store.models import Analysis, Call, Campaign, ImportRow, Lead, RetryPolicy, WebhookDelivery
from vantum.store.outbox import Event
from vantum.store.pages import Cut
from vantum.store.webhooks import NewEndpoint
from vantum.store.words import AnsweredBy, CallStatus, CostKind, Direction, RowVerdict, Transport

SECONDS = 42.5
"""How long the call was."""
MICROS = 60_000
"""What it costs."""
LINES = (
    {"t": 0.0, "at": NOON.isoformat(), "event": "call_started", "pipeline": "outreach", "transport": "local"},
    {"t": 1.0, "at": NOON.isoformat(), "event": "transcript", "text": "What does it cost?", "final": True},
    {"t": 42.5, "at": NOON.isoformat(), "event": "call_ended", "reason": "goodbye"},
)


async def calling_rows(session: AsyncSession, org: str, slug: str, contact_id: str) -> dict[str, str]:
    """One of everything; the ids, by the names of the parameters of paths."""
    campaign = Campaign(org_id=org, name=f"{slug} campaign", pipeline="outreach")
    policy = RetryPolicy(org_id=org, name=f"{slug} policy")
    session.add_all([campaign, policy])
    await session.flush()
    await leads.add(session, org, campaign.id, [contact_id], NOON)
    [lead] = await leads.due(session, org, campaign.id, NOON, 2)
    call = ended_call(org, campaign.id, lead)
    session.add(call)
    await session.flush()
    cost = NewCost("local", CostKind.TELEPHONY, "minute", 1.0, float(MICROS), MICROS, "USD")
    await costs.put(session, org, call.id, campaign.id, cost)
    analysis = Analysis(
        org_id=org,
        call_id=call.id,
        schema_version="1",
        model="embedded",
        interest=80,
        disposition=Disposition.INTERESTED,
        summary=f"{slug} asked for the price.",
        evidence=[
            {"field": "interest", "turn": 0, "quote": "What does it cost?", "start_ms": 1, "end_ms": 2}
        ],
    )
    session.add(analysis)
    [job] = await analysis_jobs.ask(session, org, [call.id], None, NOON)
    callback = await callbacks.add(session, org, lead.id, Promise(NOON + timedelta(days=1), "Europe/Berlin"))
    return {
        "campaign_id": campaign.id,
        "policy_id": policy.id,
        "lead_id": lead.id,
        "call_id": call.id,
        "record_id": call.record_id or "",
        "analysis_id": analysis.id,
        "job_id": job,
        "callback_id": callback.id,
        "import_id": await _import(session, org, slug, campaign.id),
        **await _webhook(session, org, slug, call.id),
    }


def ended_call(org: str, campaign_id: str, lead: Lead) -> Call:
    """A call in which somebody was reached."""
    return Call(
        org_id=org,
        campaign_id=campaign_id,
        lead_id=lead.id,
        contact_id=lead.contact_id,
        direction=Direction.OUTBOUND,
        transport=Transport.LOCAL,
        record_id=new_id(),
        from_number=number(99),
        to_number=number(0),
        status=CallStatus.ENDED,
        outcome=AttemptOutcome.ANSWERED_HUMAN,
        disposition=Disposition.INTERESTED,
        answered_by=AnsweredBy.HUMAN,
        pickup=Pickup.IN_TIME,
        queued_at=NOON,
        dialed_at=NOON,
        answered_at=NOON,
        first_audio_at=NOON,
        ended_at=NOON + timedelta(seconds=SECONDS),
        end_reason="goodbye",
        pipeline="outreach",
    )


def keep_record(data: Path, record_id: str) -> None:
    """The record of a call on the disk, as the server leaves it."""
    folder = folder_of(data, record_id)
    assert folder is not None
    make_private(folder)
    lines = [{**line, "call_id": record_id} for line in LINES]
    (folder / EVENTS).write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    with wave.open(str(folder / RECORDING), "wb") as sound:
        sound.setparams((2, 2, 16_000, 0, "NONE", ""))
        sound.writeframes(bytes(6_400))


async def settle_lead(session: AsyncSession, org: str, lead_id: str, state: LeadState) -> None:
    """Have a lead in a state, however it came there."""
    row = await leads.get(session, org, lead_id)
    assert row is not None
    row.state = state
    await session.flush()


async def _import(session: AsyncSession, org: str, slug: str, campaign_id: str) -> str:
    new = NewImport(f"{slug}.csv", "0" * 64, 100, {"columns": []}, campaign_id)
    import_id = await imports.begin(session, org, new, NOON)
    for row, verdict in enumerate((RowVerdict.ACCEPTED, RowVerdict.INVALID), start=1):
        reason = "" if verdict is RowVerdict.ACCEPTED else f"=It says '{slug}'."
        session.add(ImportRow(org_id=org, import_id=import_id, row=row, verdict=verdict, reason=reason))
    await session.flush()
    await imports.finish(session, org, import_id, {RowVerdict.ACCEPTED: 1, RowVerdict.INVALID: 1}, NOON)
    return import_id


async def _webhook(session: AsyncSession, org: str, slug: str, call_id: str) -> dict[str, str]:
    endpoint = await webhooks.add(
        session, org, NewEndpoint(f"https://{slug}.example.com/hook", ("call.*",)), f"whsec_{slug}"
    )
    await outbox.tell(session, org, Event(EventType.CALL_ENDED, call_id, {"of": slug}, NOON))
    [delivery] = (await deliveries.listed(session, org, endpoint.id, Cut())).rows
    await settle_delivery(session, delivery)
    return {"webhook_id": endpoint.id, "delivery_id": delivery.id}


async def settle_delivery(session: AsyncSession, delivery: WebhookDelivery) -> None:
    """A message that somebody took."""
    delivery.state, delivery.next_at, delivery.attempts = DeliveryState.DELIVERED, None, 1
    delivery.response_code = 200
    await session.flush()
