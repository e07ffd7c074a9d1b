"""Companies: added, changed, and found by their domain and name."""

from __future__ import annotations

import pytest

from tests.vantum.rest.kit import House, flaws, problem

pytestmark = pytest.mark.real_time


async def test_one_is_added_changed_and_told(house: House) -> None:
    body = {"name": "Acorn", "domain": "https://www.Acorn.example.com/about", "maxCallsPerDay": 3}
    made = await house.made("/api/companies", **body)
    assert (made["domain"], made["dnc"], made["maxCallsPerDay"]) == ("acorn.example.com", False, 3)
    path = f"/api/companies/{made['id']}"
    change = {"dnc": True, "maxCallsPerDay": None, "gatekeeperNotes": "Ask for Ben.\nNot on Mondays."}
    changed = (await house.ask("PATCH", path, json=change)).json()
    assert changed == made | change | {"updatedAt": changed["updatedAt"]}
    assert (await house.ask("GET", path)).json() == changed
    assert (await house.ask("PATCH", path, json={})).json() == changed
    assert await house.deeds(made["id"]) == [
        ("company.create", {}),
        ("company.change", {"fields": ["dnc", "gatekeeper_notes", "max_calls_per_day"]}),
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("domain=ours.example.com", ["ours Inc."]),
        ("domain=OURS.example.com", ["ours Inc."]),
        ("domain=theirs.example.com", []),
        ("name=corn", ["100% Corn", "Acorn"]),
        ("name=%25", ["100% Corn"]),
        ("name=_", []),
        ("", ["100% Corn", "Acorn", "ours Inc."]),
    ],
)
async def test_they_are_found(house: House, query: str, names: list[str]) -> None:
    for name in ("Acorn", "100% Corn"):
        await house.made("/api/companies", name=name)
    found = (await house.ask("GET", f"/api/companies?{query}")).json()["items"]
    assert [company["name"] for company in found] == names


async def test_a_domain_is_one_companys(house: House) -> None:
    body = {"name": "x", "domain": "ours.example.com"}
    problem(await house.ask("POST", "/api/companies", json=body), 409)
    made = await house.made("/api/companies", name="x")
    path = f"/api/companies/{made['id']}"
    problem(await house.ask("PATCH", path, json={"domain": "ours.example.com"}), 409)
    assert (await house.ask("PATCH", path, json={"domain": "theirs.example.com"})).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", 1),
        ("domain", ""),
        ("domain", "acorn"),
        ("domain", ".".join(["ü" * 40] * 6)),
        ("dnc", "yes"),
        ("dnc", None),
        ("maxCallsPerDay", -1),
        ("maxCallsPerDay", True),
        ("maxCallsPerDay", 10**30),
        ("gatekeeperNotes", "x" * 4_001),
        ("gatekeeperNotes", "\x00"),
        ("id", "x"),
    ],
)
async def test_what_cannot_be_is_refused(house: House, field: str, value: object) -> None:
    path = f"/api/companies/{house.ours.ids['company_id']}"
    assert list(flaws(await house.ask("PATCH", path, json={field: value}))) == [f"#/{field}"]
