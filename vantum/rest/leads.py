"""Leads: who is in a campaign, and how far each of them is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import QueryableAttribute

from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import LeadState
from vantum.core.outreach.outcome import AttemptOutcome, Disposition
from vantum.core.outreach.retry import Occasion
from vantum.rest import rows
from vantum.rest.access import Right
from vantum.rest.campaign_bodies import Priority
from vantum.rest.errand import Asking, Posting, Told
from vantum.rest.fields import ID, Body, Change, Id, IdText, View, line
from vantum.rest.paging import Asked, Page, told
from vantum.rest.problems import Flaw, Kind, Refused, invalid, pointer
from vantum.rest.route import RestRoute, needs
from vantum.store import lead_list, leads
from vantum.store.models import Campaign, Lead
from vantum.store.models.campaigns import USUAL_PRIORITY
from vantum.store.words import ContactState

ROUTER = APIRouter(prefix="/api", tags=["leads"], route_class=RestRoute)
MOST_CONTACTS: Final = 1_000
"""Added by one request; lists are imported."""
SKIPPED_WORDS: Final = "Somebody took the lead out."


class LeadView(View):
    """Somebody in a campaign."""

    campaign_id: str
    contact_id: str
    state: LeadState
    state_reason: str = Field(description="Why it is in this state, in words.")
    priority: int = Field(description="0 to 9, and 9 goes first.", examples=[5])
    occasion: Occasion = Field(
        description="Why the next call is made: by the list, or because it was promised."
    )
    next_attempt_at: datetime | None = Field(description="Not before; null where no call follows.")
    attempts: int = Field(examples=[2])
    last_outcome: AttemptOutcome | None
    final_disposition: Disposition | None
    created_at: datetime
    updated_at: datetime


class NewLeads(Body):
    """Contacts that a campaign is to call."""

    contact_ids: Annotated[list[IdText], Field(min_length=1, max_length=MOST_CONTACTS)]
    priority: Priority = USUAL_PRIORITY


class AddedLeads(View):
    """What came of it; `id` is that of the campaign."""

    added: int = Field(description="Contacts that were not in the campaign.", examples=[2])
    known: int = Field(description="Contacts that were in it already; they stay as they are.", examples=[0])


class LeadChange(Change):
    """What is to become of a lead."""

    priority: Priority = USUAL_PRIORITY


class Skipping(Body):
    """Why somebody is not called any more."""

    reason: Annotated[str, line(500), Field(examples=["Is a customer now."])] = ""


def filters(
    state: Annotated[LeadState | None, Query(description="In this state.")] = None,
    campaign_id: Annotated[str | None, Query(alias="campaignId", pattern=ID)] = None,
    contact_id: Annotated[str | None, Query(alias="contactId", pattern=ID)] = None,
    last_outcome: Annotated[AttemptOutcome | None, Query(alias="lastOutcome")] = None,
    final_disposition: Annotated[Disposition | None, Query(alias="finalDisposition")] = None,
    occasion: Annotated[Occasion | None, Query(description="Of the next call.")] = None,
) -> list[ColumnElement[bool]]:
    """Which leads are asked for."""
    exactly: dict[QueryableAttribute[Any], object] = {
        Lead.state: state,
        Lead.campaign_id: campaign_id,
        Lead.contact_id: contact_id,
        Lead.last_outcome: last_outcome,
        Lead.final_disposition: final_disposition,
        Lead.occasion: occasion,
    }
    return [column == value for column, value in exactly.items() if value is not None]


Filters = Annotated[list[ColumnElement[bool]], Depends(filters)]


@ROUTER.get("/leads", summary="List leads", response_model=Page[LeadView], **needs(Right.LEADS_READ))
async def list_leads(errand: Asking, wanted: Asked, where: Filters) -> Response:
    """The leads of all campaigns, or of one, the newest first."""
    async with errand.reading() as session:
        return await told(session, errand.org_id, Lead, wanted, LeadView, where)


@ROUTER.get("/leads/{lead_id}", summary="Tell of a lead", **needs(Right.LEADS_READ, Kind.NOT_FOUND))
async def get_lead(lead_id: Id, errand: Asking) -> LeadView:
    """One lead."""
    async with errand.reading() as session:
        return LeadView.model_validate(await rows.found(session, errand.org_id, Lead, lead_id, "lead"))


@ROUTER.post(
    "/campaigns/{campaign_id}/leads",
    summary="Add leads",
    response_model=AddedLeads,
    **needs(Right.LEADS_WRITE, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def add_leads(campaign_id: Id, new: NewLeads, errand: Posting) -> Response:
    """Put contacts into a campaign, to be called from now on, or from its start. Lists are imported instead."""
    wanted = list(dict.fromkeys(new.contact_ids))

    async def work(session: AsyncSession) -> Told:
        campaign = await rows.found(session, errand.org_id, Campaign, campaign_id, "campaign")
        if campaign.state is CampaignState.ARCHIVED:
            raise Refused(Kind.CONFLICT, "The campaign is archived.")
        _check(new.contact_ids, await lead_list.states_of(session, errand.org_id, wanted))
        added = await leads.add(session, errand.org_id, campaign_id, wanted, errand.at, new.priority)
        await errand.note(session, "campaign.add_leads", campaign_id, {"added": added})
        return Told(AddedLeads(id=campaign_id, added=added, known=len(wanted) - added), 200)

    return await errand.do(work)


@ROUTER.patch("/leads/{lead_id}", summary="Change a lead", **needs(Right.LEADS_WRITE, Kind.NOT_FOUND))
async def change_lead(lead_id: Id, change: LeadChange, errand: Asking) -> LeadView:
    """Give a lead another place in the queue."""
    values = change.told()

    async def work(session: AsyncSession) -> LeadView:
        row = await rows.found(session, errand.org_id, Lead, lead_id, "lead")
        row = await rows.changed(session, errand.org_id, row, values)
        if values:
            await errand.note(session, "lead.change", row.id, values)
        return LeadView.model_validate(row)

    return await errand.store.write(work)


@ROUTER.post(
    "/leads/{lead_id}:skip",
    summary="Skip a lead",
    response_model=LeadView,
    **needs(Right.LEADS_WRITE, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def skip_lead(lead_id: Id, skipping: Skipping, errand: Posting) -> Response:
    """Take a lead out of its campaign. Its record stays, and so do its calls."""

    async def work(session: AsyncSession) -> Told:
        row = await rows.found(session, errand.org_id, Lead, lead_id, "lead")
        if not await lead_list.skip(session, errand.org_id, row, skipping.reason or SKIPPED_WORDS):
            raise Refused(Kind.CONFLICT, f"The lead is {row.state}: only one that waits can be skipped.")
        await errand.note(session, "lead.skip", lead_id)
        await session.refresh(row)
        return Told(LeadView.model_validate(row), 200)

    return await errand.do(work)


@ROUTER.post(
    "/leads/{lead_id}:reopen",
    summary="Reopen a lead",
    response_model=LeadView,
    **needs(Right.LEADS_WRITE, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def reopen_lead(lead_id: Id, errand: Posting) -> Response:
    """Call somebody again who was skipped, or with whom the campaign was through. The law's rules hold."""

    async def work(session: AsyncSession) -> Told:
        row = await rows.found(session, errand.org_id, Lead, lead_id, "lead")
        if not await lead_list.reopen(session, errand.org_id, row, errand.at):
            raise Refused(Kind.CONFLICT, f"The lead is {row.state}: only one that is over can be reopened.")
        await errand.note(session, "lead.reopen", lead_id)
        await session.refresh(row)
        return Told(LeadView.model_validate(row), 200)

    return await errand.do(work)


def _check(contact_ids: Sequence[str], states: dict[str, ContactState]) -> None:
    """Raises Refused for contacts that are not ours, and for those of whom nobody may be called."""
    flaws = [
        Flaw(detail=_problem(states.get(contact_id)), pointer=pointer("contactIds", index))
        for index, contact_id in enumerate(contact_ids)
        if states.get(contact_id) is not ContactState.ACTIVE
    ]
    if flaws:
        raise invalid(*flaws)


def _problem(state: ContactState | None) -> str:
    return "There is nothing with this id." if state is None else f"The contact is {state}."
