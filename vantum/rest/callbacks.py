"""Callbacks: the times that people were promised."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import QueryableAttribute

from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.promised import HORIZON
from vantum.rest import rows
from vantum.rest.access import Right
from vantum.rest.errand import Asking, Errand, Posting, Told
from vantum.rest.fields import ID, UTC_NAME, Body, Id, IdText, Moment, View, Zone, line
from vantum.rest.paging import Asked, Page, told
from vantum.rest.problems import Kind, Refused, flaw_at, invalid
from vantum.rest.route import RestRoute, needs
from vantum.store import campaigns, changes, leads, news, orgs, outbox, promises
from vantum.store.callbacks import Promise
from vantum.store.models import Callback, Contact, Lead
from vantum.store.words import CallbackState, ContactState

ROUTER = APIRouter(prefix="/api/callbacks", tags=["callbacks"], route_class=RestRoute)
CALLS_NO_MORE: Final = frozenset({CampaignState.COMPLETED, CampaignState.FAILED, CampaignState.ARCHIVED})


class CallbackView(View):
    """A time that somebody was promised."""

    lead_id: str
    call_id: str | None = Field(description="The call in which it was promised; null for one of an operator.")
    promised_at: datetime
    timezone: str = Field(description="The callee's.", examples=["America/New_York"])
    words: str = Field(description="What was said.", examples=["Tuesday at three"])
    state: CallbackState
    created_at: datetime
    updated_at: datetime


class NewCallback(Body):
    """A callback to promise."""

    lead_id: IdText
    at: Annotated[Moment, Field(description="When to call, up to a year from now.")]
    timezone: Annotated[Zone, Field(description="The callee's; none: that of the contact.")] = ""
    words: Annotated[str, line(500), Field(examples=["Asked by e-mail for a call on Tuesday at three."])] = ""


def filters(
    errand: Asking,
    state: Annotated[CallbackState | None, Query(description="In this state.")] = None,
    lead_id: Annotated[str | None, Query(alias="leadId", pattern=ID)] = None,
    campaign_id: Annotated[str | None, Query(alias="campaignId", pattern=ID)] = None,
    since: Annotated[Moment | None, Query(description="Promised for this moment or later.")] = None,
    before: Annotated[Moment | None, Query(description="Promised for a moment before this one.")] = None,
) -> list[ColumnElement[bool]]:
    """Which callbacks are asked for."""
    exactly: dict[QueryableAttribute[Any], object] = {Callback.state: state, Callback.lead_id: lead_id}
    where = [column == value for column, value in exactly.items() if value is not None]
    if campaign_id is not None:
        of_campaign = select(Lead.id).where(Lead.org_id == errand.org_id, Lead.campaign_id == campaign_id)
        where.append(Callback.lead_id.in_(of_campaign))
    if since is not None:
        where.append(Callback.promised_at >= since)
    if before is not None:
        where.append(Callback.promised_at < before)
    return where


Filters = Annotated[list[ColumnElement[bool]], Depends(filters)]


@ROUTER.get("", summary="List callbacks", response_model=Page[CallbackView], **needs(Right.CALLBACKS_READ))
async def list_callbacks(errand: Asking, wanted: Asked, where: Filters) -> Response:
    """What people were promised, the newest promise first."""
    async with errand.reading() as session:
        return await told(session, errand.org_id, Callback, wanted, CallbackView, where)


@ROUTER.get("/{callback_id}", summary="Tell of a callback", **needs(Right.CALLBACKS_READ, Kind.NOT_FOUND))
async def get_callback(callback_id: Id, errand: Asking) -> CallbackView:
    """One callback."""
    async with errand.reading() as session:
        return CallbackView.model_validate(await _found(session, errand, callback_id))


@ROUTER.post(
    "",
    status_code=201,
    summary="Promise a callback",
    response_model=CallbackView,
    **needs(Right.CALLBACKS_WRITE, Kind.CONFLICT),
)
async def promise_callback(new: NewCallback, errand: Posting) -> Response:
    """Have a lead called at a certain time, before all that are only on the list. The law's rules hold then. One that
    was promised before is taken back: the last word counts."""
    if not errand.at < new.at <= errand.at + HORIZON:
        raise invalid(flaw_at("at", "It is over already, or more than a year away."))

    async def work(session: AsyncSession) -> Told:
        lead = await leads.get(session, errand.org_id, new.lead_id)
        if lead is None:
            raise invalid(flaw_at("leadId", "There is nothing with this id."))
        zone = await _zone(session, errand, lead)
        promised = Promise(new.at, new.timezone or zone, new.words)
        row = await promises.promise(session, errand.org_id, lead, promised)
        await outbox.tell(session, errand.org_id, news.of_callback(lead, row, errand.at))
        await errand.note(session, "callback.create", row.id, {"lead": lead.id})
        return Told(CallbackView.model_validate(row))

    return await errand.do(work)


@ROUTER.post(
    "/{callback_id}:cancel",
    summary="Take a callback back",
    response_model=CallbackView,
    **needs(Right.CALLBACKS_WRITE, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def cancel_callback(callback_id: Id, errand: Posting) -> Response:
    """Promise it no more. A lead that was reached and waited for nothing else is over by it; any other one keeps its
    place in the list."""

    async def work(session: AsyncSession) -> Told:
        row = await _found(session, errand, callback_id)
        if not await promises.take_back(session, errand.org_id, row):
            raise Refused(Kind.CONFLICT, f"The callback is {row.state}: only an open one can be taken back.")
        await errand.note(session, "callback.cancel", callback_id)
        await session.refresh(row)
        return Told(CallbackView.model_validate(row), 200)

    return await errand.do(work)


async def _found(session: AsyncSession, errand: Errand, callback_id: str) -> Callback:
    return await rows.found(session, errand.org_id, Callback, callback_id, "callback")


async def _zone(session: AsyncSession, errand: Errand, lead: Lead) -> str:
    """The zone of a lead's contact; raises Refused where nobody would be called."""
    campaign = await campaigns.get(session, errand.org_id, lead.campaign_id)
    if campaign is not None and campaign.state in CALLS_NO_MORE:
        raise Refused(Kind.CONFLICT, f"The campaign is {campaign.state}, and calls nobody.")
    contact = await changes.get(session, errand.org_id, Contact, lead.contact_id)
    if contact is None or contact.state is not ContactState.ACTIVE:
        raise Refused(Kind.CONFLICT, "The contact may not be called any more.")
    org = await orgs.get(session, errand.org_id)
    return contact.timezone or (org.timezone if org is not None else UTC_NAME)
