"""Dialers: who lives, who is gone, and one clock and one lock for all of them, whatever machine they are on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.store.bulk import on_sqlite
from vantum.store.models import Dialer

CLAIMS: Final = 7_268_831_105
"""The lock of claims, beside that of migrations."""

Clock: TypeAlias = Callable[[AsyncSession], Awaitable[datetime]]
"""Tells the moment, asked within a transaction."""


@dataclass(frozen=True, slots=True)
class NewDialer:
    """A process that dials; its id is new for each boot."""

    id: str
    host: str
    pid: int
    version: str


async def database_clock(session: AsyncSession) -> datetime:
    """This moment by the database's clock, which all dialers share. A file's is that of its machine."""
    if on_sqlite(session):
        return datetime.now(UTC)
    moment = await session.scalar(select(func.clock_timestamp()))
    assert isinstance(moment, datetime)  # noqa: S101 - it is what the function gives
    return moment.astimezone(UTC)


async def lock_claims(session: AsyncSession) -> None:
    """Wait until no other dialer claims, and keep others out until the transaction ends."""
    if not on_sqlite(session):
        await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CLAIMS})


async def register(session: AsyncSession, dialer: NewDialer, at: datetime) -> None:
    """Write down a dialer that begins."""
    session.add(
        Dialer(
            id=dialer.id,
            host=dialer.host,
            pid=dialer.pid,
            version=dialer.version,
            started_at=at,
            heartbeat_at=at,
        )
    )
    await session.flush()


async def beat(session: AsyncSession, dialer_id: str, at: datetime) -> bool:
    """Tell that a dialer lives; False when others have taken it for dead, and it must not dial any more."""
    statement = update(Dialer).where(Dialer.id == dialer_id, Dialer.stopped_at.is_(None))
    result = await session.execute(statement.values(heartbeat_at=at).returning(Dialer.id))
    return result.first() is not None


async def stop(session: AsyncSession, dialer_id: str, at: datetime) -> None:
    """Tell that a dialer is no more: by itself, or by who found it dead."""
    statement = update(Dialer).where(Dialer.id == dialer_id, Dialer.stopped_at.is_(None))
    await session.execute(statement.values(stopped_at=at))


async def silent(session: AsyncSession, since: datetime) -> Sequence[str]:
    """The dialers that count as living and gave no sign after ``since``; locked."""
    statement = select(Dialer.id).where(Dialer.stopped_at.is_(None), Dialer.heartbeat_at < since)
    return (await session.scalars(statement.order_by(Dialer.id).with_for_update(skip_locked=True))).all()


async def living(session: AsyncSession) -> Sequence[str]:
    """The dialers that count as living."""
    statement = select(Dialer.id).where(Dialer.stopped_at.is_(None))
    return (await session.scalars(statement.order_by(Dialer.id))).all()


async def forget(session: AsyncSession, before: datetime, keep: Collection[str]) -> int:
    """Remove dialers that were no more before a moment, but for those to ``keep``."""
    statement = delete(Dialer).where(Dialer.stopped_at < before, Dialer.id.not_in(keep))
    return len((await session.scalars(statement.returning(Dialer.id))).all())


async def processes_on(session: AsyncSession, host: str) -> dict[str, int]:
    """The dialers of a machine that count as living, and the numbers of their processes."""
    statement = select(Dialer.id, Dialer.pid).where(Dialer.stopped_at.is_(None), Dialer.host == host)
    return dict((await session.execute(statement)).all())
