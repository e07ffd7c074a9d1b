"""Where a list waits until all of it is ready: temporary tables of one connection, and how they become rows.

Nobody else sees these tables or waits for them, and they go with the connection. What is in them lacks nothing, so
that the database publishes a long list by itself, in a fraction of the time that it took to get it ready.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    CursorResult,
    Integer,
    MetaData,
    Select,
    SQLColumnExpression,
    String,
    Table,
    Text,
    delete,
    func,
    literal,
    select,
    text,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.store import contacts
from vantum.store.bulk import Values, insert_rows, inserting, inserting_into, on_sqlite, pieces
from vantum.store.columns import ID_LENGTH, Moment, now
from vantum.store.models import Campaign, Company, Consent, Contact, ImportRow, Lead
from vantum.store.models.base import PHONE_LENGTH, Base, table_of
from vantum.store.words import RowVerdict

COUNTED: Final = {"preserve_rowcount": True}
"""An INSERT tells how many rows it has added."""
_TABLES: Final = MetaData()


def _waiting(model: type[Base], names: Sequence[str], *more: Column[object]) -> Table:
    """A temporary table with these columns of a model, and ``more``."""
    table = table_of(model)
    own = (Column(name, table.c[name].type) for name in names)
    return Table(f"waiting_{table.name}", _TABLES, *own, *more, prefixes=["TEMPORARY"])


# What all rows have in common does not wait with each of them.
FIRMS: Final = _waiting(Company, ("id", "name", "domain", "dnc"), Column("is_known", Boolean))
"""The companies of the list; of one that ``is_known``, ``dnc`` is how it was seen."""

PEOPLE: Final = _waiting(
    Contact,
    ("id", *contacts.TOLD),
    Column("row", Integer, primary_key=True),
    Column("seen_at", Moment()),
    Column("lead_id", String(ID_LENGTH)),
    Column("told_domain", Text),
    Column("own_company_id", String(ID_LENGTH)),
    Column("own_domain", Text),
)
"""Who joins, by their ``row``. Of somebody who was a contact already ``seen_at`` is when that was changed last, and
``own_company_id`` and ``own_domain`` are of where they were known to work."""

CONSENTS: Final = _waiting(
    Consent,
    ("id", "contact_id", "kind", "status", "method", "granted_at", "text_shown", "proof"),
    Column("row", Integer, index=True),
)

ROWS: Final = _waiting(
    ImportRow,
    ("id", "row", "verdict", "column", "reason", "notes"),
    Column("number", String(PHONE_LENGTH)),
)


async def make(session: AsyncSession) -> None:
    """Make the tables, on the connection of ``session``."""
    connection = await session.connection()
    await connection.run_sync(lambda sync: _TABLES.create_all(sync, checkfirst=False))
    await session.commit()


async def put(session: AsyncSession, table: Table, rows: Sequence[Values]) -> None:
    """Put rows into one of the tables."""
    statement = inserting_into(session, table)
    if rows and on_sqlite(session):
        await session.execute(statement, [dict(row) for row in rows])
    elif rows:
        await insert_rows(session, statement, rows, ("id",))


async def take_back(session: AsyncSession, rows: Collection[int], firm_ids: Collection[str]) -> None:
    """Remove what is there of these rows, and these companies."""
    for piece in pieces(sorted(rows)):
        for table in (PEOPLE, CONSENTS, ROWS):
            await session.execute(delete(table).where(table.c.row.in_(piece)))
    for ids in pieces(sorted(firm_ids)):
        await session.execute(delete(FIRMS).where(FIRMS.c.id.in_(ids)))


async def pour(
    session: AsyncSession, org_id: str, import_id: str, campaign_id: str | None, at: datetime
) -> int:
    """Make rows of all that waits; tells how many leads there are more, which are due ``at`` a moment."""
    if not on_sqlite(session):
        # Nothing is known of tables that were just filled, and 100,000 rows would be joined one by one.
        await session.execute(text(f"ANALYZE {PEOPLE.name}, {ROWS.name}"))
    ours = _stamp(org_id, at)
    await _insert(session, Company, _as(FIRMS, Company, ours).where(~FIRMS.c.is_known))
    people = _as(PEOPLE, Contact, _stamp(org_id, now())).where(true()).order_by(PEOPLE.c.row)
    await session.execute(contacts.upserting(session).from_select([*people.selected_columns.keys()], people))
    await _insert(session, Consent, _as(CONSENTS, Consent, ours).order_by(CONSENTS.c.row))
    added = 0 if campaign_id is None else await _add_leads(session, org_id, campaign_id, at)
    of_number = (Contact.org_id == org_id) & (Contact.e164 == ROWS.c.number)
    told = {**ours, "import_id": literal(import_id), "contact_id": Contact.id}
    rows = _as(ROWS, ImportRow, told)
    await _insert(session, ImportRow, rows.select_from(ROWS.outerjoin(table_of(Contact), of_number)))
    return added


async def counts(session: AsyncSession) -> dict[RowVerdict, int]:
    """How many rows have which verdict."""
    found = await session.execute(select(ROWS.c.verdict, func.count()).group_by(ROWS.c.verdict))
    return {verdict: count for verdict, count in found}  # noqa: C416 - rows are no pairs to a type checker


async def _add_leads(session: AsyncSession, org_id: str, campaign_id: str, at: datetime) -> int:
    values = {
        **_stamp(org_id, now()),
        "id": PEOPLE.c.lead_id,
        "campaign_id": literal(campaign_id),
        "contact_id": PEOPLE.c.id,
        "next_attempt_at": literal(at, Moment()),
    }
    ours = select(Campaign.id).where(Campaign.org_id == org_id, Campaign.id == campaign_id).exists()
    chosen = select(*(value.label(name) for name, value in values.items()))
    wanted = chosen.select_from(PEOPLE).where(ours).order_by(PEOPLE.c.row)
    statement = inserting(session, Lead).from_select([*values], wanted).on_conflict_do_nothing()
    result = cast("CursorResult[tuple[()]]", await session.execute(statement, execution_options=COUNTED))
    return result.rowcount


def _stamp(org_id: str, at: datetime) -> dict[str, ColumnElement[Any]]:
    """Whose a row is, and since when."""
    moment = literal(at, Moment())
    return {"org_id": literal(org_id), "created_at": moment, "updated_at": moment}


def _as(
    waiting: Table, model: type[Base], also: Mapping[str, SQLColumnExpression[Any]]
) -> Select[tuple[Any, ...]]:
    """What waits, by the names that the model's columns have, and ``also`` what all rows have."""
    own = (column for column in waiting.c if column.name in table_of(model).c)
    return select(*own, *(value.label(name) for name, value in also.items()))


async def _insert(session: AsyncSession, model: type[Base], rows: Select[tuple[Any, ...]]) -> None:
    await session.execute(inserting(session, model).from_select([*rows.selected_columns.keys()], rows))
