"""The application: its description, and which paths are its own."""

from __future__ import annotations

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from tests.vantum.rest.kit import House, client_of, operations
from vantum.rest.access import Right
from vantum.rest.app import RestFront, is_ours, utc_now

pytestmark = pytest.mark.real_time


@pytest.mark.parametrize(
    ("path", "ours"),
    [
        ("/api", True),
        ("/api/", True),
        ("/api/contacts", True),
        ("/api/contacts:export", True),
        ("/api/contacts/1:archive", True),
        ("/api/openapi.json", True),
        ("/api/nothing", True),
        ("/api/calls", False),
        ("/api/calls/1/hangup", False),
        ("/api/calls/1/events", True),
        ("/api/calls/events", False),
        ("/api/tokens", False),
        ("/apis/contacts", False),
        ("/", False),
        ("/openapi.json", False),
        ("/calls/api/contacts", False),
    ],
)
async def test_what_is_under_the_prefix_is_ours_but_for_calls_and_tokens(path: str, ours: bool) -> None:
    asked: list[str] = []

    async def rest(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append("rest")
        await PlainTextResponse("")(scope, receive, send)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append("app")
        await PlainTextResponse("")(scope, receive, send)

    async def nothing(*_: object) -> None:
        pass

    assert is_ours(path) is ours
    front = RestFront(app, rest)
    scope: Scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    await front(scope, nothing, nothing)  # type: ignore[arg-type]
    await front({**scope, "type": "lifespan"}, nothing, nothing)  # type: ignore[arg-type]
    assert asked == ["rest" if ours else "app", "app"]


async def test_the_description_tells_everything(house: House) -> None:
    described = house.app.openapi()
    assert described is house.app.openapi()
    schemas = described["components"]["schemas"]
    assert {"Problem", "Flaw"} <= schemas.keys()
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            where = f"{method} {path}"
            assert told["summary"], where
            assert told["description"], where
            assert told["tags"], where
            assert Right(told["x-right"]), where
            assert told["security"] == [{"Key": []}], where
            assert {"400", "401", "403", "413", "422", "429", "503"} <= told["responses"].keys(), where
            for status, answer in told["responses"].items():
                if status >= "400":
                    schema = answer["content"]["application/problem+json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/Problem"}, where
            assert ("{" in path) is ("404" in told["responses"]), where


async def test_what_is_asked_and_told_has_examples(house: House) -> None:
    described = house.app.openapi()
    for methods in described["paths"].values():
        for told in methods.values():
            granted = [answer for status, answer in told["responses"].items() if status < "300"]
            for body in (told.get("requestBody", {}), *granted):
                content = body.get("content", {}).get("application/json", {"example": "x"})
                assert content["example"], told["summary"]
    add = described["paths"]["/api/companies"]["post"]
    asked = add["requestBody"]["content"]["application/json"]["example"]
    assert (asked["name"], asked["domain"]) == ("Acorn Inc.", "acorn.example.com")
    assert add["responses"]["201"]["content"]["application/json"]["example"]["domain"] == "acorn.example.com"


async def test_what_is_left_out_of_a_change_has_no_default(house: House) -> None:
    schemas = house.app.openapi()["components"]["schemas"]
    changes = [schema for name, schema in schemas.items() if name.endswith("Change")]
    assert len(changes) >= 4
    for schema in changes:
        assert "required" not in schema
        assert not any("default" in told for told in schema["properties"].values())


async def test_the_description_is_served_without_a_key(house: House) -> None:
    async with client_of(house.app) as http:
        assert (await http.get("/api/openapi.json")).json() == house.app.openapi()


async def test_every_operation_is_told_once(house: House) -> None:
    found = [(each.method, each.path) for each in operations(house.app)]
    assert len(found) == len(set(found)) >= 32


def test_now_has_a_zone() -> None:
    assert utc_now().utcoffset() is not None
