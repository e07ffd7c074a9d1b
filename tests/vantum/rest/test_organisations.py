"""The organisation that asks."""

from __future__ import annotations

import pytest

from tests.vantum.rest.kit import House, flaws, problem

pytestmark = pytest.mark.real_time
CHANGE = {
    "name": "Acorn",
    "legalName": "Acorn Inc.",
    "callbackNumber": "+1 (212) 555-0199",
    "country": "US",
    "region": "NY",
    "timezone": "America/New_York",
    "retentionDays": 90,
    "maxConcurrency": 20,
}


async def test_it_is_told_alone_and_in_a_list(house: House) -> None:
    org = house.ours.org
    told = (await house.ask("GET", f"/api/organisations/{org}")).json()
    assert (told["id"], told["slug"], told["timezone"], told["maxConcurrency"]) == (org, "ours", "UTC", 50)
    assert (await house.ask("GET", "/api/organisations")).json() == {"items": [told], "next": None}


async def test_what_is_sent_is_changed_and_written_down(house: House) -> None:
    path = f"/api/organisations/{house.ours.org}"
    before = (await house.ask("GET", path)).json()
    changed = (await house.ask("PATCH", path, json=CHANGE)).json()
    assert changed == before | CHANGE | {"callbackNumber": "+12125550199"}
    assert (await house.ask("GET", path)).json() == changed
    fields = ["callback_number", "country", "legal_name", "max_concurrency"]
    fields += ["name", "region", "retention_days", "timezone"]
    assert await house.deeds(house.ours.org) == [("organisation.change", {"fields": fields})]


async def test_one_thing_alone_is_changed(house: House) -> None:
    path = f"/api/organisations/{house.ours.org}"
    await house.ask("PATCH", path, json=CHANGE)
    changed = (await house.ask("PATCH", path, json={"callbackNumber": "", "timezone": "UTC"})).json()
    assert (changed["callbackNumber"], changed["timezone"], changed["name"]) == ("", "UTC", "Acorn")


async def test_nothing_is_no_change(house: House) -> None:
    path = f"/api/organisations/{house.ours.org}"
    assert (await house.ask("PATCH", path, json={})).status_code == 200
    assert await house.deeds(house.ours.org) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "  "),
        ("name", None),
        ("name", "x" * 201),
        ("callbackNumber", "911"),
        ("country", "usa"),
        ("region", "New York"),
        ("timezone", ""),
        ("timezone", "Mars/Olympus"),
        ("retentionDays", -1),
        ("retentionDays", "7"),
        ("maxConcurrency", 0),
        ("maxConcurrency", 1.5),
        ("currency", "EUR"),
        ("slug", "x"),
    ],
)
async def test_what_cannot_be_is_refused(house: House, field: str, value: object) -> None:
    answer = await house.ask("PATCH", f"/api/organisations/{house.ours.org}", json={field: value})
    assert list(flaws(answer)) == [f"#/{field}"]


async def test_no_other_one_is_told(house: House) -> None:
    problem(await house.ask("GET", f"/api/organisations/{house.theirs.org}"), 404)
