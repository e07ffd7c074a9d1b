"""Suppressions: who must not be called, asked for many at once, and added in the second in which somebody says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.legal import case as legal
from vantum.core.legal.case import Callee, Scope
from vantum.store.bulk import inserting, pieces
from vantum.store.columns import new_id, now
from vantum.store.hidden_numbers import hidden
from vantum.store.models import Suppression
from vantum.store.models.base import table_of

Key: TypeAlias = tuple[Scope, str]
"""Whom a suppression is about: a number in E.164, the id of a contact or a company, or a domain."""

_TABLE = table_of(Suppression)


@dataclass(frozen=True, slots=True)
class Origin:
    """In which call somebody said so: the words, and where they are in its audio. Empty where it was no call."""

    call_id: str | None = None
    quote: str = ""
    quote_ms: int | None = None


NO_CALL = Origin()


async def add(
    session: AsyncSession, org_id: str, suppression: legal.Suppression, origin: Origin = NO_CALL
) -> None:
    """Add a suppression. One that is there for the same reason is never shortened, and keeps its first words."""
    moment = now()
    insert = inserting(session, Suppression)
    new, old = insert.excluded, _TABLE.c
    longer = case(
        (or_(new.expires_at.is_(None), old.expires_at.is_(None)), None),
        (new.expires_at > old.expires_at, new.expires_at),
        else_=old.expires_at,
    )
    await session.execute(
        insert.on_conflict_do_update(
            index_elements=[old.org_id, old.scope, old.value, old.reason],
            set_={
                "expires_at": longer,
                "source_call_id": func.coalesce(old.source_call_id, new.source_call_id),
                "quote": func.coalesce(func.nullif(old.quote, ""), new.quote),
                "quote_ms": func.coalesce(old.quote_ms, new.quote_ms),
                "updated_at": moment,
            },
        ),
        {
            "id": new_id(),
            "org_id": org_id,
            "created_at": moment,
            "updated_at": moment,
            "scope": suppression.scope,
            "value": _value(suppression.scope, suppression.value),
            "reason": suppression.reason,
            "expires_at": suppression.expires_at,
            "source_call_id": origin.call_id,
            "quote": origin.quote,
            "quote_ms": origin.quote_ms,
        },
    )


async def lift(session: AsyncSession, org_id: str, suppression_id: str, at: datetime) -> bool:
    """End a suppression at a moment; False when there is none that lasts longer. The record stays."""
    statement = update(Suppression).where(
        Suppression.org_id == org_id,
        Suppression.id == suppression_id,
        or_(Suppression.expires_at.is_(None), Suppression.expires_at > at),
    )
    result = await session.execute(statement.values(expires_at=at).returning(Suppression.id))
    return result.first() is not None


async def in_force(
    session: AsyncSession, org_id: str, keys: Collection[Key], at: datetime
) -> dict[Key, tuple[legal.Suppression, ...]]:
    """Those of ``keys`` that are suppressed at a moment, exactly as they are written; domains in lower case.

    A number is found also where only its hash is kept.
    """
    asked: dict[Key, Key] = {}
    for scope, value in keys:
        key = scope, _value(scope, value)
        asked[key] = key
        if scope is Scope.NUMBER:
            asked[scope, hidden(org_id, key[1])] = key
    found: defaultdict[Key, tuple[legal.Suppression, ...]] = defaultdict(tuple)
    for piece in pieces(sorted(asked)):
        # More than is asked for, so that an index finds it: it knows no pairs of a scope and a value.
        scopes, values = {scope for scope, _ in piece}, [value for _, value in piece]
        rows = await session.scalars(
            select(Suppression).where(
                Suppression.org_id == org_id,
                Suppression.scope.in_(sorted(scopes)),
                Suppression.value.in_(values),
                or_(Suppression.expires_at.is_(None), Suppression.expires_at > at),
            )
        )
        for row in rows:
            if (about := asked.get((row.scope, row.value))) is not None:
                found[about] += (legal.Suppression(*about, row.reason, row.expires_at),)
    return dict(found)


async def hide(session: AsyncSession, org_id: str, numbers: Collection[str]) -> int:
    """Keep no number (E.164) in clear, and no words, but that it must not be called; tells how many suppressions."""
    count = 0
    for piece in pieces(sorted(numbers)):
        names = {number: hidden(org_id, number) for number in piece}
        statement = select(Suppression).where(
            Suppression.org_id == org_id,
            Suppression.scope == Scope.NUMBER,
            Suppression.value.in_((*names, *names.values())),
        )
        rows = (await session.scalars(statement.execution_options(populate_existing=True))).all()
        kept = {(row.value, row.reason): row for row in rows if row.value not in names}
        for row in rows:
            if row.value not in names:
                continue
            there = kept.setdefault((names[row.value], row.reason), row)
            if there is row:
                row.value, row.quote, row.quote_ms = names[row.value], "", None
            else:
                there.expires_at = _longer(there.expires_at, row.expires_at)
                await session.delete(row)
        await session.flush()
        count += len(kept)
    return count


async def about(
    session: AsyncSession, org_id: str, callee: Callee, at: datetime
) -> tuple[legal.Suppression, ...]:
    """All that stands against a call to somebody at a moment, as the legal gate asks for it."""
    found = await in_force(session, org_id, tuple(keys_of(callee)), at)
    return tuple(suppression for each in found.values() for suppression in each)


def keys_of(callee: Callee) -> Iterator[Key]:
    """What a suppression of somebody can be about: who speaks for a domain speaks for what is below it."""
    yield Scope.NUMBER, callee.number
    if callee.contact_id:
        yield Scope.CONTACT, callee.contact_id
    if callee.company_id:
        yield Scope.COMPANY, callee.company_id
    labels = callee.domain.lower().split(".")
    for start in range(len(labels) if callee.domain else 0):
        yield Scope.DOMAIN, ".".join(labels[start:])


def _longer(one: datetime | None, other: datetime | None) -> datetime | None:
    return None if one is None or other is None else max(one, other)


def _value(scope: Scope, value: str) -> str:
    return value.lower() if scope is Scope.DOMAIN else value
