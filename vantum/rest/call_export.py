"""The call log as CSV, for spreadsheets: sent as it is read, a page of the database at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy import ColumnElement

from vantum.rest.access import Right
from vantum.rest.call_bodies import CallLogView, told_call
from vantum.rest.call_log import Filters
from vantum.rest.csv_answer import Csv, Table, csv_file
from vantum.rest.errand import Asking, Errand
from vantum.rest.route import RestRoute, needs
from vantum.store import call_list
from vantum.store.models import Call
from vantum.store.pages import LARGEST_SIZE, Cut, Order, page

ROUTER = APIRouter(prefix="/api", tags=["calls"], route_class=RestRoute)

CALLS: Final[Table[CallLogView]] = Table(
    {
        "id": lambda call: call.id,
        "campaign_id": lambda call: call.campaign_id,
        "lead_id": lambda call: call.lead_id,
        "contact_id": lambda call: call.contact_id,
        "attempt_no": lambda call: call.attempt_no,
        "direction": lambda call: call.direction,
        "transport": lambda call: call.transport,
        "to": lambda call: call.to,
        "from": lambda call: call.from_,
        "status": lambda call: call.status,
        "outcome": lambda call: call.outcome,
        "disposition": lambda call: call.disposition,
        "interest": lambda call: call.interest,
        "summary": lambda call: call.summary,
        "answered_by": lambda call: call.answered_by,
        "pickup": lambda call: call.pickup,
        "dialed_at": lambda call: call.dialed_at,
        "answered_at": lambda call: call.answered_at,
        "ended_at": lambda call: call.ended_at,
        "seconds": lambda call: call.seconds,
        "end_reason": lambda call: call.end_reason,
        "sip_code": lambda call: call.sip_code,
        "cost": lambda call: None if call.cost is None else f"{call.cost.micros / 1_000_000:.6f}",
        "currency": lambda call: None if call.cost is None else call.cost.currency,
        "pipeline": lambda call: call.pipeline,
        "record_id": lambda call: call.record_id,
        "created_at": lambda call: call.created_at,
    }
)


@ROUTER.get(
    "/call-log:export",
    summary="Export calls",
    response_class=Csv,
    **needs(Right.CALLS_EXPORT),
)
async def export_calls(errand: Asking, where: Filters) -> Response:
    """All calls that the filters let through, the oldest first, as CSV. That it was done is in the audit log."""
    await errand.store.write(lambda session: errand.note(session, "call.export", ""))
    return csv_file("calls", _lines(errand, where))


async def _lines(errand: Errand, where: Sequence[ColumnElement[bool]]) -> AsyncIterator[str]:
    """The heading and a line for each call. Between two pages no transaction is open."""
    yield CALLS.heading()
    after: str | None = None
    while True:
        cut = Cut(LARGEST_SIZE, after, Order.OLDEST_FIRST)
        async with errand.reading() as session:
            found = await page(session, errand.org_id, Call, cut, *where)
            paid = await call_list.paid(session, errand.org_id, [row.id for row in found.rows])
            told = [told_call(row, paid.get(row.id)) for row in found.rows]
        yield CALLS.lines(told)
        after = found.after
        if after is None:
            return
