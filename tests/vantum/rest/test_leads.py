"""Leads: put into a campaign, taken out, put in again, and found."""

from __future__ import annotations

import pytest

from tests.vantum.rest.campaign_rows import settle_lead
from tests.vantum.rest.kit import NOBODY, House, flaws, problem
from tests.vantum.store.rows import number
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import LeadState
from vantum.store import campaigns, changes
from vantum.store.models import Contact
from vantum.store.words import ContactState, Role

pytestmark = pytest.mark.real_time


async def some_contacts(house: House, count: int) -> list[str]:
    made = [await house.made("/api/contacts", phone=number(10 + index), source="x") for index in range(count)]
    return [each["id"] for each in made]


async def test_contacts_are_added_once(house: House) -> None:
    ids = house.ours.ids
    path = f"/api/campaigns/{ids['campaign_id']}/leads"
    first, second = await some_contacts(house, 2)
    body = {"contactIds": [first, second, first, ids["contact_id"]], "priority": 9}
    answer = await house.ask("POST", path, json=body, role=Role.MANAGER)
    assert (answer.status_code, answer.json()) == (200, {"id": ids["campaign_id"], "added": 2, "known": 1})
    assert (await house.ask("POST", path, json=body)).json()["added"] == 0
    found = (await house.ask("GET", f"/api/leads?campaignId={ids['campaign_id']}")).json()["items"]
    assert {(each["contactId"], each["priority"], each["state"]) for each in found} == {
        (first, 9, "pending"),
        (second, 9, "pending"),
        (ids["contact_id"], 5, "pending"),
    }
    assert {each["nextAttemptAt"] for each in found} == {"2026-11-18T17:00:00Z"}
    assert ("campaign.add_leads", {"added": 2}) in await house.deeds(ids["campaign_id"])


async def test_who_is_not_ours_or_not_in_use_is_refused_by_place(house: House) -> None:
    path = f"/api/campaigns/{house.ours.ids['campaign_id']}/leads"
    fine, gone = await some_contacts(house, 2)
    async with house.store.writing() as session:
        await changes.change(session, house.ours.org, Contact, gone, {"state": ContactState.INVALID})
    wanted = [fine, house.theirs.ids["contact_id"], NOBODY, gone]
    found = flaws(await house.ask("POST", path, json={"contactIds": wanted}))
    assert found == {
        "#/contactIds/1": "There is nothing with this id.",
        "#/contactIds/2": "There is nothing with this id.",
        "#/contactIds/3": "The contact is invalid.",
    }
    assert len((await house.ask("GET", "/api/leads")).json()["items"]) == 1


@pytest.mark.parametrize("ids", [[], ["x"], [NOBODY] * 1_001])
async def test_a_list_of_contacts_has_bounds(house: House, ids: list[str]) -> None:
    path = f"/api/campaigns/{house.ours.ids['campaign_id']}/leads"
    assert all(
        each.startswith("#/contactIds")
        for each in flaws(await house.ask("POST", path, json={"contactIds": ids}))
    )


async def test_nobody_joins_what_is_put_away(house: House) -> None:
    ids = house.ours.ids
    async with house.store.writing() as session:
        row = await campaigns.get(session, house.ours.org, ids["campaign_id"])
        assert row is not None
        row.state = CampaignState.ARCHIVED
    body = {"contactIds": [ids["contact_id"]]}
    problem(await house.ask("POST", f"/api/campaigns/{ids['campaign_id']}/leads", json=body), 409)


async def test_one_is_moved_in_the_queue(house: House) -> None:
    path = f"/api/leads/{house.ours.ids['lead_id']}"
    before = (await house.ask("GET", path)).json()
    changed = (await house.ask("PATCH", path, json={"priority": 0})).json()
    assert changed == before | {"priority": 0, "updatedAt": changed["updatedAt"]}
    assert (await house.ask("PATCH", path, json={})).json() == changed
    assert list(flaws(await house.ask("PATCH", path, json={"priority": 10}))) == ["#/priority"]
    assert list(flaws(await house.ask("PATCH", path, json={"state": "done"}))) == ["#/state"]
    assert await house.deeds(before["id"]) == [("lead.change", {"priority": 0})]


async def test_one_is_skipped_and_reopened(house: House) -> None:
    path = f"/api/leads/{house.ours.ids['lead_id']}"
    skipped = (await house.ask("POST", f"{path}:skip", json={"reason": "Is a customer now."})).json()
    assert (skipped["state"], skipped["stateReason"]) == ("skipped", "Is a customer now.")
    assert skipped["nextAttemptAt"] is None
    problem(await house.ask("POST", f"{path}:skip", json={}), 409)
    house.clock.passes(hours=1)
    opened = (await house.ask("POST", f"{path}:reopen")).json()
    assert (opened["state"], opened["stateReason"]) == ("waiting", "")
    assert opened["nextAttemptAt"] == "2026-11-18T18:00:00Z"
    problem(await house.ask("POST", f"{path}:reopen"), 409)
    again = (await house.ask("POST", f"{path}:skip", json={})).json()
    assert again["stateReason"] == "Somebody took the lead out."
    deeds = [action for action, _ in await house.deeds(opened["id"])]
    assert deeds == ["lead.skip", "lead.reopen", "lead.skip"]


@pytest.mark.parametrize("state", [LeadState.LEASED, LeadState.IN_CALL])
async def test_who_is_being_called_is_left_alone(house: House, state: LeadState) -> None:
    async with house.store.writing() as session:
        await settle_lead(session, house.ours.org, house.ours.ids["lead_id"], state)
    path = f"/api/leads/{house.ours.ids['lead_id']}"
    for what in ("skip", "reopen"):
        assert state in problem(await house.ask("POST", f"{path}:{what}", json={}), 409)["detail"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 1),
        ("state=pending", 1),
        ("state=done", 0),
        ("campaignId={campaign_id}&contactId={contact_id}", 1),
        (f"contactId={NOBODY}", 0),
        ("lastOutcome=busy", 0),
        ("finalDisposition=interested", 0),
        ("occasion=list", 1),
        ("occasion=promise", 0),
    ],
)
async def test_they_are_found(house: House, query: str, count: int) -> None:
    found = (await house.ask("GET", f"/api/leads?{query.format(**house.ours.ids)}")).json()["items"]
    assert len(found) == count


async def test_a_viewer_only_looks(house: House) -> None:
    path = f"/api/leads/{house.ours.ids['lead_id']}"
    assert (await house.ask("GET", path, role=Role.VIEWER)).status_code == 200
    problem(await house.ask("POST", f"{path}:skip", role=Role.VIEWER, json={}), 403)
