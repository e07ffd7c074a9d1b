"""Everything that the store has of one person, as plain values that become JSON."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.store.bulk import pieces
from vantum.store.hidden_numbers import hidden
from vantum.store.models import (
    Analysis,
    AuditEntry,
    Call,
    Callback,
    CallEvent,
    Company,
    Consent,
    Contact,
    Cost,
    DialDecision,
    ImportRow,
    Lead,
    Recording,
    Suppression,
    Turn,
)
from vantum.store.models.base import Base, table_of
from vantum.store.traces import Traces

Rows: TypeAlias = list[dict[str, Any]]
OF_CALLS: Final[Mapping[str, type[Base]]] = {
    "call_events": CallEvent,
    "turns": Turn,
    "recordings": Recording,
    "analyses": Analysis,
    "costs": Cost,
}


async def everything(session: AsyncSession, org_id: str, traces: Traces) -> dict[str, Rows]:
    """The rows of every table, the oldest first; moments are aware, documents are as they were hashed."""
    contact = await _rows(session, org_id, Contact, Contact.id == traces.contact_id)
    company_ids = [row["company_id"] for row in contact if row["company_id"] is not None]
    about = [traces.contact_id, traces.number, *company_ids]
    if traces.number:
        about.append(hidden(org_id, traces.number))
    found = {
        "contact": contact,
        "company": await _rows(session, org_id, Company, Company.id.in_(company_ids)),
        "consents": await _rows(session, org_id, Consent, Consent.contact_id == traces.contact_id),
        "suppressions": await _rows(
            session, org_id, Suppression, Suppression.value.in_([value for value in about if value])
        ),
        "import_rows": await _rows(session, org_id, ImportRow, ImportRow.contact_id == traces.contact_id),
        "leads": await _rows(session, org_id, Lead, Lead.contact_id == traces.contact_id),
        "callbacks": await _rows(session, org_id, Callback, Callback.lead_id.in_(traces.lead_ids)),
        "decisions": await _rows(
            session,
            org_id,
            DialDecision,
            or_(DialDecision.lead_id.in_(traces.lead_ids), DialDecision.attempt_id.in_(traces.call_ids)),
        ),
        "calls": await _of(session, org_id, Call, Call.id, traces.call_ids),
        "audit_log": await _rows(
            session,
            org_id,
            AuditEntry,
            AuditEntry.subject_id == traces.contact_id,
            AuditEntry.subject_id != "",
        ),
    }
    for name, model in OF_CALLS.items():
        call_id = table_of(model).c.call_id
        found[name] = await _of(session, org_id, model, call_id, traces.call_ids)
    return found


async def _of(
    session: AsyncSession, org_id: str, model: type[Base], column: Any, ids: Collection[str]
) -> Rows:
    found: Rows = []
    for piece in pieces(sorted(ids)):
        found += await _rows(session, org_id, model, column.in_(piece))
    return found


async def _rows(session: AsyncSession, org_id: str, model: type[Base], *where: ColumnElement[bool]) -> Rows:
    table = table_of(model)
    statement = select(table).where(table.c.org_id == org_id, *where).order_by(table.c.id)
    rows = (await session.execute(statement)).mappings().all()
    return [{str(name): value for name, value in row.items()} for row in rows]
