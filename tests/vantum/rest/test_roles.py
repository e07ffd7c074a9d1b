"""Roles and scopes, over every operation of the API's description: who has the right may, and nobody else."""

from __future__ import annotations

import pytest

from tests.vantum.rest.kit import NOBODY, House, Operation, operations, problem
from vantum.rest.access import ALLOWED, Right
from vantum.store import api_keys
from vantum.store.api_keys import NewKey
from vantum.store.words import Role

pytestmark = pytest.mark.real_time


async def tried(house: House, operation: Operation, key: str) -> int:
    """The status of an operation on something that does not exist, with a body that cannot be used."""
    ids = dict.fromkeys(house.ours.ids, NOBODY)
    body = None if operation.method == "GET" else {"nobody knows": "this"}
    answer = await house.ask(operation.method, operation.url(ids), key=key, json=body)
    if answer.status_code == 403:
        assert operation.right in problem(answer, 403)["detail"]
    return answer.status_code


@pytest.mark.parametrize("role", Role)
async def test_a_role_may_what_it_may(house: House, role: Role) -> None:
    for operation in operations(house.app):
        status = await tried(house, operation, house.ours.keys[role])
        assert (status == 403) is (operation.right not in ALLOWED[role]), (operation, status)


async def test_a_key_may_what_its_scopes_say(house: House) -> None:
    """With the one scope that an operation needs it passes, and with all others it does not."""
    keys = {}
    async with house.store.writing() as session:
        for right in Right:
            for scopes in ([right, "x:y"], [other for other in Right if other is not right]):
                _, key = await api_keys.make(session, house.ours.org, NewKey("one", Role.OWNER, scopes))
                keys[right, len(scopes) == 2] = key
    for operation in operations(house.app):
        right = Right(operation.right)
        assert await tried(house, operation, keys[right, True]) != 403, operation
        assert await tried(house, operation, keys[right, False]) == 403, operation


async def test_a_scope_gives_no_right_that_the_role_does_not_have(house: House) -> None:
    async with house.store.writing() as session:
        _, key = await api_keys.make(session, house.ours.org, NewKey("one", Role.VIEWER, [*Right]))
    for operation in operations(house.app):
        status = await tried(house, operation, key)
        assert (status == 403) is (operation.right not in ALLOWED[Role.VIEWER]), operation


async def test_every_right_is_asked_for_somewhere(house: House) -> None:
    assert {operation.right for operation in operations(house.app)} == set(Right)
