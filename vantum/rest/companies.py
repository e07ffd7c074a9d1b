"""Companies: for whom people work, and whether anybody there may be called."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.rest import rows
from vantum.rest.access import Right
from vantum.rest.errand import Asking, Posting, Told
from vantum.rest.fields import LINE, Body, Change, Domain, Id, Name, Prose, View
from vantum.rest.paging import Asked, Page, told
from vantum.rest.problems import Kind, Refused
from vantum.rest.route import RestRoute, needs
from vantum.store import companies
from vantum.store.companies import NewCompany
from vantum.store.models import Company

ROUTER = APIRouter(prefix="/api/companies", tags=["companies"], route_class=RestRoute)

Calls = Annotated[int, Field(strict=True, ge=0, le=1_000, examples=[3])]
DoNotCall = Annotated[bool, Field(strict=True, description="Whether nobody there is called.")]


class CompanyView(View):
    """A company."""

    name: str = Field(examples=["Acorn Inc."])
    domain: str | None = Field(examples=["acorn.example.com"])
    dnc: bool = Field(description="Whether nobody there is called.")
    max_calls_per_day: int | None = Field(description="How many calls a day it gets; null is no limit.")
    gatekeeper_notes: str
    created_at: datetime
    updated_at: datetime


class NewCompanyBody(Body):
    """A company to add."""

    name: Name
    domain: Domain | None = None
    dnc: DoNotCall = False
    max_calls_per_day: Calls | None = None
    gatekeeper_notes: Prose = ""


class CompanyChange(Change):
    """What is to become of a company."""

    name: Name = ""
    domain: Domain | None = None
    dnc: DoNotCall = False
    max_calls_per_day: Calls | None = None
    gatekeeper_notes: Prose = ""


@ROUTER.get("", summary="List companies", response_model=Page[CompanyView], **needs(Right.COMPANIES_READ))
async def list_companies(
    errand: Asking,
    wanted: Asked,
    domain: Annotated[
        str | None, Query(max_length=253, pattern=LINE, description="With this domain.")
    ] = None,
    name: Annotated[
        str | None, Query(max_length=200, pattern=LINE, description="With this in the name.")
    ] = None,
) -> Response:
    """The companies of the organisation, the newest first."""
    where = []
    if domain is not None:
        where.append(Company.domain == domain.lower())
    if name is not None:
        where.append(Company.name.icontains(name, autoescape=True))
    async with errand.reading() as session:
        return await told(session, errand.org_id, Company, wanted, CompanyView, where)


@ROUTER.get("/{company_id}", summary="Tell of a company", **needs(Right.COMPANIES_READ, Kind.NOT_FOUND))
async def get_company(company_id: Id, errand: Asking) -> CompanyView:
    """One company."""
    async with errand.reading() as session:
        row = await rows.found(session, errand.org_id, Company, company_id, "company")
        return CompanyView.model_validate(row)


@ROUTER.post(
    "",
    status_code=201,
    summary="Add a company",
    response_model=CompanyView,
    **needs(Right.COMPANIES_WRITE, Kind.CONFLICT),
)
async def add_company(new: NewCompanyBody, errand: Posting) -> Response:
    """Add a company; two do not have one domain."""
    wanted = NewCompany(
        name=new.name,
        domain=new.domain,
        dnc=new.dnc,
        max_calls_per_day=new.max_calls_per_day,
        gatekeeper_notes=new.gatekeeper_notes,
    )

    async def work(session: AsyncSession) -> Told:
        if (
            new.domain is not None
            and await companies.by_domain(session, errand.org_id, new.domain) is not None
        ):
            raise Refused(Kind.CONFLICT, "There is a company with this domain already.")
        row = await rows.unique(companies.add(session, errand.org_id, wanted))
        await errand.note(session, "company.create", row.id)
        return Told(CompanyView.model_validate(row))

    return await errand.do(work)


@ROUTER.patch(
    "/{company_id}",
    summary="Change a company",
    **needs(Right.COMPANIES_WRITE, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def change_company(company_id: Id, change: CompanyChange, errand: Asking) -> CompanyView:
    """Change what is sent; all else stays."""
    values = change.told()

    async def work(session: AsyncSession) -> CompanyView:
        row = await rows.found(session, errand.org_id, Company, company_id, "company")
        row = await rows.changed(session, errand.org_id, row, values)
        if values:
            await errand.note(session, "company.change", row.id, {"fields": sorted(values)})
        return CompanyView.model_validate(row)

    return await errand.store.write(work)
