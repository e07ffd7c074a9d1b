"""Lists as CSV, for spreadsheets: sent as they are read, a page of the database at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Final, TypeVar

from fastapi import APIRouter, Response
from sqlalchemy import ColumnElement

from vantum.rest import contacts, suppressions
from vantum.rest.access import Right
from vantum.rest.csv_answer import Csv, Table, csv_file
from vantum.rest.errand import Asking, Errand
from vantum.rest.route import RestRoute, needs
from vantum.store.engine import Store
from vantum.store.models import Contact, Owned, Suppression
from vantum.store.pages import LARGEST_SIZE, Cut, Order, page

ROUTER = APIRouter(prefix="/api", route_class=RestRoute)


Kept = TypeVar("Kept", bound=Owned)

CONTACTS: Final[Table[Contact]] = Table(
    {
        "id": lambda row: row.id,
        "phone": lambda row: row.e164,
        "first_name": lambda row: row.first_name,
        "last_name": lambda row: row.last_name,
        "name": lambda row: row.name,
        "title": lambda row: row.title,
        "email": lambda row: row.email,
        "company_id": lambda row: row.company_id,
        "language": lambda row: row.language,
        "country": lambda row: row.country,
        "region": lambda row: row.region,
        "postal_code": lambda row: row.postal_code,
        "timezone": lambda row: row.timezone,
        "line_type": lambda row: row.line_type,
        "state": lambda row: row.state,
        "source": lambda row: row.source,
        "source_detail": lambda row: row.source_detail,
        "source_at": lambda row: row.source_at,
        "created_at": lambda row: row.created_at,
        "custom": lambda row: row.custom,
    }
)
SUPPRESSIONS: Final[Table[Suppression]] = Table(
    {
        "id": lambda row: row.id,
        "scope": lambda row: row.scope,
        "value": lambda row: row.value,
        "reason": lambda row: row.reason,
        "quote": lambda row: row.quote,
        "source_call_id": lambda row: row.source_call_id,
        "expires_at": lambda row: row.expires_at,
        "created_at": lambda row: row.created_at,
    }
)


@ROUTER.get(
    "/contacts:export",
    tags=["contacts"],
    summary="Export contacts",
    response_class=Csv,
    **needs(Right.CONTACTS_EXPORT),
)
async def export_contacts(errand: Asking, where: contacts.Filters) -> Response:
    """All contacts that the filters let through, the oldest first, as CSV. That it was done is in the audit log."""
    return await _export(errand, "contact", Contact, CONTACTS, where)


@ROUTER.get(
    "/suppressions:export",
    tags=["suppressions"],
    summary="Export suppressions",
    response_class=Csv,
    **needs(Right.SUPPRESSIONS_EXPORT),
)
async def export_suppressions(errand: Asking, where: suppressions.Filters) -> Response:
    """All suppressions that the filters let through, the oldest first, as CSV."""
    return await _export(errand, "suppression", Suppression, SUPPRESSIONS, where)


async def _export(
    errand: Errand, what: str, model: type[Kept], table: Table[Kept], where: Sequence[ColumnElement[bool]]
) -> Response:
    await errand.store.write(lambda session: errand.note(session, f"{what}.export", ""))
    return csv_file(f"{what}s", csv_lines(errand.store, errand.org_id, model, table, where))


async def csv_lines(
    store: Store,
    org_id: str,
    model: type[Kept],
    table: Table[Kept],
    where: Sequence[ColumnElement[bool]],
) -> AsyncIterator[str]:
    """The heading and a line for each row. Between two pages no transaction is open: slow readers block nobody."""
    yield table.heading()
    after: str | None = None
    while True:
        async with store.reading() as session:
            found = await page(session, org_id, model, Cut(LARGEST_SIZE, after, Order.OLDEST_FIRST), *where)
            text = table.lines(found.rows)
        yield text
        after = found.after
        if after is None:
            return
