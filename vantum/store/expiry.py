"""What is past its time: calls, sound, people, rows of lists, messages, numbers in clear. Found, and forgotten.

An organisation says for how many days things are kept. A call counts from its end; a person from the last list or
change that told of them; while a campaign may still call them, or a call with them is kept, they are kept too.
What was decided, when somebody was called and how it came out stays: that names nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.legal.case import Scope
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import CALLABLE, HELD
from vantum.store import suppressions
from vantum.store.models import (
    Call,
    Campaign,
    Contact,
    Import,
    ImportRow,
    Lead,
    Org,
    Recording,
    Suppression,
    WebhookDelivery,
)
from vantum.store.models.base import Base, table_of
from vantum.store.words import ContactState, Direction, ImportState

UNDER_WAY: Final = frozenset({CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSED})
"""Whom these campaigns may still call is not forgotten."""
Due = Select[*tuple[Any, ...]]
"""Ids of rows past their time, the oldest first; one may ask for the first of them, or how many there are."""


@dataclass(frozen=True, slots=True)
class OldCall:
    """A call past its time, and the name of its folder."""

    id: str
    record_id: str | None
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class OldSound:
    """A file of sound past its time; ``path`` is below the data folder."""

    id: str
    path: str


async def days(session: AsyncSession) -> dict[str, int]:
    """For how many days each organisation keeps things; 0 is for ever."""
    rows = await session.execute(select(Org.id, Org.retention_days).order_by(Org.id))
    return dict(rows.all())


def old_calls(org_id: str, until: datetime) -> Due:
    """Calls that ended by then and still tell whom they were with or what was said."""
    theirs = or_(
        and_(Call.direction == Direction.OUTBOUND, Call.to_number != ""),
        and_(Call.direction == Direction.INBOUND, Call.from_number != ""),
    )
    statement = select(Call.id, Call.record_id, Call.ended_at).where(
        Call.org_id == org_id, Call.ended_at <= until, or_(Call.record_id.is_not(None), theirs)
    )
    return statement.order_by(Call.id)


def old_sound(org_id: str, until: datetime | None, now: datetime) -> Due:
    """Recordings whose own time is over, and those that are older than all sound may be."""
    over = Recording.delete_at <= now
    older = over if until is None else or_(over, Recording.created_at <= until)
    statement = select(Recording.id, Recording.path).where(Recording.org_id == org_id, older)
    return statement.order_by(Recording.id)


def old_contacts(org_id: str, until: datetime) -> Due:
    """People of whom nothing was told since then, whom no campaign calls, and with whom no call is kept."""
    called = (
        select(Lead.id)
        .join(Campaign, Campaign.id == Lead.campaign_id)
        .where(Lead.contact_id == Contact.id, Lead.state.in_(CALLABLE | HELD))
        .where(or_(Lead.state.in_(HELD), Campaign.state.in_(UNDER_WAY)))
    )
    kept = select(Call.id).where(
        Call.contact_id == Contact.id, or_(Call.ended_at.is_(None), Call.ended_at > until)
    )
    statement = select(Contact.id).where(
        Contact.org_id == org_id,
        Contact.state != ContactState.ERASED,
        Contact.updated_at <= until,
        ~called.exists(),
        ~kept.exists(),
    )
    return statement.order_by(Contact.id)


def old_list_rows(org_id: str, until: datetime) -> Due:
    """Rows of lists that were read by then: they quote cells. How many had which verdict stays with the list."""
    lists = select(Import.id).where(
        Import.org_id == org_id, Import.state != ImportState.RUNNING, Import.created_at <= until
    )
    statement = select(ImportRow.id).where(ImportRow.org_id == org_id, ImportRow.import_id.in_(lists))
    return statement.order_by(ImportRow.import_id, ImportRow.row)


def old_deliveries(org_id: str, until: datetime) -> Due:
    """Messages to webhooks that are over: they quote what was said."""
    statement = select(WebhookDelivery.id).where(
        WebhookDelivery.org_id == org_id,
        WebhookDelivery.next_at.is_(None),
        WebhookDelivery.created_at <= until,
    )
    return statement.order_by(WebhookDelivery.id)


def old_numbers(org_id: str, until: datetime) -> Due:
    """Numbers in clear that must not be called and are nobody's any more."""
    somebodys = select(Contact.id).where(Contact.org_id == org_id, Contact.e164 == Suppression.value)
    statement = select(Suppression.value).where(
        Suppression.org_id == org_id,
        Suppression.scope == Scope.NUMBER,
        Suppression.value.startswith("+"),
        Suppression.updated_at <= until,
        ~somebodys.exists(),
    )
    return statement.order_by(Suppression.id)


async def how_many(session: AsyncSession, due: Due) -> int:
    """How many rows are past their time."""
    return await session.scalar(select(func.count()).select_from(due.order_by(None).subquery())) or 0


async def calls(session: AsyncSession, due: Due, after: str, most: int) -> list[OldCall]:
    """The first calls behind one of them ("" for all)."""
    rows = await session.execute(due.where(Call.id > after).limit(most))
    return [OldCall(call_id, record_id, ended_at) for call_id, record_id, ended_at in rows]


async def sound(session: AsyncSession, due: Due, after: str, most: int) -> list[OldSound]:
    """The first recordings behind one of them ("" for all)."""
    rows = await session.execute(due.where(Recording.id > after).limit(most))
    return [OldSound(sound_id, path) for sound_id, path in rows]


async def contacts(session: AsyncSession, due: Due, after: str, most: int) -> Sequence[str]:
    """The first people behind one of them ("" for all); locked, and without those whom somebody else has locked."""
    statement = due.where(Contact.id > after).limit(most).with_for_update(skip_locked=True, of=Contact)
    return (await session.scalars(statement)).all()


async def forget_sound(session: AsyncSession, org_id: str, ids: Sequence[str]) -> int:
    """Remove the rows of recordings."""
    ours = select(Recording.id).where(Recording.org_id == org_id, Recording.id.in_(ids))
    return await _remove(session, Recording, (await session.scalars(ours)).all())


async def forget_list_rows(session: AsyncSession, due: Due, most: int) -> int:
    """Remove the first rows of lists."""
    ids = (await session.scalars(due.limit(most))).all()
    return await _remove(session, ImportRow, ids)


async def forget_deliveries(session: AsyncSession, due: Due, most: int) -> int:
    """Remove the first messages."""
    ids = (await session.scalars(due.limit(most))).all()
    return await _remove(session, WebhookDelivery, ids)


async def hide_numbers(session: AsyncSession, org_id: str, due: Due, most: int) -> int:
    """Keep of the first numbers only their hashes."""
    numbers = set((await session.scalars(due.limit(most))).all())
    await suppressions.hide(session, org_id, numbers)
    return len(numbers)


async def _remove(session: AsyncSession, model: type[Base], ids: Sequence[str]) -> int:
    table = table_of(model)
    statement = table.delete().where(table.c.id.in_(ids)).returning(table.c.id)
    return len((await session.execute(statement)).all())
