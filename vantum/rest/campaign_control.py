"""Campaigns on their way: what one will come to, started, held, ended, and how far it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.campaigns import control, edits
from vantum.campaigns.preflighting import look_ahead
from vantum.campaigns.status import status
from vantum.core.outreach.campaign import CampaignEvent
from vantum.rest.access import Right
from vantum.rest.campaign_failures import told_as_problems
from vantum.rest.campaign_figures import (
    PreflightView,
    StartedView,
    StatusView,
    told_preflight,
    told_start,
    told_status,
)
from vantum.rest.campaign_views import CampaignView, told_campaign
from vantum.rest.errand import Asking, Errand, Posting, Told
from vantum.rest.fields import Body, Id, line
from vantum.rest.premises import AtHome
from vantum.rest.problems import Kind
from vantum.rest.route import RestRoute, needs
from vantum.store.write_line import Haste

ROUTER = APIRouter(prefix="/api/campaigns", tags=["campaigns"], route_class=RestRoute)


class Because(Body):
    """Why something is done."""

    reason: Annotated[str, line(500), Field(examples=["The price list changes tomorrow."])] = ""


@ROUTER.get(
    "/{campaign_id}/status",
    summary="Tell how far a campaign is",
    **needs(Right.CAMPAIGNS_READ, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def get_status(campaign_id: Id, errand: Asking, home: AtHome) -> StatusView:
    """Exact figures of one moment. As events, each second: `/api/campaigns/ID/events`."""
    with told_as_problems():
        return told_status(await status(errand.store, errand.org_id, campaign_id, home.terms, errand.at))


@ROUTER.post(
    "/{campaign_id}:preflight",
    summary="Tell what a campaign will come to",
    response_model=PreflightView,
    **needs(Right.CAMPAIGNS_READ, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def preflight_campaign(campaign_id: Id, errand: Posting, home: AtHome) -> Response:
    """How many leads will be called, deferred and left out, by which rule, until when, for how much, and what is
    missing. All leads are read; nothing is changed."""

    async def work() -> Told:
        with told_as_problems():
            outlook = await look_ahead(errand.store, errand.org_id, campaign_id, home.terms, errand.at)
        return Told(told_preflight(outlook), 200)

    return await errand.do_apart(work)


@ROUTER.post(
    "/{campaign_id}:start",
    summary="Start a campaign",
    response_model=StartedView,
    **needs(Right.CAMPAIGNS_RUN, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def start_campaign(campaign_id: Id, errand: Posting, home: AtHome) -> Response:
    """Begin to call, or at `startAt` where that is later. A campaign that lacks something without which nobody may be
    called does not start."""

    async def work() -> Told:
        with told_as_problems():
            facts, outlook = await control.start(
                errand.store, errand.org_id, campaign_id, home.terms, errand.at, errand.who.actor
            )
        return Told(told_start(outlook, told_campaign(facts)), 200)

    return await errand.do_apart(work)


@ROUTER.post(
    "/{campaign_id}:pause",
    summary="Pause a campaign",
    response_model=CampaignView,
    **needs(Right.CAMPAIGNS_RUN, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def pause_campaign(campaign_id: Id, errand: Posting, because: Because | None = None) -> Response:
    """Call nobody until it is resumed, from within a second on. Calls under way end by themselves."""
    return await _moved(errand, campaign_id, CampaignEvent.PAUSE, because)


@ROUTER.post(
    "/{campaign_id}:resume",
    summary="Resume a campaign",
    response_model=CampaignView,
    **needs(Right.CAMPAIGNS_RUN, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def resume_campaign(campaign_id: Id, errand: Posting) -> Response:
    """Go on with one that is paused, or has failed."""
    return await _moved(errand, campaign_id, CampaignEvent.RESUME)


@ROUTER.post(
    "/{campaign_id}:stop",
    summary="Stop a campaign",
    response_model=CampaignView,
    **needs(Right.CAMPAIGNS_RUN, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def stop_campaign(campaign_id: Id, errand: Posting, because: Because | None = None) -> Response:
    """End it: who was not called yet is not called any more. Calls under way end by themselves."""
    return await _moved(errand, campaign_id, CampaignEvent.STOP, because)


@ROUTER.post(
    "/{campaign_id}:archive",
    summary="Archive a campaign",
    response_model=CampaignView,
    **needs(Right.CAMPAIGNS_RUN, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def archive_campaign(campaign_id: Id, errand: Posting) -> Response:
    """Put away one that is over, or was never started, for ever. Its calls stay."""
    return await _moved(errand, campaign_id, CampaignEvent.ARCHIVE)


async def _moved(
    errand: Errand, campaign_id: str, event: CampaignEvent, because: Because | None = None
) -> Response:
    reason = "" if because is None else because.reason

    async def work(session: AsyncSession) -> Told:
        with told_as_problems():
            facts = await edits.move(
                session, errand.org_id, campaign_id, event, errand.at, errand.who.actor, reason
            )
        return Told(told_campaign(facts), 200)

    return await errand.do(work, Haste.URGENT)
