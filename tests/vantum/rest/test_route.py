"""Routes: none without a right, and none that a stranger passes."""

from __future__ import annotations

import pytest

from tests.vantum.rest.kit import JSON, House, problem
from vantum.rest.access import Right
from vantum.rest.problems import Kind
from vantum.rest.route import PRINCIPAL, RIGHT, RestRoute, needs, principal_of
from vantum.store.words import Role

pytestmark = pytest.mark.real_time


async def handler() -> None:
    raise NotImplementedError


def test_a_route_without_a_right_cannot_be_made() -> None:
    with pytest.raises(KeyError):
        RestRoute("/api/x", handler)
    with pytest.raises(ValueError, match="moon:land"):
        RestRoute("/api/x", handler, openapi_extra={RIGHT: "moon:land"})


def test_a_route_is_declared_with_its_right_and_its_problems() -> None:
    declared = needs(Right.CONTACTS_READ, Kind.NOT_FOUND)
    assert declared["openapi_extra"] == {RIGHT: "contacts:read"}
    assert [*declared["responses"]] == sorted(declared["responses"])
    assert 404 in declared["responses"]
    assert 409 not in declared["responses"]


def test_a_request_without_a_principal_goes_nowhere() -> None:
    with pytest.raises(TypeError, match="principal"):
        principal_of({PRINCIPAL: None})


async def test_the_right_is_looked_at_before_anything_is_read(house: House) -> None:
    for content in (b"{", b" " * 1_000_000):
        answer = await house.ask("POST", "/api/contacts", role=Role.VIEWER, content=content, headers=JSON)
        told = problem(answer, 403)
        assert told["detail"] == "This needs the right contacts:write. The role viewer does not have it."


async def test_a_scope_that_is_lacking_is_told(house: House) -> None:
    body = {"name": "x", "role": "owner", "scopes": ["contacts:read"]}
    key = (await house.ask("POST", "/api/keys", json=body)).json()["key"]
    answer = await house.ask("GET", "/api/users", key=key)
    assert problem(answer, 403)["detail"].endswith("The key's scopes do not have it.")
