"""Users: the people of an organisation. Nobody makes, changes or stops somebody who may do more than they."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.rest import rows
from vantum.rest.access import Principal, Right
from vantum.rest.errand import Asking, Posting, Told
from vantum.rest.fields import Body, Change, Email, Id, LongName, View
from vantum.rest.paging import Asked, Page, told
from vantum.rest.problems import Kind, Refused, flaw_at, invalid
from vantum.rest.route import RestRoute, needs
from vantum.store import users
from vantum.store.models import User
from vantum.store.words import Role

ROUTER = APIRouter(prefix="/api/users", tags=["users"], route_class=RestRoute)


class UserView(View):
    """A person of the organisation."""

    email: str = Field(examples=["anna@acorn.example.com"])
    name: str = Field(examples=["Anna Berg"])
    role: Role
    disabled_at: datetime | None = Field(description="Since when the user's keys are refused.")
    created_at: datetime


class NewUser(Body):
    """A user to add."""

    email: Email
    name: LongName = ""
    role: Role = Role.VIEWER


class UserChange(Change):
    """What is to become of a user."""

    name: LongName = ""
    role: Role = Role.VIEWER


@ROUTER.get("", summary="List users", response_model=Page[UserView], **needs(Right.USERS_READ))
async def list_users(errand: Asking, wanted: Asked) -> Response:
    """The users of the organisation, the newest first."""
    async with errand.reading() as session:
        return await told(session, errand.org_id, User, wanted, UserView)


@ROUTER.get("/{user_id}", summary="Tell of a user", **needs(Right.USERS_READ, Kind.NOT_FOUND))
async def get_user(user_id: Id, errand: Asking) -> UserView:
    """One user."""
    async with errand.reading() as session:
        return UserView.model_validate(await rows.found(session, errand.org_id, User, user_id, "user"))


@ROUTER.post(
    "",
    status_code=201,
    summary="Add a user",
    response_model=UserView,
    **needs(Right.USERS_WRITE, Kind.CONFLICT),
)
async def add_user(new: NewUser, errand: Posting) -> Response:
    """Add a user, in a role that may do no more than who asks."""
    if not new.email:
        raise invalid(flaw_at("email", "A user has an e-mail address."))
    _check_rank(errand.who, new.role)

    async def work(session: AsyncSession) -> Told:
        if await users.by_email(session, errand.org_id, new.email) is not None:
            raise Refused(Kind.CONFLICT, "There is a user with this address already.")
        row = await rows.unique(users.add(session, errand.org_id, new.email, new.name, new.role))
        await errand.note(session, "user.create", row.id, {"role": row.role})
        return Told(UserView.model_validate(row))

    return await errand.do(work)


@ROUTER.patch(
    "/{user_id}",
    summary="Change a user",
    **needs(Right.USERS_WRITE, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def change_user(user_id: Id, change: UserChange, errand: Asking) -> UserView:
    """Change what is sent; all else stays. The last owner stays an owner."""
    values = change.told()
    if "role" in values:
        _check_rank(errand.who, change.role)

    async def work(session: AsyncSession) -> UserView:
        row = await _below(session, errand.who, user_id)
        if values.get("role", Role.OWNER) is not Role.OWNER:
            await _keep_an_owner(session, errand.org_id, row)
        row = await rows.changed(session, errand.org_id, row, values)
        if values:
            await errand.note(session, "user.change", row.id, {"fields": sorted(values)})
        return UserView.model_validate(row)

    return await errand.store.write(work)


@ROUTER.post(
    "/{user_id}:disable",
    summary="Disable a user",
    response_model=UserView,
    **needs(Right.USERS_WRITE, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def disable_user(user_id: Id, errand: Posting) -> Response:
    """Refuse the user's keys from now on. The last owner cannot be disabled."""

    async def work(session: AsyncSession) -> Told:
        row = await _below(session, errand.who, user_id)
        if row.disabled_at is None:
            await _keep_an_owner(session, errand.org_id, row)
            row = await rows.changed(session, errand.org_id, row, {"disabled_at": errand.at})
            await errand.note(session, "user.disable", row.id)
        return Told(UserView.model_validate(row), 200)

    return await errand.do(work)


@ROUTER.post(
    "/{user_id}:enable",
    summary="Enable a user",
    response_model=UserView,
    **needs(Right.USERS_WRITE, Kind.NOT_FOUND),
)
async def enable_user(user_id: Id, errand: Posting) -> Response:
    """Take the user's keys again."""

    async def work(session: AsyncSession) -> Told:
        row = await _below(session, errand.who, user_id)
        if row.disabled_at is not None:
            row = await rows.changed(session, errand.org_id, row, {"disabled_at": None})
            await errand.note(session, "user.enable", row.id)
        return Told(UserView.model_validate(row), 200)

    return await errand.do(work)


async def _below(session: AsyncSession, who: Principal, user_id: str) -> User:
    row = await rows.found(session, who.org_id, User, user_id, "user")
    _check_rank(who, row.role)
    return row


def _check_rank(who: Principal, role: Role) -> None:
    if not who.outranks(role):
        raise Refused(Kind.FORBIDDEN, f"The role {who.role} does nothing with users in the role {role}.")


async def _keep_an_owner(session: AsyncSession, org_id: str, leaving: User) -> None:
    if leaving.role is Role.OWNER and await users.active_owners(session, org_id) == [leaving.id]:
        raise Refused(Kind.CONFLICT, "This is the last owner: make another one first.")
