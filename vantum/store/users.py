"""Users: the people of an organisation, and what each of them may do."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.store.models import User
from vantum.store.words import Role


async def by_email(session: AsyncSession, org_id: str, email: str) -> User | None:
    """The user with an address, in lower case."""
    return await session.scalar(select(User).where(User.org_id == org_id, User.email == email))


async def add(session: AsyncSession, org_id: str, email: str, name: str, role: Role) -> User:
    """A new user; an address that another one has raises IntegrityError."""
    row = User(org_id=org_id, email=email, name=name, role=role)
    session.add(row)
    await session.flush()
    return row


async def active_owners(session: AsyncSession, org_id: str) -> Sequence[str]:
    """The ids of the owners that are not disabled, locked until the transaction ends: one of them has to stay."""
    statement = select(User.id).where(
        User.org_id == org_id, User.role == Role.OWNER, User.disabled_at.is_(None)
    )
    return (await session.scalars(statement.order_by(User.id).with_for_update())).all()
