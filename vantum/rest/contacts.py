"""Contacts: who may be called, by which number, and where that number came from."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import QueryableAttribute

from vantum.core.legal.case import LineType
from vantum.core.outreach.line import WORDS, Problem
from vantum.numbering import read_number
from vantum.rest import rows
from vantum.rest.access import Right
from vantum.rest.contact_bodies import (
    ContactChange,
    ContactView,
    MentionView,
    NewContactBody,
    ProvenanceView,
)
from vantum.rest.contact_facts import changed_columns, new_contact
from vantum.rest.errand import Asking, Errand, Posting, Told
from vantum.rest.fields import COUNTRY, ID, LINE, LONGEST_PHONE, Id
from vantum.rest.paging import Asked, Page, told
from vantum.rest.problems import Flaw, Kind, Refused, invalid, not_found, pointer
from vantum.rest.route import RestRoute, needs
from vantum.store import contact_book, contacts
from vantum.store.models import Company, Contact
from vantum.store.words import ContactState

ROUTER = APIRouter(prefix="/api/contacts", tags=["contacts"], route_class=RestRoute)
IN_USE: Final = (ContactState.ACTIVE, ContactState.INVALID)
"""Who is in lists, unless another state is asked for."""

Text = Annotated[str | None, Query(max_length=254, pattern=LINE)]


def filters(
    state: Annotated[
        ContactState | None, Query(description="In this state; none: all but archived and erased ones.")
    ] = None,
    company_id: Annotated[str | None, Query(alias="companyId", pattern=ID)] = None,
    country: Annotated[str | None, Query(pattern=COUNTRY)] = None,
    line_type: Annotated[LineType | None, Query(alias="lineType")] = None,
    phone: Annotated[
        str | None, Query(max_length=LONGEST_PHONE, pattern=LINE, description="With this number.")
    ] = None,
    email: Text = None,
    source: Text = None,
    name: Annotated[
        str | None, Query(max_length=200, pattern=LINE, description="With this in the name.")
    ] = None,
) -> list[ColumnElement[bool]]:
    """Which contacts are asked for."""
    where: list[ColumnElement[bool]] = [
        Contact.state.in_(IN_USE) if state is None else Contact.state == state
    ]
    exactly: dict[QueryableAttribute[Any], object] = {
        Contact.company_id: company_id,
        Contact.country: country,
        Contact.line_type: line_type,
        Contact.e164: None if phone is None else _number(phone),
        Contact.email: None if email is None else email.lower(),
        Contact.source: source,
    }
    where += [column == value for column, value in exactly.items() if value is not None]
    if name is not None:
        where.append(Contact.name.icontains(name, autoescape=True))
    return where


Filters = Annotated[list[ColumnElement[bool]], Depends(filters)]


@ROUTER.get("", summary="List contacts", response_model=Page[ContactView], **needs(Right.CONTACTS_READ))
async def list_contacts(errand: Asking, wanted: Asked, where: Filters) -> Response:
    """The contacts of the organisation, the newest first."""
    async with errand.reading() as session:
        return await told(session, errand.org_id, Contact, wanted, ContactView, where)


@ROUTER.get("/{contact_id}", summary="Tell of a contact", **needs(Right.CONTACTS_READ, Kind.NOT_FOUND))
async def get_contact(contact_id: Id, errand: Asking) -> ContactView:
    """One contact, in whatever state."""
    async with errand.reading() as session:
        return ContactView.model_validate(await _found(session, errand, contact_id))


@ROUTER.get(
    "/{contact_id}/provenance",
    summary="Tell where a number came from",
    **needs(Right.CONTACTS_READ, Kind.NOT_FOUND),
)
async def get_provenance(contact_id: Id, errand: Asking) -> ProvenanceView:
    """The answer to "where did you get my number?"."""
    async with errand.reading() as session:
        row = await _found(session, errand, contact_id)
        lists = await contact_book.mentions(session, errand.org_id, contact_id)
    return ProvenanceView(
        id=row.id,
        source=row.source,
        source_detail=row.source_detail,
        source_at=row.source_at,
        added_at=row.created_at,
        lists=[
            MentionView(id=each.import_id, filename=each.filename, row=each.row, at=each.at) for each in lists
        ],
    )


@ROUTER.post(
    "",
    status_code=201,
    summary="Add a contact",
    response_model=ContactView,
    **needs(Right.CONTACTS_WRITE, Kind.CONFLICT),
)
async def add_contact(new: NewContactBody, errand: Posting) -> Response:
    """Add somebody. A number is that of one contact only."""
    wanted = new_contact(new)

    async def work(session: AsyncSession) -> Told:
        await rows.named(session, errand.org_id, Company, wanted.company_id, "companyId")
        known = await contacts.ids_by_e164(session, errand.org_id, [wanted.e164])
        if known:
            there = f"/api/contacts/{known[wanted.e164]}"
            raise Refused(Kind.CONFLICT, f"There is a contact with this number already: {there}.")
        row = await rows.unique(contact_book.add(session, errand.org_id, wanted))
        await errand.note(session, "contact.create", row.id)
        return Told(ContactView.model_validate(row))

    return await errand.do(work)


@ROUTER.patch(
    "/{contact_id}",
    summary="Change a contact",
    **needs(Right.CONTACTS_WRITE, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def change_contact(contact_id: Id, change: ContactChange, errand: Asking) -> ContactView:
    """Change what is sent; all else stays. The number, and where it came from, cannot be changed."""

    async def work(session: AsyncSession) -> ContactView:
        row = await _known(session, errand, contact_id)
        values = changed_columns(row, change)
        await rows.named(session, errand.org_id, Company, change.company_id, "companyId")
        row = await rows.changed(session, errand.org_id, row, values)
        if values:
            await errand.note(session, "contact.change", row.id, {"fields": sorted(change.told())})
        return ContactView.model_validate(row)

    return await errand.store.write(work)


@ROUTER.post(
    "/{contact_id}:archive",
    summary="Archive a contact",
    response_model=ContactView,
    **needs(Right.CONTACTS_WRITE, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def archive_contact(contact_id: Id, errand: Posting) -> Response:
    """Take somebody out of lists and campaigns. What is known of them stays, to be found by its id."""

    async def work(session: AsyncSession) -> Told:
        await _known(session, errand, contact_id)
        row = await contact_book.archive(session, errand.org_id, contact_id)
        if row is None:
            raise not_found("contact")
        await errand.note(session, "contact.archive", contact_id)
        return Told(ContactView.model_validate(row), 200)

    return await errand.do(work)


async def _found(session: AsyncSession, errand: Errand, contact_id: str) -> Contact:
    return await rows.found(session, errand.org_id, Contact, contact_id, "contact")


async def _known(session: AsyncSession, errand: Errand, contact_id: str) -> Contact:
    """A contact of whom something is known still; raises Refused."""
    row = await _found(session, errand, contact_id)
    if row.state is ContactState.ERASED:
        raise Refused(Kind.CONFLICT, "Nothing is known of this contact any more.")
    return row


def _number(text: str) -> str:
    """The number that is looked for; in an address a plus sign may have become a space."""
    found = read_number(f"+{text.strip().removeprefix('+')}", "")
    if isinstance(found, Problem):
        raise invalid(Flaw(detail=WORDS[found], pointer=pointer("phone"), location="query"))
    return found.number
