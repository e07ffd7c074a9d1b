"""Every operation of the API's description for those who may not ask, and with foreign ids in every place."""

from __future__ import annotations

import pytest

from tests.vantum.rest.kit import House, operations, problem
from vantum.store import api_keys
from vantum.store.api_keys import NewKey
from vantum.store.words import Role

pytestmark = pytest.mark.real_time
WRONG_KEYS = ("nonsense", "vtm_0a1b2c3d4e5f_3q2-7wAZ0d9c8b7a6f5e4d3c2b1a0ZYXWVUTSRQPONM", "x" * 2_000)


async def test_a_wrong_key_opens_nothing(house: House) -> None:
    for operation in operations(house.app):
        for key in WRONG_KEYS:
            answer = await house.ask(operation.method, operation.url(house.ours.ids), key=key, json={})
            assert problem(answer, 401)["type"].endswith("unauthorized"), operation
            assert answer.headers["www-authenticate"] == "Bearer"


async def test_without_a_key_nothing_is_told(house: House) -> None:
    for operation in operations(house.app):
        for headers in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer "}):
            url = operation.url(house.ours.ids)
            problem(await house.http.request(operation.method, url, json={}, headers=headers), 401)


async def test_a_key_without_a_scope_opens_nothing(house: House) -> None:
    async with house.store.writing() as session:
        _, key = await api_keys.make(session, house.ours.org, NewKey("none", Role.OWNER, ["moon:land"]))
    for operation in operations(house.app):
        answer = await house.ask(operation.method, operation.url(house.ours.ids), key=key, json={})
        assert operation.right in problem(answer, 403)["detail"]


async def test_a_revoked_key_opens_nothing(house: House) -> None:
    async with house.store.writing() as session:
        made, key = await api_keys.make(
            session, house.ours.org, NewKey("old", Role.VIEWER, ["campaigns:read"])
        )
        await api_keys.revoke(session, house.ours.org, made.id, house.clock())
    for operation in operations(house.app):
        problem(await house.ask(operation.method, operation.url(house.ours.ids), key=key, json={}), 401)


async def test_one_foreign_id_among_ours_finds_nothing(house: House) -> None:
    """Of a path with two ids, each one counts; of a query, none finds a row of another."""
    for operation in operations(house.app):
        for name in operation.names if len(operation.names) > 1 else ():
            ids = {**house.ours.ids, name: house.theirs.ids[name]}
            body = {"since": "2026-01-01T00:00:00Z"} if operation.method == "POST" else None
            problem(await house.ask(operation.method, operation.url(ids), json=body), 404)
        for name in operation.queries if operation.method == "GET" and not operation.names else ():
            theirs = house.theirs.ids.get(f"{name.removesuffix('Id')}_id")
            if name.endswith("Id") and theirs is not None:
                answer = await house.ask("GET", operation.path, params={name: theirs})
                assert answer.status_code == 200, operation
                # Of a list nothing, of a file its heading.
                assert answer.text.count("\r\n") == 1 or answer.json() == {"items": [], "next": None}
