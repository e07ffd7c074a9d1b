"""Consents: what somebody agreed to, withdrew, and how that is shown. A record is added, and never changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.legal import case as legal
from vantum.core.legal.case import ConsentKind, Method
from vantum.rest import rows
from vantum.rest.access import Right
from vantum.rest.errand import Asking, Posting, Told
from vantum.rest.fields import Body, Id, Moment, Prose, View
from vantum.rest.paging import Asked, Page, told
from vantum.rest.problems import Kind, Refused, flaw_at, invalid, not_found
from vantum.rest.route import RestRoute, needs
from vantum.store import changes, consents
from vantum.store.consents import Proof
from vantum.store.models import Consent, Contact
from vantum.store.words import ConsentStatus, ContactState

ROUTER = APIRouter(prefix="/api/contacts/{contact_id}/consents", tags=["consents"], route_class=RestRoute)
CLOCKS_DIFFER: Final = timedelta(minutes=5)
"""How far ahead of ours somebody's clock may be."""


class ConsentView(View):
    """What somebody agreed to, or took back."""

    contact_id: str
    kind: ConsentKind
    status: ConsentStatus
    method: Method
    text_shown: str = Field(description="What was asked.", examples=["May our AI assistant call you?"])
    proof: str = Field(description="Where the answer is kept.", examples=["form 1042"])
    granted_at: datetime | None
    revoked_at: datetime | None
    call_id: str | None = Field(description="The call in which it was said.")
    created_at: datetime


class NewConsent(Body):
    """A consent, or a withdrawal, to add."""

    kind: ConsentKind
    status: ConsentStatus = ConsentStatus.GRANTED
    method: Method
    at: Annotated[Moment, Field(description="When it was given or taken back.")]
    text_shown: Annotated[Prose, Field(examples=["May our AI assistant call you?"])] = ""
    proof: Annotated[Prose, Field(examples=["form 1042"])] = ""


@ROUTER.get(
    "",
    summary="List consents",
    response_model=Page[ConsentView],
    **needs(Right.CONSENTS_READ, Kind.NOT_FOUND),
)
async def list_consents(contact_id: Id, errand: Asking, wanted: Asked) -> Response:
    """Everything that a contact agreed to and took back, the newest record first."""
    async with errand.reading() as session:
        await rows.found(session, errand.org_id, Contact, contact_id, "contact")
        where = [Consent.contact_id == contact_id]
        return await told(session, errand.org_id, Consent, wanted, ConsentView, where)


@ROUTER.get("/{consent_id}", summary="Tell of a consent", **needs(Right.CONSENTS_READ, Kind.NOT_FOUND))
async def get_consent(contact_id: Id, consent_id: Id, errand: Asking) -> ConsentView:
    """One record."""
    async with errand.reading() as session:
        row = await changes.get(session, errand.org_id, Consent, consent_id)
        if row is None or row.contact_id != contact_id:
            raise not_found("consent")
        return ConsentView.model_validate(row)


@ROUTER.post(
    "",
    status_code=201,
    summary="Add a consent",
    response_model=ConsentView,
    **needs(Right.CONSENTS_WRITE, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def add_consent(contact_id: Id, new: NewConsent, errand: Posting) -> Response:
    """Put down what somebody agreed to, or took back; what was put down before stays."""
    if new.at > errand.at + CLOCKS_DIFFER:
        raise invalid(flaw_at("at", "This has not happened yet."))
    granted = new.status is ConsentStatus.GRANTED
    said = legal.Consent(new.kind, new.method, new.at if granted else None, None if granted else new.at)
    proof = Proof(new.text_shown, new.proof)

    async def work(session: AsyncSession) -> Told:
        contact = await rows.found(session, errand.org_id, Contact, contact_id, "contact")
        if contact.state is ContactState.ERASED:
            raise Refused(Kind.CONFLICT, "Nothing is known of this contact any more.")
        row = await consents.add(session, errand.org_id, contact_id, said, proof)
        await errand.note(
            session, "consent.add", row.id, {"contact": contact_id, "kind": new.kind, "status": new.status}
        )
        return Told(ConsentView.model_validate(row))

    return await errand.do(work)
