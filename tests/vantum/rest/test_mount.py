"""The API in its server: beside that of calls, behind the same guards, and open as long as the server is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from pipecat.processors.frame_processor import FrameProcessor

from tests.live_server import KEYS
from tests.vantum.api_kit import API_KEYS, THEM, Desk, client_of, desk
from tests.vantum.rest.kit import problem
from vantum.loader import Pipeline
from vantum.rest.bodies import LARGER, USUAL
from vantum.security_headers import HEADERS
from vantum.serving import opened
from vantum.settings import load_settings
from vantum.store import api_keys, pages
from vantum.store.address import database
from vantum.store.api_keys import NewKey
from vantum.store.engine import Store, open_store
from vantum.store.models import Contact
from vantum.store.orgs import DEFAULT_ORG_ID
from vantum.store.words import Role

pytestmark = pytest.mark.real_time
KEY = {"Authorization": f"Bearer {API_KEYS.partition(',')[0]}"}
ANNA = {"phone": "+12125550100", "source": "fair"}


@pytest.fixture
async def office(store: Store, tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path, store=store, VANTUM_API_KEYS=API_KEYS) as office:
        yield office


async def test_both_apis_take_the_operators_key(office: Desk) -> None:
    placed = await office.http.post("/api/calls", json={"to": THEM}, headers=KEY)
    assert placed.status_code == 202
    calls = await office.http.get("/api/calls", headers=KEY)
    assert [call["id"] for call in calls.json()["calls"]] == [placed.json()["id"]]
    made = await office.http.post("/api/contacts", json=ANNA, headers=KEY)
    assert (made.status_code, made.json()["e164"]) == (201, "+12125550100")


async def test_each_api_refuses_in_its_own_words(office: Desk) -> None:
    calls = await office.http.get("/api/calls")
    assert (calls.status_code, calls.headers["content-type"]) == (401, "application/json")
    problem(await office.http.get("/api/contacts"), 401)
    assert (await office.http.get("/api/calls/x/nothing", headers=KEY)).json() == {"detail": "Not Found"}
    problem(await office.http.get("/api/nothing", headers=KEY), 404)


async def test_a_key_of_the_store_places_no_calls(office: Desk, store: Store) -> None:
    async with store.writing() as session:
        _, key = await api_keys.make(session, DEFAULT_ORG_ID, NewKey("CRM", Role.MANAGER, ["contacts:read"]))
    theirs = {"Authorization": f"Bearer {key}"}
    assert (await office.http.get("/api/contacts", headers=theirs)).status_code == 200
    assert (await office.http.post("/api/calls", json={"to": THEM}, headers=theirs)).status_code == 401


async def test_each_api_describes_itself(office: Desk) -> None:
    calls = (await office.http.get("/openapi.json")).json()["paths"]
    outreach = (await office.http.get("/api/openapi.json")).json()["paths"]
    assert "/api/calls" in calls
    assert "/api/contacts" in outreach
    assert calls.keys().isdisjoint(outreach)


@pytest.mark.parametrize("path", ["/api/contacts", "/api/nothing", "/api/openapi.json", "/api"])
async def test_it_is_behind_the_guards_of_the_server(office: Desk, path: str) -> None:
    answer = await office.http.get(path, headers=KEY)
    assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)
    assert answer.headers["cache-control"] == "no-store"
    async with client_of(office.app, host="evil.example") as http:
        refused = await http.get(path, headers=KEY)
    assert (refused.status_code, "VANTUM_ALLOWED_HOSTS" in refused.text) == (403, True)


async def test_a_long_list_passes_the_bound_of_calls(office: Desk) -> None:
    [longest] = [bound.most_bytes for path, bound in LARGER.items() if path == "/api/imports"]
    assert longest > 100_000_000
    answer = await office.http.post("/api/companies", content=b" " * (USUAL.most_bytes + 1), headers=KEY)
    problem(answer, 413)


async def test_on_this_machine_without_keys_both_are_open(store: Store, tmp_path: Path) -> None:
    async with desk(tmp_path, store=store) as office:
        for path in ("/api/calls", "/api/contacts"):
            assert (await office.http.get(path)).status_code == 200
            async with client_of(office.app, ("93.184.216.34", 1)) as http:
                assert (await http.get(path)).status_code == 403


async def test_without_a_store_there_is_no_such_api(tmp_path: Path) -> None:
    async with desk(tmp_path) as office:
        for path in ("/api/contacts", "/api/openapi.json"):
            assert (await office.http.get(path)).json() == {"detail": "Not Found"}


def build(_: object) -> list[FrameProcessor]:
    return []


async def test_a_server_opens_the_store_and_closes_it(tmp_path: Path) -> None:
    settings = load_settings({}, None, {**KEYS, "VANTUM_DATA": str(tmp_path), "VANTUM_PORT": "0"})
    url = database(settings.database_url, settings.data)
    async with opened(Pipeline("empty", build, Path("empty.py")), settings) as server:
        ready = asyncio.Event()
        serving = asyncio.create_task(server.listener.serve_calls(server.listening, ready.set))
        await ready.wait()
        async with httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
            made = await http.post("/api/contacts", json=ANNA)
            assert made.status_code == 201
            [org] = (await http.get("/api/organisations")).json()["items"]
            assert (org["id"], org["slug"]) == (DEFAULT_ORG_ID, "default")
        server.listener.should_exit = True
        await serving
    async with open_store(url) as store, store.reading() as session:
        found = await pages.page(session, DEFAULT_ORG_ID, Contact, pages.Cut())
    assert [contact.id for contact in found.rows] == [made.json()["id"]]
