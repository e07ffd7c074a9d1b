"""Campaigns: what is said to whom, when, and within which limits. To make one calls nobody."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.campaigns import edits
from vantum.campaigns.facts import CampaignFacts, facts_of
from vantum.campaigns.finding import read
from vantum.core.outreach.campaign import CampaignState
from vantum.rest import rows
from vantum.rest.access import Right
from vantum.rest.campaign_bodies import CampaignChange, NewCampaign
from vantum.rest.campaign_failures import told_as_problems
from vantum.rest.campaign_views import CampaignView, told_campaign
from vantum.rest.errand import Asking, Posting, Told
from vantum.rest.fields import LINE, Id
from vantum.rest.listing import as_page
from vantum.rest.paging import Asked, Page
from vantum.rest.problems import Kind
from vantum.rest.route import RestRoute, needs
from vantum.store.models import Campaign, RetryPolicy
from vantum.store.pages import page

ROUTER = APIRouter(prefix="/api/campaigns", tags=["campaigns"], route_class=RestRoute)


@ROUTER.get("", summary="List campaigns", response_model=Page[CampaignView], **needs(Right.CAMPAIGNS_READ))
async def list_campaigns(
    errand: Asking,
    wanted: Asked,
    state: Annotated[CampaignState | None, Query(description="In this state.")] = None,
    name: Annotated[
        str | None, Query(max_length=200, pattern=LINE, description="With this in the name.")
    ] = None,
) -> Response:
    """The campaigns of the organisation, the newest first."""
    where: list[ColumnElement[bool]] = []
    if state is not None:
        where.append(Campaign.state == state)
    if name is not None:
        where.append(Campaign.name.icontains(name, autoescape=True))
    async with errand.reading() as session:
        found = await page(session, errand.org_id, Campaign, wanted.cut, *where)
        return as_page(wanted, [told_campaign(facts_of(row)) for row in found.rows], found.after)


@ROUTER.get("/{campaign_id}", summary="Tell of a campaign", **needs(Right.CAMPAIGNS_READ, Kind.NOT_FOUND))
async def get_campaign(campaign_id: Id, errand: Asking) -> CampaignView:
    """One campaign, and what can happen to it now."""
    with told_as_problems():
        async with errand.reading() as session:
            return told_campaign(await read(session, errand.org_id, campaign_id))


@ROUTER.post(
    "",
    status_code=201,
    summary="Make a campaign",
    response_model=CampaignView,
    **needs(Right.CAMPAIGNS_WRITE, Kind.CONFLICT),
)
async def make_campaign(new: NewCampaign, errand: Posting) -> Response:
    """Make a campaign in draft. Two do not have one name."""
    with told_as_problems():
        plan = new.plan()

    async def work(session: AsyncSession) -> Told:
        await rows.named(session, errand.org_id, RetryPolicy, new.retry_policy_id, "retryPolicyId")
        with told_as_problems():
            facts = await edits.create(session, errand.org_id, plan, errand.at, errand.who.actor)
        return Told(told_campaign(facts))

    return await errand.do(work)


@ROUTER.patch(
    "/{campaign_id}",
    summary="Change a campaign",
    **needs(Right.CAMPAIGNS_WRITE, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def change_campaign(campaign_id: Id, change: CampaignChange, errand: Asking) -> CampaignView:
    """Change what is sent; all else stays. While it calls, only its name and its limits; archived, nothing."""
    chosen = change.chosen()

    async def work(session: AsyncSession) -> CampaignFacts:
        with told_as_problems():
            await read(session, errand.org_id, campaign_id)
        await rows.named(session, errand.org_id, RetryPolicy, change.retry_policy_id, "retryPolicyId")
        with told_as_problems():
            return await edits.change(
                session, errand.org_id, campaign_id, chosen, errand.at, errand.who.actor
            )

    return told_campaign(await errand.store.write(work))
