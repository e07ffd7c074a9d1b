"""The call log: every call of the organisation as the store knows it, with what was said in it.

It is not under ``/api/calls``: those are the calls of this server's phone, whose ids are the names of their records,
and which are asked for with the operator's keys. A call of the store has an id of its own, from before anybody was
asked to dial, and belongs to an organisation.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import FileResponse
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import QueryableAttribute

from vantum.call_files import RECORDING
from vantum.call_folder import folder_of
from vantum.call_views import CallView, view_of
from vantum.core.outreach.outcome import AttemptOutcome, Disposition
from vantum.phone.phone_call import read_call
from vantum.record import read_record
from vantum.rest import rows
from vantum.rest.access import Right
from vantum.rest.call_bodies import CallLogView, told_call
from vantum.rest.errand import Asking, Errand
from vantum.rest.fields import ID, LINE, Id, Moment
from vantum.rest.listing import as_page
from vantum.rest.paging import Asked, Page
from vantum.rest.premises import AtHome, Premises
from vantum.rest.problems import Kind, not_found
from vantum.rest.route import RestRoute, needs
from vantum.store import call_list
from vantum.store.models import Call
from vantum.store.pages import page
from vantum.store.words import CallStatus, Direction, Transport

ROUTER = APIRouter(prefix="/api/call-log", tags=["calls"], route_class=RestRoute)


class Wave(FileResponse):
    """A recording."""

    media_type = "audio/wav"


def filters(
    campaign_id: Annotated[str | None, Query(alias="campaignId", pattern=ID)] = None,
    lead_id: Annotated[str | None, Query(alias="leadId", pattern=ID)] = None,
    contact_id: Annotated[str | None, Query(alias="contactId", pattern=ID)] = None,
    status: Annotated[CallStatus | None, Query(description="That far.")] = None,
    outcome: Annotated[AttemptOutcome | None, Query(description="That ended so.")] = None,
    disposition: Disposition | None = None,
    direction: Direction | None = None,
    transport: Transport | None = None,
) -> list[ColumnElement[bool]]:
    """Which calls are asked for."""
    exactly: dict[QueryableAttribute[Any], object] = {
        Call.campaign_id: campaign_id,
        Call.lead_id: lead_id,
        Call.contact_id: contact_id,
        Call.status: status,
        Call.outcome: outcome,
        Call.disposition: disposition,
        Call.direction: direction,
        Call.transport: transport,
    }
    return [column == value for column, value in exactly.items() if value is not None]


def more_filters(
    to: Annotated[
        str | None, Query(max_length=16, pattern=LINE, description="To this number (E.164).")
    ] = None,
    since: Annotated[Moment | None, Query(description="Made at this moment or later.")] = None,
    before: Annotated[Moment | None, Query(description="Made before this moment.")] = None,
) -> list[ColumnElement[bool]]:
    """To whom, from when on, and until when."""
    where: list[ColumnElement[bool]] = []
    if to is not None:
        # In an address a plus sign may have become a space.
        where.append(Call.to_number == f"+{to.strip().removeprefix('+')}")
    if since is not None:
        where.append(Call.created_at >= since)
    if before is not None:
        where.append(Call.created_at < before)
    return where


def asked_for(
    where: Annotated[list[ColumnElement[bool]], Depends(filters)],
    more: Annotated[list[ColumnElement[bool]], Depends(more_filters)],
) -> list[ColumnElement[bool]]:
    """Both."""
    return where + more


Filters = Annotated[list[ColumnElement[bool]], Depends(asked_for)]


@ROUTER.get("", summary="List calls", response_model=Page[CallLogView], **needs(Right.CALLS_READ))
async def list_calls(errand: Asking, wanted: Asked, where: Filters) -> Response:
    """The calls of the organisation, those of campaigns and all others, the newest first."""
    async with errand.reading() as session:
        found = await page(session, errand.org_id, Call, wanted.cut, *where)
        paid = await call_list.paid(session, errand.org_id, [row.id for row in found.rows])
        return as_page(wanted, [told_call(row, paid.get(row.id)) for row in found.rows], found.after)


@ROUTER.get("/{call_id}", summary="Tell of a call", **needs(Right.CALLS_READ, Kind.NOT_FOUND))
async def get_call(call_id: Id, errand: Asking) -> CallLogView:
    """One call: how it ended, what it costs, and where more is told."""
    async with errand.reading() as session:
        row = await _found(session, errand, call_id)
        paid = await call_list.paid(session, errand.org_id, [row.id])
        return told_call(row, paid.get(row.id))


@ROUTER.get(
    "/{call_id}/record",
    summary="Tell what was said in a call",
    **needs(Right.CALLS_READ, Kind.NOT_FOUND),
)
async def get_record(call_id: Id, errand: Asking, home: AtHome) -> CallView:
    """The transcript of a call under way or over, and how long each answer took."""
    folder = await _folder(errand, call_id, home)
    view = await asyncio.to_thread(_read, folder, home)
    if view is None:
        raise not_found("record of this call")
    return view


@ROUTER.get(
    "/{call_id}/recording",
    summary="Play a call",
    response_class=Wave,
    **needs(Right.RECORDINGS_READ, Kind.NOT_FOUND),
)
async def get_recording(call_id: Id, errand: Asking, home: AtHome) -> Response:
    """The sound of a call, the caller on the left and the bot on the right. That it was asked for is in the audit
    log."""
    path = await _folder(errand, call_id, home) / RECORDING
    if not await asyncio.to_thread(path.is_file):
        raise not_found("recording of this call")
    await errand.store.write(lambda session: errand.note(session, "recording.play", call_id))
    return Wave(path, media_type=Wave.media_type, filename=f"{call_id}.wav")


async def _found(session: AsyncSession, errand: Errand, call_id: str) -> Call:
    return await rows.found(session, errand.org_id, Call, call_id, "call")


async def _folder(errand: Errand, call_id: str, home: Premises) -> Path:
    """Where the record of a call lies; raises Refused for one that has none here."""
    async with errand.reading() as session:
        row = await _found(session, errand, call_id)
    folder = None if row.record_id is None else folder_of(home.data, row.record_id)
    if folder is None:
        raise not_found("record of this call")
    return folder


def _read(folder: Path, home: Premises) -> CallView | None:
    return view_of(read_call(folder), read_record(home.data, folder.name, home.is_open))
