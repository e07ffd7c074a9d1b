"""Keys of the REST API: made once and told once; the store has what a key begins with, and its hash.

    vtm_0a1b2c3d4e5f_<43 characters>

The first 16 characters find the row, and are shown to people. The rest is 256 random bits: too many to be guessed, so
that a plain hash is enough.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.store.models import ApiKey, User
from vantum.store.words import Role

PREFIX_LENGTH: Final = 16
SECRET_BYTES: Final = 32
USE_NOTED: Final = timedelta(minutes=1)
"""How exactly ``last_used_at`` is known: to write it for each request would cost more than the request."""
_FORM: Final = re.compile(r"vtm_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key to make: what people call it, and what it may do."""

    name: str
    role: Role
    scopes: Sequence[str]
    user_id: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose key it is that somebody has shown, and what it may do; ``user_role`` is None for a key of no user."""

    key_id: str
    org_id: str
    role: Role
    user_role: Role | None
    scopes: Sequence[str]
    last_used_at: datetime | None


def is_key(text: str) -> bool:
    """Whether a text has the form of a key of the store."""
    return _FORM.fullmatch(text) is not None


async def make(session: AsyncSession, org_id: str, new: NewKey) -> tuple[ApiKey, str]:
    """A new key, and the text that is told to its owner and kept nowhere."""
    prefix = f"vtm_{secrets.token_hex(6)}"
    text = f"{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    row = ApiKey(
        org_id=org_id,
        user_id=new.user_id,
        name=new.name,
        prefix=prefix,
        hash=_hash(text),
        role=new.role,
        scopes=list(new.scopes),
        expires_at=new.expires_at,
    )
    session.add(row)
    await session.flush()
    return row, text


async def bearer(session: AsyncSession, text: str, at: datetime) -> Bearer | None:
    """Who has a key; None for one that is unknown, revoked or over, and for that of a disabled user.

    The one query without an organisation: the key tells which it is.
    """
    if not is_key(text):
        return None
    statement = select(ApiKey, User).outerjoin(
        User, (User.id == ApiKey.user_id) & (User.org_id == ApiKey.org_id)
    )
    found = (await session.execute(statement.where(ApiKey.prefix == text[:PREFIX_LENGTH]))).first()
    if found is None:
        return None
    key: ApiKey = found[0]
    user: User | None = found[1]
    if not hmac.compare_digest(key.hash, _hash(text)) or key.revoked_at is not None:
        return None
    if key.expires_at is not None and key.expires_at <= at:
        return None
    if key.user_id is not None and (user is None or user.disabled_at is not None):
        return None
    user_role = None if user is None else user.role
    return Bearer(key.id, key.org_id, key.role, user_role, tuple(key.scopes), key.last_used_at)


async def used(session: AsyncSession, org_id: str, key_id: str, at: datetime) -> None:
    """Note that a key was used, unless that is noted already."""
    statement = update(ApiKey).where(
        ApiKey.org_id == org_id,
        ApiKey.id == key_id,
        or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= at - USE_NOTED),
    )
    await session.execute(statement.values(last_used_at=at))


def use_is_noted(last_used_at: datetime | None, at: datetime) -> bool:
    """Whether a use at a moment need not be written down."""
    return last_used_at is not None and last_used_at > at - USE_NOTED


async def revoke(session: AsyncSession, org_id: str, key_id: str, at: datetime) -> bool:
    """End a key for ever; False when it is revoked already, or there is none."""
    statement = update(ApiKey).where(
        ApiKey.org_id == org_id, ApiKey.id == key_id, ApiKey.revoked_at.is_(None)
    )
    result = await session.execute(statement.values(revoked_at=at).returning(ApiKey.id))
    return result.first() is not None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
