"""The organisation that asks: who calls, from where, and for how long things are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import AfterValidator, Field
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.rest.access import Right
from vantum.rest.errand import Asking
from vantum.rest.fields import Change, Country, Id, LongName, Name, OwnZone, Region, View, e164, line
from vantum.rest.paging import JSON, Page
from vantum.rest.problems import Kind, not_found
from vantum.rest.route import RestRoute, needs
from vantum.store import changes, orgs
from vantum.store.models import Org

ROUTER = APIRouter(prefix="/api/organisations", tags=["organisations"], route_class=RestRoute)


def _own_number(text: str) -> str:
    return e164(text) if text else ""


class OrganisationView(View):
    """An organisation."""

    slug: str = Field(description="Its short name.", examples=["default"])
    name: str
    legal_name: str = Field(description="Who it is in law; the bot says it.", examples=["Acorn Inc."])
    callback_number: str = Field(description="Where people can call back.", examples=["+12125550199"])
    country: str = Field(description="The caller's end, for the law.", examples=["US"])
    region: str = Field(examples=["NY"])
    timezone: str = Field(examples=["America/New_York"])
    currency: str = Field(examples=["USD"])
    retention_days: int = Field(description="How long things are kept; 0 keeps them.", examples=[90])
    max_concurrency: int = Field(description="How many calls there may be at a time.", examples=[50])
    created_at: datetime


class OrganisationChange(Change):
    """What is to become of an organisation."""

    name: Name = ""
    legal_name: LongName = ""
    callback_number: Annotated[
        str, line(100), AfterValidator(_own_number), Field(examples=["+12125550199"])
    ] = ""
    country: Country = ""
    region: Region = ""
    timezone: OwnZone = ""
    retention_days: Annotated[int, Field(strict=True, ge=0, le=36_500)] = 0
    max_concurrency: Annotated[int, Field(strict=True, ge=1, le=10_000)] = 1


@ROUTER.get(
    "",
    summary="List organisations",
    response_model=Page[OrganisationView],
    **needs(Right.ORGANISATION_READ),
)
async def list_organisations(errand: Asking) -> Response:
    """The one organisation that the key belongs to."""
    async with errand.reading() as session:
        told = _view(await _own(session, errand.org_id, errand.org_id))
    return Response(f'{{"items":[{told.model_dump_json(by_alias=True)}],"next":null}}', media_type=JSON)


@ROUTER.get(
    "/{organisation_id}",
    summary="Tell of an organisation",
    **needs(Right.ORGANISATION_READ, Kind.NOT_FOUND),
)
async def get_organisation(organisation_id: Id, errand: Asking) -> OrganisationView:
    """The organisation that the key belongs to; no other one."""
    async with errand.reading() as session:
        return _view(await _own(session, errand.org_id, organisation_id))


@ROUTER.patch(
    "/{organisation_id}",
    summary="Change an organisation",
    **needs(Right.ORGANISATION_WRITE, Kind.NOT_FOUND),
)
async def change_organisation(
    organisation_id: Id, change: OrganisationChange, errand: Asking
) -> OrganisationView:
    """Change what is sent; all else stays."""
    values = change.told()

    async def work(session: AsyncSession) -> OrganisationView:
        await _own(session, errand.org_id, organisation_id)
        row = await changes.change_org(session, errand.org_id, values)
        if row is None:
            raise not_found("organisation")
        if values:
            await errand.note(session, "organisation.change", row.id, {"fields": sorted(values)})
        return _view(row)

    return await errand.store.write(work)


async def _own(session: AsyncSession, org_id: str, asked: str) -> Org:
    row = await orgs.get(session, org_id) if asked == org_id else None
    if row is None:
        raise not_found("organisation")
    return row


def _view(row: Org) -> OrganisationView:
    return OrganisationView.model_validate(row)
