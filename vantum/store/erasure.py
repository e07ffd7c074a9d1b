"""A person is taken out of the database, in two steps around the removal of their files.

What stays: that there was somebody, what was decided (decisions name nobody, and their chain stays whole), when
somebody was called and with what result, and with what consent. A suppression stays too: not to call somebody who
asked for that is a duty that outlives the erasure (47 CFR 64.1200(d)(6); GDPR art. 17(3)(b) and 21(3)). Of its number
a hash is kept, by which every call is looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

from sqlalchemy import ColumnElement, Executable, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.legal import case as legal
from vantum.core.legal.case import Scope
from vantum.core.outreach.lead import CALLABLE, LeadEvent, moved
from vantum.store import proofs, suppressions
from vantum.store.append_only import erasing
from vantum.store.models import (
    Analysis,
    AuditEntry,
    Call,
    Callback,
    CallEvent,
    Consent,
    Contact,
    IdempotencyKey,
    ImportRow,
    Lead,
    Recording,
    Suppression,
    Turn,
    WebhookDelivery,
)
from vantum.store.models.base import Base, table_of
from vantum.store.proofs import File, Kind, Subject
from vantum.store.traces import Traces
from vantum.store.words import CallbackState, ContactState, Direction

REASON: Final = "The person was erased."

Statement: TypeAlias = Executable


class Cause(StrEnum):
    """Why somebody is erased."""

    ASKED = "asked"
    RETENTION = "retention"  # nothing was heard of them for as long as they may be kept


_NOBODY: Final[Mapping[str, object]] = {
    "e164": None,
    "state": ContactState.ERASED,
    "company_id": None,
    "timezone_source": None,
    "other_zones": [],
    "custom": {},
    **dict.fromkeys(
        (
            *(
                "raw_phone",
                "region",
                "postal_code",
                "timezone",
                "language",
                "first_name",
                "last_name",
                "name",
            ),
            *("email", "title", "source_detail"),
        ),
        "",
    ),
}
"""What is left of a contact: its id, its country and kind of line, which list it came from and when."""
_UNSAID: Final[Mapping[str, object]] = {
    "summary": "",
    "objections": [],
    "next_step": "",
    "callback_words": "",
    "data": {},
    "evidence": [],
}
"""What is left of an analysis: its figures."""


async def begin(
    session: AsyncSession, org_id: str, traces: Traces, subject: str, files: Sequence[File], at: datetime
) -> None:
    """Before the files go: nobody is called any more, and what will be removed is put down with its fingerprints."""
    for state in CALLABLE:
        await session.execute(
            update(Lead)
            .where(Lead.org_id == org_id, Lead.contact_id == traces.contact_id, Lead.state == state)
            .values(state=moved(state, LeadEvent.BLOCKED), state_reason=REASON, next_attempt_at=None)
        )
    await proofs.begin(session, org_id, Subject(Kind.CONTACT, subject), files, at)


async def finish(
    session: AsyncSession, org_id: str, traces: Traces, subject: str, at: datetime, cause: Cause
) -> dict[str, object]:
    """After the files went: the rows follow. Gives the proof, which is kept in the audit log.

    ``rows`` counts what was changed or removed in each table, ``files`` are those of all attempts at this erasure.
    """
    await _keep_suppressions(session, org_id, traces)
    rows = await _done(session, _statements(org_id, traces, subject))
    kept = await suppressions.hide(session, org_id, [traces.number] if traces.number else [])
    details = {"cause": cause.value, "rows": rows, "suppressions_kept": kept}
    return await proofs.finish(session, org_id, Subject(Kind.CONTACT, subject), details, at)


async def forget_calls(session: AsyncSession, org_id: str, ids: Sequence[str]) -> dict[str, int]:
    """Take the words, the sound and the numbers out of calls; tells how many rows that were, table by table."""
    return await _done(session, _of_calls(org_id, ids))


async def _keep_suppressions(session: AsyncSession, org_id: str, traces: Traces) -> None:
    """One of the contact becomes one of the number: another list brings another contact."""
    if not traces.number:
        return
    of_contact = select(Suppression).where(
        Suppression.org_id == org_id,
        Suppression.scope == Scope.CONTACT,
        Suppression.value == traces.contact_id,
    )
    for row in (await session.scalars(of_contact)).all():
        of_number = legal.Suppression(Scope.NUMBER, traces.number, row.reason, row.expires_at)
        await suppressions.add(session, org_id, of_number, suppressions.Origin(row.source_call_id))


async def _done(session: AsyncSession, statements: Iterator[tuple[str, Statement]]) -> dict[str, int]:
    """Change and remove; how many rows of which table."""
    rows: dict[str, int] = {}
    with erasing(session):
        for table, statement in statements:
            if count := len((await session.execute(statement)).all()):
                rows[table] = rows.get(table, 0) + count
    return rows


def _statements(org_id: str, traces: Traces, subject: str) -> Iterator[tuple[str, Statement]]:
    """What is changed and removed, table by table; each gives back the ids of its rows."""
    yield from _of_calls(org_id, traces.call_ids)
    yield from _of_contact(org_id, traces, subject)
    everything = (traces.contact_id, *traces.lead_ids, *traces.call_ids)
    yield _remove(WebhookDelivery, org_id, WebhookDelivery.subject_id.in_(everything))
    said = [
        IdempotencyKey.response_body.contains(text) for text in (traces.contact_id, traces.number) if text
    ]
    if said:
        yield _change(IdempotencyKey, org_id, {"response_body": ""}, or_(*said))


def _of_calls(org_id: str, ids: Sequence[str]) -> Iterator[tuple[str, Statement]]:
    yield _remove(Turn, org_id, Turn.call_id.in_(ids))
    yield _remove(Recording, org_id, Recording.call_id.in_(ids))
    yield _change(CallEvent, org_id, {"payload": {}}, CallEvent.call_id.in_(ids))
    yield _change(Analysis, org_id, _UNSAID, Analysis.call_id.in_(ids))
    ours = Call.id.in_(ids)
    gone: dict[str, object] = {"record_id": None, "provider_sid": None, "summary": ""}
    yield _change(Call, org_id, {**gone, "to_number": ""}, ours, Call.direction == Direction.OUTBOUND)
    yield _change(Call, org_id, {**gone, "from_number": ""}, ours, Call.direction == Direction.INBOUND)


def _of_contact(org_id: str, traces: Traces, subject: str) -> Iterator[tuple[str, Statement]]:
    contact_id = traces.contact_id
    promised = Callback.lead_id.in_(traces.lead_ids)
    yield _change(Callback, org_id, {"words": ""}, promised)
    canceled = {"state": CallbackState.CANCELED}
    yield _change(Callback, org_id, canceled, promised, Callback.state == CallbackState.OPEN)
    yield _change(Consent, org_id, {"text_shown": "", "proof": ""}, Consent.contact_id == contact_id)
    yield _change(ImportRow, org_id, {"notes": []}, ImportRow.contact_id == contact_id)
    values = [value for value in (contact_id, traces.number) if value]
    words = {"quote": "", "quote_ms": None}
    yield _change(Suppression, org_id, words, Suppression.value.in_(values))
    told = AuditEntry.action.not_in((Kind.CONTACT.begun, Kind.CONTACT.done))
    yield _change(AuditEntry, org_id, {"details": {}}, AuditEntry.subject_id == subject, told)
    yield _change(Contact, org_id, _NOBODY, Contact.id == contact_id)


def _change(
    model: type[Base], org_id: str, values: Mapping[str, object], *where: ColumnElement[bool]
) -> tuple[str, Statement]:
    table = table_of(model)
    statement = table.update().where(table.c.org_id == org_id, *where)
    return table.name, statement.values(dict(values)).returning(table.c.id)


def _remove(model: type[Base], org_id: str, *where: ColumnElement[bool]) -> tuple[str, Statement]:
    table = table_of(model)
    return table.name, table.delete().where(table.c.org_id == org_id, *where).returning(table.c.id)
