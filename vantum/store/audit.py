"""The audit log: who did what to what. What is told of a person is told by id, never by name or number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.store.models import AuditEntry
from vantum.store.words import ActorKind


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something; ``id`` is that of a key or a user in the store, None for who is not in it."""

    kind: ActorKind
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done: ``action`` is like "campaign.start", the subject what it is done to."""

    action: str
    subject_kind: str
    subject_id: str
    details: Mapping[str, object] = field(default_factory=dict)


async def add(session: AsyncSession, org_id: str, actor: Actor, deed: Deed) -> None:
    """Write a deed down, in the transaction that does it."""
    session.add(
        AuditEntry(
            org_id=org_id,
            actor_kind=actor.kind,
            actor_id=actor.id,
            action=deed.action,
            subject_kind=deed.subject_kind,
            subject_id=deed.subject_id,
            details=dict(deed.details),
        )
    )
    await session.flush()


async def about(session: AsyncSession, org_id: str, subject_id: str) -> Sequence[AuditEntry]:
    """What was done to something, in the order in which it was done."""
    statement = select(AuditEntry).where(AuditEntry.org_id == org_id, AuditEntry.subject_id == subject_id)
    return (await session.scalars(statement.order_by(AuditEntry.id))).all()
