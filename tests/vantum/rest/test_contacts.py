"""Contacts: added with where they came from, changed but for their number, found, and archived."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.vantum.rest.kit import House, flaws, problem
from tests.vantum.store.rows import NOON, new_scene
from vantum.core.outreach.lead import LeadState
from vantum.store import changes, leads
from vantum.store.models import Contact, Import, ImportRow, Lead
from vantum.store.words import ContactState, RowVerdict

pytestmark = pytest.mark.real_time
BERTA: dict[str, Any] = {
    "phone": "(212) 555-0142 ",
    "country": "US",
    "source": "spring-fair.csv",
    "sourceDetail": "row 7",
    "sourceAt": "2026-03-01T12:00:00+01:00",
    "firstName": "Berta",
    "lastName": "Berg",
    "title": "Head of Sales",
    "email": "Berta@Acorn.example.com",
    "language": "german",
    "postalCode": "10001",
    "lineType": "landline",
    "custom": {"size": 40, "share": 0.5, "vip": True, "crm": "A-1"},
}


async def test_one_is_added_with_all_that_follows(house: House) -> None:
    made = await house.made("/api/contacts", **BERTA, companyId=house.ours.ids["company_id"])
    assert made == made | {
        "e164": "+12125550142",
        "rawPhone": "(212) 555-0142",
        "lineType": "landline",
        "name": "Berta Berg",
        "email": "berta@acorn.example.com",
        "language": "de",
        "country": "US",
        "region": "NY",
        "postalCode": "10001",
        "timezone": "America/New_York",
        "timezoneSource": "postal_code",
        "otherZones": [],
        "custom": BERTA["custom"],
        "source": "spring-fair.csv",
        "sourceDetail": "row 7",
        "sourceAt": "2026-03-01T11:00:00Z",
        "state": "active",
        "companyId": house.ours.ids["company_id"],
    }
    assert (await house.ask("GET", f"/api/contacts/{made['id']}")).json() == made
    assert await house.deeds(made["id"]) == [("contact.create", {})]


async def test_a_number_is_that_of_one_contact(house: House) -> None:
    body = {"phone": house.ours.phone, "source": "x"}
    told = problem(await house.ask("POST", "/api/contacts", json=body), 409)
    assert f"/api/contacts/{house.ours.ids['contact_id']}" in told["detail"]
    assert (await house.made("/api/contacts", phone=house.theirs.phone, source="x"))["id"]


async def test_what_is_sent_is_changed_and_the_rest_stays(house: House) -> None:
    made = await house.made("/api/contacts", **BERTA)
    path = f"/api/contacts/{made['id']}"
    change = {"title": "", "custom": {}, "companyId": house.ours.ids["company_id"], "name": "B. Berg"}
    changed = (await house.ask("PATCH", path, json=change)).json()
    assert changed == made | change | {"updatedAt": changed["updatedAt"]}
    assert (await house.ask("PATCH", path, json={"companyId": None})).json()["companyId"] is None
    assert (await house.ask("PATCH", path, json={})).status_code == 200
    fields = [
        details["fields"] for action, details in await house.deeds(made["id"]) if action == "contact.change"
    ]
    assert fields == [["company_id", "custom", "name", "title"], ["company_id"]]


async def test_where_somebody_is_says_when_they_may_be_called(house: House) -> None:
    made = await house.made("/api/contacts", phone="+12125550143", source="x")
    path = f"/api/contacts/{made['id']}"

    async def zones(**change: str) -> tuple[str, str, list[str]]:
        told = (await house.ask("PATCH", path, json=change)).json()
        return told["timezone"], told["timezoneSource"], told["otherZones"]

    assert (made["timezone"], made["timezoneSource"]) == ("America/New_York", "area_code")
    west = ("America/Los_Angeles", "postal_code", ["America/New_York"])
    assert await zones(region="CA") == west
    assert await zones(timezone="America/Denver") == ("America/Denver", "explicit", [])
    assert await zones(postalCode="90001") == ("America/Denver", "explicit", [])
    assert await zones(timezone="") == west
    assert await zones(region="", postalCode="") == ("America/New_York", "area_code", [])


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"phone": ""}, "#/phone"),
        ({"phone": "(212) 555-0142"}, "#/phone"),
        ({"phone": "911", "country": "US"}, "#/phone"),
        ({"phone": "+19002345678"}, "#/phone"),
        ({"source": " "}, "#/source"),
        ({"source": "x" * 201}, "#/source"),
        ({"sourceDetail": "x" * 501}, "#/sourceDetail"),
        ({"sourceAt": "2026-03-01"}, "#/sourceAt"),
        ({"timezone": "Etc/GMT+5"}, "#/timezone"),
        ({"timezone": "Berlin"}, "#/timezone"),
        ({"region": "XX"}, "#/region"),
        ({"region": "CA", "postalCode": "10001"}, "#/postalCode"),
        ({"postalCode": "ABC"}, "#/postalCode"),
        ({"language": "klingon"}, "#/language"),
        ({"email": "x"}, "#/email"),
        ({"custom": {str(index): "x" for index in range(51)}}, "#/custom"),
        ({"custom": []}, "#/custom"),
        ({"state": "erased"}, "#/state"),
        ({"e164": "+12125550100"}, "#/e164"),
    ],
)
async def test_what_cannot_be_is_refused(house: House, body: dict[str, object], pointer: str) -> None:
    wanted = {"phone": "+12125550142", "source": "x"} | body
    assert list(flaws(await house.ask("POST", "/api/contacts", json=wanted))) == [pointer]


@pytest.mark.parametrize("value", [None, [], {}, "x" * 2_001, "\n", 2**53 + 1, 10**400, -(10**400)])
async def test_a_field_of_ones_own_has_bounds(house: House, value: object) -> None:
    path = f"/api/contacts/{house.ours.ids['contact_id']}"
    answer = await house.ask("PATCH", path, json={"custom": {"size": value}})
    assert all(place.startswith("#/custom/size") for place in flaws(answer))


@pytest.mark.parametrize("content", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
async def test_what_is_no_number_is_none(house: House, content: bytes) -> None:
    path = f"/api/contacts/{house.ours.ids['contact_id']}"
    body = b'{"custom": {"size": ' + content + b"}}"
    flaws(await house.ask("PATCH", path, content=body, headers={"Content-Type": "application/json"}))


@pytest.mark.parametrize("field", ["phone", "e164", "source", "sourceDetail", "country", "state"])
async def test_the_number_and_where_it_came_from_stay(house: House, field: str) -> None:
    path = f"/api/contacts/{house.ours.ids['contact_id']}"
    assert list(flaws(await house.ask("PATCH", path, json={field: "US"}))) == [f"#/{field}"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Berta Berg", "ours person"]),
        ("phone=%2B12125550142", ["Berta Berg"]),
        ("phone=+1 212 555 0142", ["Berta Berg"]),
        ("phone=%2B12125550199", []),
        ("email=BERTA@acorn.example.com", ["Berta Berg"]),
        ("source=ours.csv", ["ours person"]),
        ("name=berg", ["Berta Berg"]),
        ("name=%25", []),
        ("lineType=landline", ["Berta Berg"]),
        ("country=US", ["Berta Berg"]),
        ("country=DE", []),
        ("state=active", ["Berta Berg", "ours person"]),
        ("state=erased", []),
        ("companyId={company_id}", ["ours person"]),
        ("companyId={company_id}&name=berg", []),
    ],
)
async def test_they_are_found(house: House, query: str, found: list[str]) -> None:
    await house.made("/api/contacts", **BERTA)
    told = await house.ask("GET", f"/api/contacts?{query.format(**house.ours.ids)}")
    assert [contact["name"] for contact in told.json()["items"]] == found


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("state=x", "#/state"),
        ("phone=1", "#/phone"),
        ("companyId=x", "#/companyId"),
        ("name=%00", "#/name"),
        ("email=%0a", "#/email"),
        (f"name={'x' * 201}", "#/name"),
    ],
)
async def test_a_filter_that_cannot_be_is_refused(house: House, query: str, pointer: str) -> None:
    answer = await house.ask("GET", f"/api/contacts?{query}")
    assert list(flaws(answer)) == [pointer]
    assert answer.json()["errors"][0]["location"] == "query"


async def test_who_is_archived_is_in_no_list_and_no_campaign(house: House) -> None:
    contact, org = house.ours.ids["contact_id"], house.ours.org
    async with house.store.writing() as session:
        scene = await new_scene(session, "scene", 1)
        # What the campaign is does not matter here, only whose the lead is.
        lead = await session.get_one(Lead, scene.leads[0])
        lead.org_id, lead.contact_id = org, contact
    answer = await house.ask("POST", f"/api/contacts/{contact}:archive")
    assert (answer.status_code, answer.json()["state"]) == (200, "archived")
    assert (await house.ask("GET", "/api/contacts")).json()["items"] == []
    assert len((await house.ask("GET", "/api/contacts?state=archived")).json()["items"]) == 1
    async with house.store.reading() as session:
        after = await leads.get(session, org, scene.leads[0])
    assert after is not None
    assert (after.state, after.state_reason) == (LeadState.SKIPPED, "The contact was archived.")
    assert await house.deeds(contact) == [("contact.archive", {})]


async def test_who_was_erased_cannot_be_changed(house: House) -> None:
    contact = house.ours.ids["contact_id"]
    async with house.store.writing() as session:
        await changes.change(session, house.ours.org, Contact, contact, {"state": ContactState.ERASED})
    problem(await house.ask("PATCH", f"/api/contacts/{contact}", json={"name": "x"}), 409)
    problem(await house.ask("POST", f"/api/contacts/{contact}:archive"), 409)
    assert (await house.ask("GET", f"/api/contacts/{contact}")).json()["state"] == "erased"


async def test_where_a_number_came_from_is_told(house: House) -> None:
    contact, org = house.ours.ids["contact_id"], house.ours.org
    async with house.store.writing() as session:
        listed = Import(org_id=org, filename="fair.csv", sha256="0" * 64)
        session.add(listed)
        await session.flush()
        told = {"org_id": org, "import_id": listed.id, "contact_id": contact, "verdict": RowVerdict.ACCEPTED}
        session.add(ImportRow(**told, row=7, created_at=NOON))
    answer = (await house.ask("GET", f"/api/contacts/{contact}/provenance")).json()
    assert answer == {
        "id": contact,
        "source": "ours.csv",
        "sourceDetail": "",
        "sourceAt": None,
        "addedAt": answer["addedAt"],
        "lists": [{"id": listed.id, "filename": "fair.csv", "row": 7, "at": "2026-11-18T17:00:00Z"}],
    }


async def test_two_that_add_one_number_at_once_make_one_contact(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unseen(*_: object) -> dict[str, str]:
        return {}

    monkeypatch.setattr("vantum.store.contacts.ids_by_e164", unseen)
    body = {"phone": house.ours.phone, "source": "x"}
    assert "one like it" in problem(await house.ask("POST", "/api/contacts", json=body), 409)["detail"]
    async with house.store.reading() as session:
        found = await session.scalars(select(Contact).where(Contact.org_id == house.ours.org))
        assert [contact.source for contact in found] == ["ours.csv"]
