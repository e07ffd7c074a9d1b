"""Suppressions as a list: those that hold, those that are over, and the one that says a thing."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.legal import case as legal
from vantum.store.models import Suppression


class Standing(StrEnum):
    """Whether a suppression holds."""

    IN_FORCE = "in_force"
    OVER = "over"


def standing_at(standing: Standing, at: datetime) -> ColumnElement[bool]:
    """That a suppression holds at a moment, or does not hold any more."""
    match standing:
        case Standing.IN_FORCE:
            return or_(Suppression.expires_at.is_(None), Suppression.expires_at > at)
        case Standing.OVER:
            return Suppression.expires_at <= at


async def saying(session: AsyncSession, org_id: str, suppression: legal.Suppression) -> Suppression | None:
    """The row that says what ``suppression`` says, its end aside; a domain is in lower case."""
    statement = select(Suppression).where(
        Suppression.org_id == org_id,
        Suppression.scope == suppression.scope,
        Suppression.value == suppression.value,
        Suppression.reason == suppression.reason,
    )
    return await session.scalar(statement.execution_options(populate_existing=True))
