"""Suppressions: added at once, found, and lifted with a reason by who may."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.vantum.rest.kit import House, flaws, problem
from tests.vantum.store.rows import NOON, number
from vantum.core.legal.case import Scope
from vantum.store import suppressions
from vantum.store.words import Role

pytestmark = pytest.mark.real_time
LATER = "2026-11-20T00:00:00Z"


@pytest.mark.parametrize(
    ("scope", "value", "kept"),
    [
        ("number", "+1 (212) 555-0177", "+12125550177"),
        ("domain", "https://www.Acorn.example.com/", "acorn.example.com"),
        ("contact", "contact_id", "contact_id"),
        ("company", "company_id", "company_id"),
    ],
)
async def test_it_holds_from_this_second_on(house: House, scope: str, value: str, kept: str) -> None:
    ids = house.ours.ids
    body = {"scope": scope, "value": ids.get(value, value), "reason": "asked", "quote": "Stop calling."}
    made = await house.made("/api/suppressions", **body)
    kept = ids.get(kept, kept)
    assert (made["value"], made["quote"], made["expiresAt"]) == (kept, "Stop calling.", None)
    async with house.store.reading() as session:
        assert await suppressions.in_force(session, house.ours.org, [(Scope(scope), kept)], NOON)
    assert (await house.ask("GET", f"/api/suppressions/{made['id']}")).json() == made
    assert await house.deeds(made["id"]) == [("suppression.add", {"scope": scope, "reason": "asked"})]


async def test_one_that_is_there_is_never_shortened(house: House) -> None:
    first = await house.made("/api/suppressions", value=number(60))
    again = await house.made("/api/suppressions", value=number(60), expiresAt=LATER)
    assert again["id"] == first["id"]
    assert again["expiresAt"] is None


async def test_one_is_lifted_with_a_reason_and_its_record_stays(house: House) -> None:
    path = f"/api/suppressions/{house.ours.ids['suppression_id']}"
    body = {"reason": "Wrote to us."}
    problem(await house.ask("POST", f"{path}:lift", role=Role.MANAGER, json=body), 403)
    assert list(flaws(await house.ask("POST", f"{path}:lift", json={"reason": " "}))) == ["#/reason"]
    lifted = (await house.ask("POST", f"{path}:lift", role=Role.ADMIN, json=body)).json()
    assert lifted["expiresAt"] == "2026-11-18T17:00:00Z"
    problem(await house.ask("POST", f"{path}:lift", json=body), 409)
    assert (await house.ask("GET", path)).json() == lifted
    assert await house.deeds(lifted["id"]) == [("suppression.lift", body)]


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ("", ["acorn.example.com", number(61), number(50)]),
        ("scope=domain", ["acorn.example.com"]),
        ("reason=asked", [number(50)]),
        ("standing=in_force", ["acorn.example.com", number(50)]),
        ("standing=over", [number(61)]),
        (f"value=%2B{number(50)[1:]}", [number(50)]),
        ("value=x", []),
    ],
)
async def test_they_are_found(house: House, query: str, values: list[str]) -> None:
    await house.made("/api/suppressions", value=number(61), expiresAt=LATER)
    await house.made("/api/suppressions", scope="domain", value="acorn.example.com")
    house.clock.now = NOON + timedelta(days=3)
    found = (await house.ask("GET", f"/api/suppressions?{query}")).json()["items"]
    assert [each["value"] for each in found] == values


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/value"),
        ({"value": "12125550100"}, "#/value"),
        ({"value": "x"}, "#/value"),
        ({"scope": "domain", "value": "x"}, "#/value"),
        ({"scope": "contact", "value": "x"}, "#/value"),
        ({"scope": "everybody", "value": "x"}, "#/scope"),
        ({"value": number(0), "reason": "mood"}, "#/reason"),
        ({"value": number(0), "expiresAt": NOON.isoformat()}, "#/expiresAt"),
        ({"value": number(0), "quote": "x" * 4_001}, "#/quote"),
    ],
)
async def test_what_cannot_be_is_refused(house: House, body: dict[str, object], pointer: str) -> None:
    assert list(flaws(await house.ask("POST", "/api/suppressions", json=body))) == [pointer]
