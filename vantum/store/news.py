"""What webhooks are told of calls, leads, people and campaigns: rows as JSON, for ``outbox.tell``.

What happens to a call once is told once, whoever tells it: such an event has its id from the call and its kind.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from vantum.core.legal import case as legal
from vantum.core.legal.case import Scope, utc
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.delivery import EventType
from vantum.store.columns import ID_LENGTH
from vantum.store.models import Analysis, Call, Callback, Campaign, Lead
from vantum.store.outbox import Event

_SPACE: Final = UUID("6f1d8a52-3c7b-5e0a-9b1e-0d5c4f7a2e61")
"""Of the ids that are made from others."""


def of_call(kind: EventType, call: Call, at: datetime) -> Event:
    """One of ``call.*`` but ``call.analyzed``, as the call is now; a second one of a kind is the same."""
    return Event(kind, call.id, {"call": _call(call)}, at, _only(kind, call.id))


def of_analysis(call: Call, analysis: Analysis, at: datetime) -> Event:
    """``call.analyzed``: the values with the words and the milliseconds that prove them."""
    told = {
        "id": analysis.id,
        "supersedes_id": analysis.supersedes_id,
        "model": analysis.model,
        "summary": analysis.summary,
        "sentiment": analysis.sentiment,
        "interest": analysis.interest,
        "disposition": analysis.disposition,
        "objections": analysis.objections,
        "next_step": analysis.next_step,
        "data": analysis.data,
        "evidence": analysis.evidence,
    }
    data = {"call": _call(call), "analysis": told}
    kind = EventType.CALL_ANALYZED
    return Event(kind, call.id, data, at, _only(kind, analysis.id))


def of_lead(kind: EventType, lead: Lead, at: datetime) -> Event:
    """``lead.qualified``, ``lead.disposition_changed`` or ``lead.exhausted``, as the lead is now."""
    return Event(kind, lead.id, {"lead": _lead(lead)}, at)


def of_callback(lead: Lead, callback: Callback, at: datetime) -> Event:
    """``lead.callback_requested``: when, and in which words."""
    told = {
        "id": callback.id,
        "call_id": callback.call_id,
        "promised_at": utc(callback.promised_at),
        "timezone": callback.timezone,
        "words": callback.words,
    }
    data = {"lead": _lead(lead), "callback": told}
    kind = EventType.LEAD_CALLBACK_REQUESTED
    return Event(kind, lead.id, data, at, _only(kind, callback.id))


def of_wish(wish: legal.Suppression, contact_id: str | None, call: Call | None, at: datetime) -> Event:
    """``contact.do_not_call``: who is not to be called any more, and in which call they said so, if in one."""
    subject = contact_id or (call.id if call is not None else wish.value[:ID_LENGTH])
    data = {
        "contact_id": contact_id,
        "call_id": call.id if call is not None else None,
        "number": wish.value if wish.scope is Scope.NUMBER else None,
        "scope": wish.scope,
        "reason": wish.reason,
    }
    return Event(EventType.CONTACT_DO_NOT_CALL, subject, data, at)


def of_consent(consent: legal.Consent, contact_id: str, call_id: str | None, at: datetime) -> Event:
    """``contact.consent_changed``: given, or withdrawn."""
    told = {
        "kind": consent.kind,
        "method": consent.method,
        "granted_at": _moment(consent.granted_at),
        "revoked_at": _moment(consent.revoked_at),
    }
    data = {"contact_id": contact_id, "call_id": call_id, "consent": told}
    return Event(EventType.CONTACT_CONSENT_CHANGED, contact_id, data, at)


def of_campaign(
    kind: EventType, campaign_id: str, name: str, state: CampaignState, reason: str, at: datetime
) -> Event:
    """One of ``campaign.*``: what became of a campaign, and why."""
    told = {"id": campaign_id, "name": name, "state": state, "reason": reason}
    return Event(kind, campaign_id, {"campaign": told}, at)


def of_budget(campaign: Campaign, at: datetime) -> Event:
    """``campaign.budget_reached``; once for each budget, however often somebody looks."""
    told = {
        "id": campaign.id,
        "name": campaign.name,
        "state": campaign.state,
        "reason": "",
        "budget_micros": campaign.budget_micros,
    }
    kind = EventType.CAMPAIGN_BUDGET_REACHED
    return Event(
        kind, campaign.id, {"campaign": told}, at, _only(kind, f"{campaign.id}:{campaign.budget_micros}")
    )


def _call(call: Call) -> dict[str, object]:
    return {
        "id": call.id,
        "record_id": call.record_id,
        "campaign_id": call.campaign_id,
        "lead_id": call.lead_id,
        "contact_id": call.contact_id,
        "attempt_no": call.attempt_no,
        "direction": call.direction,
        "from_number": call.from_number,
        "to_number": call.to_number,
        "status": call.status,
        "outcome": call.outcome,
        "disposition": call.disposition,
        "answered_by": call.answered_by,
        "queued_at": _moment(call.queued_at),
        "dialed_at": _moment(call.dialed_at),
        "answered_at": _moment(call.answered_at),
        "ended_at": _moment(call.ended_at),
        "end_reason": call.end_reason,
    }


def _lead(lead: Lead) -> dict[str, object]:
    return {
        "id": lead.id,
        "campaign_id": lead.campaign_id,
        "contact_id": lead.contact_id,
        "state": lead.state,
        "state_reason": lead.state_reason,
        "attempts": lead.attempts,
        "last_outcome": lead.last_outcome,
        "final_disposition": lead.final_disposition,
        "next_attempt_at": _moment(lead.next_attempt_at),
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else utc(moment)


def _only(kind: EventType, subject_id: str) -> str:
    """The id of what happens to something once."""
    return str(uuid5(_SPACE, f"{kind}:{subject_id}"))
