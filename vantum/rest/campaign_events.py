"""A campaign's figures as events: told each second in which they have changed, until it is over."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import APIRouter, Request, Response

from vantum.campaigns.status import status
from vantum.core.errors import CampaignError
from vantum.core.outreach.campaign import CampaignState
from vantum.rest.access import Right
from vantum.rest.campaign_failures import told_as_problems
from vantum.rest.campaign_figures import StatusView, told_status
from vantum.rest.errand import Asking, Errand
from vantum.rest.fields import Id
from vantum.rest.lookout import Look, Lookout, lookout_of
from vantum.rest.premises import AtHome, Premises
from vantum.rest.problems import Kind
from vantum.rest.route import RestRoute, needs
from vantum.rest.streams import EventStream, Source, Told, streams_of

ROUTER = APIRouter(prefix="/api/campaigns", tags=["campaigns"], route_class=RestRoute)
LOOK_SECONDS: Final = 1.0
STATUS: Final = "status"


@ROUTER.get(
    "/{campaign_id}/events",
    summary="Follow a campaign",
    status_code=200,
    response_class=EventStream,
    **needs(Right.CAMPAIGNS_READ, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def follow_campaign(campaign_id: Id, request: Request, errand: Asking, home: AtHome) -> Response:
    """Events named `status`, each as `/api/campaigns/ID/status` tells it: one at once, and one each second in which
    something has changed. The stream ends with the campaign, or behind an hour: ask again then."""
    look = _look(errand, campaign_id, home, lookout_of(request))
    with told_as_problems():
        first = told_status(await status(errand.store, errand.org_id, campaign_id, home.terms, errand.at))
    return streams_of(request).answer(figures_told(first, look))


async def figures_told(first: StatusView, look: Look) -> Source:
    """``first``, and what ``look`` tells, as often as it tells something else, until the campaign does nothing by
    itself."""
    seen: StatusView | None = first
    told = None
    while seen is not None:
        news = _without_moments(seen)
        if news == told:
            yield None
        else:
            told = news
            yield Told(STATUS, seen.model_dump_json(by_alias=True))
        if _rests(seen):
            return
        await asyncio.sleep(LOOK_SECONDS)
        seen = await look()


def _look(errand: Errand, campaign_id: str, home: Premises, lookout: Lookout) -> Look:
    async def look() -> StatusView | None:
        try:
            now = errand.office.clock()
            return told_status(await status(errand.store, errand.org_id, campaign_id, home.terms, now))
        except CampaignError:
            return None

    async def shared() -> StatusView | None:
        return await lookout.at((errand.org_id, campaign_id), look, LOOK_SECONDS)

    return shared


def _without_moments(seen: StatusView) -> StatusView:
    """The figures alone: the moment is another one each time, and so is the end that is to be expected."""
    return seen.model_copy(update={"at": None, "ends_at": None})


def _rests(seen: StatusView) -> bool:
    """Whether somebody has to do something before anything changes."""
    return seen.is_over or (seen.state is CampaignState.DRAFT and not seen.leads.in_call)
