"""Every operation of the API's description against ids, queries and bodies that nobody thought of: never a 500."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vantum.rest.kit import JSON, Clock, House, client_of, new_party, operations
from tests.vantum.store.rows import number
from vantum.api_keys import ApiKeys
from vantum.rest.app import rest_app
from vantum.rest.door import Entrance
from vantum.rest.premises import Premises
from vantum.store.address import sqlite_file
from vantum.store.engine import open_store

pytestmark = pytest.mark.real_time
FEW = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
ANY_TEXT = st.text(st.characters(), max_size=30)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(ANY_TEXT, inside, max_size=3),
    max_leaves=6,
)
SENSIBLE = st.sampled_from(
    [
        "",
        "+12125550123",
        "212 555 0123",
        "US",
        "NY",
        "10001",
        "America/New_York",
        "a@b.example.com",
        "b.example.com",
        "en",
        "contact",
        "domain",
        "asked",
        "call",
        "written",
        "revoked",
        "owner",
        "viewer",
        "2026-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "mobile",
    ]
)
VALUES = SENSIBLE | ANY_JSON


async def in_house(template: Path, work: Callable[[House], Awaitable[None]]) -> None:
    """Do something in a house of its own: hypothesis calls the test many times."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        await asyncio.to_thread(shutil.copyfile, template, path)
        async with open_store(sqlite_file(path)) as store:
            async with store.writing() as session:
                ours = await new_party(session, "ours", number(0))
                theirs = await new_party(session, "theirs", number(1))
            clock = Clock()
            app = rest_app(store, Entrance(ApiKeys([]), per_minute=0), clock, Premises(Path(folder)))
            async with client_of(app) as http:
                await work(House(app, http, store, clock, ours, theirs))


def check(told: object, status: int, text: str) -> None:
    """What holds of every answer."""
    assert status < 500, (told, text)
    assert "Traceback" not in text
    assert "theirs" not in text


@FEW
@given(data=st.data())
async def test_no_body_breaks_anything(sqlite_template: Path, data: st.DataObject) -> None:
    async def work(house: House) -> None:
        for operation in operations(house.app):
            if operation.method != "GET":
                names = st.sampled_from(operation.fields) if operation.fields else ANY_TEXT
                bodies = st.dictionaries(names, VALUES, max_size=6) | ANY_JSON
                content = json.dumps(data.draw(bodies)).encode()
                path = operation.url(house.ours.ids)
                answer = await house.ask(operation.method, path, content=content, headers=JSON)
                check((operation, content), answer.status_code, answer.text)

    await in_house(sqlite_template, work)


@FEW
@given(data=st.data())
async def test_no_id_breaks_anything(sqlite_template: Path, data: st.DataObject) -> None:
    async def work(house: House) -> None:
        for operation in operations(house.app):
            ids = {
                name: quote(data.draw(ANY_TEXT).encode("utf-8", "replace"), safe="") or "x"
                for name in operation.names
            }
            answer = await house.ask(operation.method, operation.url({**house.ours.ids, **ids}), json={})
            check((operation, ids), answer.status_code, answer.text)

    await in_house(sqlite_template, work)


@FEW
@given(data=st.data())
async def test_no_query_breaks_anything(sqlite_template: Path, data: st.DataObject) -> None:
    async def work(house: House) -> None:
        for operation in operations(house.app):
            if operation.method == "GET" and operation.queries and not operation.is_stream:
                drawn = data.draw(
                    st.dictionaries(st.sampled_from(operation.queries), SENSIBLE | ANY_TEXT, max_size=4)
                )
                query = {name: value.encode("utf-8", "replace").decode() for name, value in drawn.items()}
                answer = await house.ask("GET", operation.url(house.ours.ids), params=query)
                check((operation, query), answer.status_code, answer.text)

    await in_house(sqlite_template, work)


@FEW
@given(keys=st.lists(st.text(st.characters(max_codepoint=255), max_size=300), min_size=1, max_size=5))
async def test_no_header_breaks_anything(sqlite_template: Path, keys: list[str]) -> None:
    async def work(house: House) -> None:
        for key in keys:
            raw = {b"Authorization": b"Bearer " + key.encode("latin-1")}
            answer = await house.http.get("/api/contacts", headers=raw)
            check(key, answer.status_code, answer.text)
            given = {
                b"Idempotency-Key": key.encode("latin-1"),
                b"Authorization": f"Bearer {next(iter(house.ours.keys.values()))}".encode(),
            }
            posted = await house.http.post("/api/companies", json={"name": "x"}, headers=given)
            check(key, posted.status_code, posted.text)

    await in_house(sqlite_template, work)
