"""Organisations: found by their short name, before anything else can be asked."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.errors import UsageError
from vantum.store.models import Org

DEFAULT_SLUG: Final = "default"
DEFAULT_ORG_ID: Final = "00000000-0000-7000-8000-000000000000"
"""Of the organisation that is there from the start, so that who is alone never has to make one."""


async def named(session: AsyncSession, slug: str) -> Org:
    """The organisation with a short name, as people write it; raises UsageError that names those there are."""
    found = await session.scalar(select(Org).where(Org.slug == slug))
    if found is not None:
        return found
    known = (await session.scalars(select(Org.slug).order_by(Org.slug).limit(20))).all()
    raise UsageError(f"There is no organisation {slug!r}.", f"Known ones: {', '.join(known)}.")


async def get(session: AsyncSession, org_id: str) -> Org | None:
    """An organisation."""
    return await session.get(Org, org_id)
