"""The API without a socket, and two organisations that ask it: each has one of everything, and a key of each role."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.rest.campaign_rows import calling_rows, keep_record
from tests.vantum.store.rows import NOON, new_org, number
from vantum.api_keys import ApiKeys
from vantum.core.legal import case as legal
from vantum.core.legal.case import ConsentKind, Method, Reason, Scope
from vantum.rest.access import ALLOWED
from vantum.rest.app import rest_app
from vantum.rest.door import Entrance
from vantum.rest.premises import Premises
from vantum.store import api_keys, audit, companies, consents, contact_book, suppressions, users
from vantum.store.address import is_sqlite, sqlite_file
from vantum.store.api_keys import NewKey
from vantum.store.companies import NewCompany
from vantum.store.contacts import NewContact
from vantum.store.engine import Store, open_store
from vantum.store.suppression_list import saying
from vantum.store.words import Role

OPERATOR = "the-operators-key"
"""A key of VANTUM_API_KEYS."""
AFAR = ("93.184.216.34", 1)
"""A client on another machine."""
JSON = {"Content-Type": "application/json"}
MEDIA_TYPE = "application/problem+json"
NOBODY = "019ad5e0-0000-7000-8000-000000000000"
"""An id that nothing has."""


@dataclass(slots=True)
class Clock:
    """Tells the time that it is told."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **by: float) -> None:
        """Let time go by."""
        self.now += timedelta(**by)


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation: ids by the name of a path's parameter, and keys by role."""

    org: str
    ids: Mapping[str, str]
    keys: Mapping[Role, str]
    phone: str


@dataclass(slots=True)
class House:
    """The application and two organisations, the second of which is a stranger to the first."""

    app: FastAPI
    http: httpx.AsyncClient
    store: Store
    clock: Clock
    ours: Party
    theirs: Party

    async def ask(
        self, method: str, path: str, *, role: Role = Role.OWNER, key: str | None = None, **more: Any
    ) -> httpx.Response:
        """Ask with the key of one of our roles, or with another one."""
        headers = {
            "Authorization": f"Bearer {self.ours.keys[role] if key is None else key}",
            **more.pop("headers", {}),
        }
        return await self.http.request(method, path, headers=headers, **more)

    async def made(self, path: str, **body: object) -> dict[str, Any]:
        """What a POST makes."""
        answer = await self.ask("POST", path, json=body)
        assert answer.status_code == 201, answer.text
        assert answer.headers["location"] == f"{path}/{answer.json()['id']}"
        told: dict[str, Any] = answer.json()
        return told

    async def deeds(self, subject_id: str) -> list[tuple[str, Mapping[str, object]]]:
        """What the audit log has of something."""
        async with self.store.reading() as session:
            found = await audit.about(session, self.ours.org, subject_id)
        return [(entry.action, entry.details) for entry in found]


async def new_party(session: AsyncSession, slug: str, phone: str) -> Party:
    """An organisation with one of everything."""
    org = await new_org(session, slug)
    company = await companies.add(session, org, NewCompany(f"{slug} Inc.", f"{slug}.example.com"))
    user = await users.add(session, org, f"anna@{slug}.example.com", "Anna", Role.VIEWER)
    new = NewContact(e164=phone, source=f"{slug}.csv", company_id=company.id, name=f"{slug} person")
    contact = await contact_book.add(session, org, new)
    said = legal.Consent(ConsentKind.CALL, Method.WRITTEN, NOON)
    consent = await consents.add(session, org, contact.id, said, consents.Proof(f"{slug} asked"))
    suppression = legal.Suppression(Scope.NUMBER, number(50), Reason.ASKED)
    await suppressions.add(session, org, suppression)
    row = await saying(session, org, suppression)
    assert row is not None
    keys, last = {}, ""
    for role in Role:
        made, text = await api_keys.make(session, org, NewKey(f"{slug} {role}", role, sorted(ALLOWED[role])))
        keys[role], last = text, made.id
    ids = {
        "organisation_id": org,
        "company_id": company.id,
        "user_id": user.id,
        "contact_id": contact.id,
        "consent_id": consent.id,
        "suppression_id": row.id,
        "key_id": last,
        **await calling_rows(session, org, slug, contact.id),
    }
    return Party(org, ids, keys, phone)


def client_of(app: FastAPI, peer: tuple[str, int] = AFAR) -> httpx.AsyncClient:
    """A client of ``app`` on another machine. An error of the server is a 500, as on a socket."""
    transport = httpx.ASGITransport(app=app, client=peer, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


async def both_parties(store: Store) -> tuple[Party, Party]:
    """Us and them."""
    async with store.writing() as session:
        return await new_party(session, "ours", number(0)), await new_party(session, "theirs", number(1))


@pytest.fixture(scope="session")
def furnished(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, tuple[Party, Party]]:
    """A file with both in it: what most of the time of a test would go to."""
    path = tmp_path_factory.mktemp("furnished") / "template.db"
    shutil.copyfile(sqlite_template, path)

    async def furnish() -> tuple[Party, Party]:
        async with open_store(sqlite_file(path)) as store:
            return await both_parties(store)

    return path, asyncio.run(furnish())


@pytest.fixture
async def house(
    store: Store, url: URL, tmp_path: Path, furnished: tuple[Path, tuple[Party, Party]]
) -> AsyncIterator[House]:
    clock = Clock()
    app = rest_app(store, Entrance(ApiKeys([OPERATOR])), clock, Premises(tmp_path))
    if is_sqlite(url):
        path, (ours, theirs) = furnished
        # The store has made no connection yet.
        shutil.copyfile(path, str(url.database))
    else:
        ours, theirs = await both_parties(store)
    for party in (ours, theirs):
        keep_record(tmp_path, party.ids["record_id"])
    async with client_of(app) as http:
        yield House(app, http, store, clock, ours, theirs)


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem that an answer tells; its form is that of RFC 9457."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    told: dict[str, Any] = answer.json()
    assert told.keys() - {"errors"} == {"type", "title", "status", "detail", "instance"}
    assert told["type"].startswith("urn:vantum:problem:")
    assert (told["status"], told["instance"]) == (status, answer.request.url.path)
    assert told["title"]
    assert told["detail"]
    return told


def flaws(answer: httpx.Response) -> dict[str, str]:
    """What is wrong, by where it is, with a request that cannot be used."""
    return {flaw["pointer"]: flaw["detail"] for flaw in problem(answer, 422)["errors"]}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API, as its description tells it."""

    method: str
    path: str
    right: str
    queries: Sequence[str]
    fields: Sequence[str]
    """The names in its body."""
    is_stream: bool
    """Whether the answer goes on until somebody leaves."""

    def url(self, ids: Mapping[str, str]) -> str:
        """The path with ids in it."""
        return self.path.format(**ids)

    @property
    def names(self) -> Sequence[str]:
        """The parameters of the path."""
        return [part.partition("}")[0] for part in self.path.split("{")[1:]]


def operations(app: FastAPI) -> Sequence[Operation]:
    """All that the API can do, the same for every application; to find it out takes half a second."""
    if not _OPERATIONS:
        _OPERATIONS.extend(_operations(app))
    return _OPERATIONS


_OPERATIONS: list[Operation] = []


def _operations(app: FastAPI) -> Iterator[Operation]:
    described = app.openapi()
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            content = told.get("requestBody", {}).get("content", {}).get("application/json", {})
            name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
            yield Operation(
                method.upper(),
                path,
                told["x-right"],
                [each["name"] for each in told.get("parameters", ()) if each["in"] == "query"],
                sorted(described["components"]["schemas"].get(name, {}).get("properties", {})),
                "text/event-stream" in str(told["responses"]),
            )
