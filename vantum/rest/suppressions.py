"""Suppressions: who must not be called. Everybody who calls may add one; to lift one takes more, and a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.legal import case as legal
from vantum.core.legal.case import Reason, Scope
from vantum.core.outreach import field_values
from vantum.core.outreach.line import WORDS, Problem
from vantum.numbering import read_number
from vantum.rest import rows
from vantum.rest.access import Right
from vantum.rest.errand import Asking, Errand, Posting, Told
from vantum.rest.fields import ID_FORM, LINE, Body, Id, Moment, Prose, View, line
from vantum.rest.paging import Asked, Page, told
from vantum.rest.problems import Kind, Refused, flaw_at, invalid
from vantum.rest.route import RestRoute, needs
from vantum.store import suppressions
from vantum.store.hidden_numbers import hidden
from vantum.store.models import Company, Contact, Owned, Suppression
from vantum.store.suppression_list import Standing, saying, standing_at
from vantum.store.suppressions import Origin
from vantum.store.write_line import Haste

ROUTER = APIRouter(prefix="/api/suppressions", tags=["suppressions"], route_class=RestRoute)
_NAMED: Final[Mapping[Scope, type[Owned]]] = {Scope.CONTACT: Contact, Scope.COMPANY: Company}
"""What the value of a suppression is an id of."""


class SuppressionView(View):
    """Somebody who must not be called."""

    scope: Scope
    value: str = Field(
        description="A number in E.164, the id of a contact or a company, or a domain.",
        examples=["+12125550100"],
    )
    reason: Reason
    source_call_id: str | None = Field(description="The call in which it was said.")
    quote: str = Field(description="The words that were said.", examples=["Take me off your list."])
    quote_ms: int | None = Field(description="Where they are in the call's audio, in milliseconds.")
    expires_at: datetime | None = Field(description="Until when it holds; null is for ever.")
    created_at: datetime
    updated_at: datetime


class NewSuppression(Body):
    """Somebody who must not be called any more."""

    scope: Scope = Scope.NUMBER
    value: Annotated[
        str,
        line(254, 1),
        Field(
            description="A number with its country code, the id of a contact or a company, or a domain.",
            examples=["+12125550100"],
        ),
    ]
    reason: Reason = Reason.MANUAL
    quote: Annotated[Prose, Field(examples=["Take me off your list."])] = ""
    expires_at: Annotated[Moment | None, Field(description="Until when; none: for ever.")] = None


class Lifting(Body):
    """Why somebody may be called again."""

    reason: Annotated[str, line(500, 1), Field(examples=["Wrote to us on March 3rd and asked for a call."])]


def filters(
    errand: Asking,
    scope: Annotated[Scope | None, Query(description="About this.")] = None,
    value: Annotated[
        str | None, Query(max_length=254, pattern=LINE, description="About exactly this one.")
    ] = None,
    reason: Annotated[Reason | None, Query(description="For this reason.")] = None,
    standing: Annotated[Standing | None, Query(description="That hold, or are over.")] = None,
) -> list[ColumnElement[bool]]:
    """Which suppressions are asked for."""
    where: list[ColumnElement[bool]] = []
    if scope is not None:
        where.append(Suppression.scope == scope)
    if value is not None:
        # Who was erased is kept without being readable.
        where.append(Suppression.value.in_((value, hidden(errand.org_id, value))))
    if reason is not None:
        where.append(Suppression.reason == reason)
    if standing is not None:
        where.append(standing_at(standing, errand.at))
    return where


Filters = Annotated[list[ColumnElement[bool]], Depends(filters)]


@ROUTER.get(
    "", summary="List suppressions", response_model=Page[SuppressionView], **needs(Right.SUPPRESSIONS_READ)
)
async def list_suppressions(errand: Asking, wanted: Asked, where: Filters) -> Response:
    """The suppressions of the organisation, the newest first, those that are over among them."""
    async with errand.reading() as session:
        return await told(session, errand.org_id, Suppression, wanted, SuppressionView, where)


@ROUTER.get(
    "/{suppression_id}",
    summary="Tell of a suppression",
    **needs(Right.SUPPRESSIONS_READ, Kind.NOT_FOUND),
)
async def get_suppression(suppression_id: Id, errand: Asking) -> SuppressionView:
    """One suppression."""
    async with errand.reading() as session:
        row = await rows.found(session, errand.org_id, Suppression, suppression_id, "suppression")
        return SuppressionView.model_validate(row)


@ROUTER.post(
    "",
    status_code=201,
    summary="Add a suppression",
    response_model=SuppressionView,
    **needs(Right.SUPPRESSIONS_WRITE, Kind.CONFLICT),
)
async def add_suppression(new: NewSuppression, errand: Posting) -> Response:
    """Call somebody no more, from this second on. One that is there is never shortened by it."""
    if new.expires_at is not None and new.expires_at <= errand.at:
        raise invalid(flaw_at("expiresAt", "This is over already."))
    wanted = legal.Suppression(new.scope, _value(new), new.reason, new.expires_at)

    async def work(session: AsyncSession) -> Told:
        return await _added(session, errand, wanted, new.quote)

    return await errand.do(work, Haste.URGENT)


@ROUTER.post(
    "/{suppression_id}:lift",
    summary="Lift a suppression",
    response_model=SuppressionView,
    **needs(Right.SUPPRESSIONS_LIFT, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def lift_suppression(suppression_id: Id, lifting: Lifting, errand: Posting) -> Response:
    """Let somebody be called again. The record stays, and why is in the audit log."""

    async def work(session: AsyncSession) -> Told:
        row = await rows.found(session, errand.org_id, Suppression, suppression_id, "suppression")
        if not await suppressions.lift(session, errand.org_id, suppression_id, errand.at):
            raise Refused(Kind.CONFLICT, "It does not hold any more.")
        await errand.note(session, "suppression.lift", suppression_id, {"reason": lifting.reason})
        await session.refresh(row)
        return Told(SuppressionView.model_validate(row), 200)

    return await errand.do(work)


async def _added(session: AsyncSession, errand: Errand, wanted: legal.Suppression, quote: str) -> Told:
    named = _NAMED.get(wanted.scope)
    if named is not None:
        await rows.named(session, errand.org_id, named, wanted.value, "value")
    await suppressions.add(session, errand.org_id, wanted, Origin(quote=quote))
    row = await saying(session, errand.org_id, wanted)
    if row is None:
        raise Refused(Kind.CONFLICT, "It was removed in the same moment: ask again.")
    await errand.note(session, "suppression.add", row.id, {"scope": row.scope, "reason": row.reason})
    return Told(SuppressionView.model_validate(row))


def _value(new: NewSuppression) -> str:
    """Whom it is about, in the one form in which it is kept; raises Refused."""
    match new.scope:
        case Scope.NUMBER:
            found = read_number(new.value, "")
            if isinstance(found, Problem):
                raise invalid(flaw_at("value", WORDS[found]))
            return found.number
        case Scope.DOMAIN:
            domain = field_values.domain(new.value)
            if domain is None:
                raise invalid(flaw_at("value", "It is no domain; acorn.example.com is one."))
            return domain
        case Scope.CONTACT | Scope.COMPANY:
            if not ID_FORM.fullmatch(new.value):
                raise invalid(flaw_at("value", "There is nothing with this id."))
            return new.value
