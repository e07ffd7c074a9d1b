"""Keys: told once, and never able to do more than who made them."""

from __future__ import annotations

import pytest

from tests.vantum.rest.kit import House, flaws, problem
from vantum.rest.access import ALLOWED, Right
from vantum.store import api_keys
from vantum.store.api_keys import NewKey
from vantum.store.words import Role

pytestmark = pytest.mark.real_time


async def test_one_is_made_and_told_once(house: House) -> None:
    made = await house.made(
        "/api/keys", name="CRM", role="manager", scopes=["contacts:write", "contacts:read"]
    )
    assert api_keys.is_key(made["key"])
    assert made["key"].startswith(f"{made['prefix']}_")
    assert made["scopes"] == ["contacts:read", "contacts:write"]
    told = (await house.ask("GET", f"/api/keys/{made['id']}")).json()
    assert told == {name: value for name, value in made.items() if name != "key"}
    assert made["key"] not in (await house.ask("GET", "/api/keys")).text
    assert (await house.ask("GET", "/api/contacts", key=made["key"])).status_code == 200
    problem(await house.ask("GET", "/api/companies", key=made["key"]), 403)
    details = {"role": "manager", "scopes": ["contacts:read", "contacts:write"]}
    assert await house.deeds(made["id"]) == [("key.create", details)]


@pytest.mark.parametrize("role", Role)
async def test_without_scopes_it_may_what_its_role_may(house: House, role: Role) -> None:
    made = await house.made("/api/keys", name="x", role=role)
    assert made["scopes"] == sorted(ALLOWED[role])


async def test_it_may_no_more_than_who_made_it(house: House) -> None:
    body: dict[str, object] = {"name": "x", "role": "owner"}
    problem(await house.ask("POST", "/api/keys", role=Role.ADMIN, json=body), 403)
    async with house.store.writing() as session:
        rights = [Right.KEYS_WRITE, Right.CONTACTS_READ]
        _, key = await api_keys.make(session, house.ours.org, NewKey("narrow", Role.ADMIN, rights))
    body = {"name": "x", "role": "admin", "scopes": ["contacts:read", "users:write"]}
    answer = await house.ask("POST", "/api/keys", key=key, json=body)
    assert "users:write" in problem(answer, 403)["detail"]
    granted = await house.ask("POST", "/api/keys", key=key, json={"name": "x", "role": "admin"})
    assert granted.json()["scopes"] == ["contacts:read", "keys:write"]


async def test_one_is_revoked_once(house: House) -> None:
    made = await house.made("/api/keys", name="x")
    first = (await house.ask("POST", f"/api/keys/{made['id']}:revoke")).json()
    house.clock.passes(hours=1)
    assert (await house.ask("POST", f"/api/keys/{made['id']}:revoke")).json() == first
    assert [action for action, _ in await house.deeds(made["id"])] == ["key.create", "key.revoke"]


async def test_nobody_revokes_the_keys_of_those_above_them(house: House) -> None:
    made = await house.made("/api/keys", name="x", role="owner")
    problem(await house.ask("POST", f"/api/keys/{made['id']}:revoke", role=Role.ADMIN), 403)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/name"),
        ({"name": "x", "role": "king"}, "#/role"),
        ({"name": "x", "scopes": []}, "#/scopes"),
        ({"name": "x", "scopes": ["moon:land"]}, "#/scopes/0"),
        ({"name": "x", "expiresAt": "2026-11-18T17:00:00Z"}, "#/expiresAt"),
        ({"name": "x", "expiresAt": "2027-01-01T00:00:00"}, "#/expiresAt"),
        ({"name": "x", "expiresAt": "0001-01-01T00:00:00+14:00"}, "#/expiresAt"),
        ({"name": "x", "userId": "x"}, "#/userId"),
    ],
)
async def test_what_cannot_be_is_refused(house: House, body: dict[str, object], pointer: str) -> None:
    assert list(flaws(await house.ask("POST", "/api/keys", json=body))) == [pointer]
