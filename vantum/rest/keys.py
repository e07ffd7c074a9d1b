"""Keys of the API: made, told once, and revoked. Nobody makes a key that may do more than they may."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.rest import rows
from vantum.rest.access import ALLOWED, Principal, Right
from vantum.rest.errand import Asking, Posting, Told
from vantum.rest.fields import Body, Id, IdText, Moment, Name, View
from vantum.rest.paging import Asked, Page, told
from vantum.rest.problems import Kind, Refused, flaw_at, invalid
from vantum.rest.route import RestRoute, needs
from vantum.store import api_keys
from vantum.store.api_keys import NewKey
from vantum.store.models import ApiKey, User
from vantum.store.words import Role

ROUTER = APIRouter(prefix="/api/keys", tags=["keys"], route_class=RestRoute)


class KeyView(View):
    """A key, without its secret."""

    name: str = Field(examples=["CRM"])
    prefix: str = Field(description="What it begins with.", examples=["vtm_0a1b2c3d4e5f"])
    role: Role
    scopes: list[str] = Field(examples=[["contacts:read", "contacts:write"]])
    user_id: str | None = Field(description="Whose key it is: it may do no more than the user may.")
    last_used_at: datetime | None = Field(description="When it was used, to the minute.")
    expires_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime


class MadeKey(KeyView):
    """A new key."""

    key: str | None = Field(
        description="The key. It is told once: a repeated request is told null.",
        examples=["vtm_0a1b2c3d4e5f_3q2-7wAZ0d9c8b7a6f5e4d3c2b1a0ZYXWVUTSRQPONM"],
    )


class NewApiKey(Body):
    """A key to make."""

    name: Name
    role: Role = Role.VIEWER
    scopes: Annotated[
        list[Right] | None,
        Field(
            min_length=1,
            max_length=len(Right),
            description="What it may do; none: all that its role may.",
            examples=[["contacts:read", "contacts:write"]],
        ),
    ] = None
    user_id: Annotated[IdText | None, Field(description="Whose key it is; none: nobody's.")] = None
    expires_at: Annotated[Moment | None, Field(description="Until when it is good; none: for ever.")] = None


@ROUTER.get("", summary="List keys", response_model=Page[KeyView], **needs(Right.KEYS_READ))
async def list_keys(errand: Asking, wanted: Asked) -> Response:
    """The keys of the organisation, the newest first, those that are revoked among them."""
    async with errand.reading() as session:
        return await told(session, errand.org_id, ApiKey, wanted, KeyView)


@ROUTER.get("/{key_id}", summary="Tell of a key", **needs(Right.KEYS_READ, Kind.NOT_FOUND))
async def get_key(key_id: Id, errand: Asking) -> KeyView:
    """One key, without its secret."""
    async with errand.reading() as session:
        return KeyView.model_validate(await rows.found(session, errand.org_id, ApiKey, key_id, "key"))


@ROUTER.post(
    "",
    status_code=201,
    summary="Make a key",
    response_model=MadeKey,
    **needs(Right.KEYS_WRITE, Kind.CONFLICT),
)
async def make_key(new: NewApiKey, errand: Posting) -> Response:
    """Make a key. It is told here, once, and written down nowhere."""
    scopes = _scopes(errand.who, new)
    if new.expires_at is not None and new.expires_at <= errand.at:
        raise invalid(flaw_at("expiresAt", "This is over already."))
    wanted = NewKey(new.name, new.role, scopes, new.user_id, new.expires_at)

    async def work(session: AsyncSession) -> Told:
        await rows.named(session, errand.org_id, User, new.user_id, "userId")
        row, text = await api_keys.make(session, errand.org_id, wanted)
        await errand.note(session, "key.create", row.id, {"role": row.role, "scopes": scopes})
        seen = KeyView.model_validate(row).model_dump()
        return Told(MadeKey(**seen, key=text), kept=MadeKey(**seen, key=None))

    return await errand.do(work)


@ROUTER.post(
    "/{key_id}:revoke",
    summary="Revoke a key",
    response_model=KeyView,
    **needs(Right.KEYS_WRITE, Kind.NOT_FOUND),
)
async def revoke_key(key_id: Id, errand: Posting) -> Response:
    """Refuse a key from now on, for ever."""

    async def work(session: AsyncSession) -> Told:
        row = await rows.found(session, errand.org_id, ApiKey, key_id, "key")
        _check_rank(errand.who, row.role)
        if await api_keys.revoke(session, errand.org_id, key_id, errand.at):
            await errand.note(session, "key.revoke", key_id)
            await session.refresh(row)
        return Told(KeyView.model_validate(row), 200)

    return await errand.do(work)


def _scopes(who: Principal, new: NewApiKey) -> list[str]:
    """The scopes of a new key; raises Refused for more than its maker has."""
    _check_rank(who, new.role)
    wanted = frozenset(new.scopes) if new.scopes is not None else ALLOWED[new.role] & who.rights
    too_many = sorted(wanted - who.rights)
    if too_many:
        raise Refused(Kind.FORBIDDEN, f"Your key does not have {', '.join(too_many)}, and cannot give it.")
    return [str(right) for right in sorted(wanted)]


def _check_rank(who: Principal, role: Role) -> None:
    if not who.outranks(role):
        raise Refused(Kind.FORBIDDEN, f"The role {who.role} does nothing with keys in the role {role}.")
