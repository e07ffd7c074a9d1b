"""Campaigns: made in draft, told whole, and changed as far as their state allows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vantum.rest.kit import JSON, House, flaws, problem
from vantum.core.outreach.campaign import CampaignState
from vantum.store import campaigns
from vantum.store.models import RetryPolicy
from vantum.store.words import Role

pytestmark = pytest.mark.real_time
WHOLE: dict[str, Any] = {
    "name": "Autumn",
    "pipeline": "outreach",
    "variables": {"product": "Vantum", "seats": 12, "price": 9.5},
    "purpose": "service",
    "audience": "consumer",
    "language": "de-DE",
    "recording": "not_wanted",
    "windows": [{"weekday": "monday", "start": "09:00", "end": "24:00"}],
    "startAt": "2026-12-01T08:00:00Z",
    "endAt": "2026-12-24T18:00:00Z",
    "priority": 9,
    "maxConcurrency": 20,
    "callsPerSecond": 2.5,
    "budgetMicros": 50_000_000,
    "machinePolicy": "leave_message",
    "voicemailText": "We will call again.",
    "fromNumbers": ["+12125550199"],
    "brief": "We offer phone agents.",
    "analysisSchema": {"type": "object", "properties": {"team_size": {"type": "integer"}}},
}
LEAST = {"name": "Autumn", "pipeline": "outreach"}


async def in_state(house: House, campaign_id: str, state: CampaignState) -> None:
    async with house.store.writing() as session:
        row = await campaigns.get(session, house.ours.org, campaign_id)
        assert row is not None
        row.state = state


async def test_one_is_made_told_and_changed(house: House) -> None:
    made = await house.made("/api/campaigns", **WHOLE)
    assert made == made | WHOLE
    assert (made["state"], made["possible"]) == ("draft", ["schedule", "start", "archive"])
    path = f"/api/campaigns/{made['id']}"
    assert (await house.ask("GET", path)).json() == made
    change: dict[str, object] = {
        "name": "Winter",
        "budgetMicros": None,
        "windows": [],
        "fromNumbers": [],
        "retryPolicyId": None,
    }
    changed = (await house.ask("PATCH", path, json=change)).json()
    assert changed == made | change | {"updatedAt": changed["updatedAt"]}
    assert (await house.ask("PATCH", path, json={})).json() == changed
    fields = ["budget_micros", "from_numbers", "name", "retry_policy_id", "windows"]
    assert await house.deeds(made["id"]) == [
        ("campaign.create", {"name": "Autumn", "pipeline": "outreach"}),
        ("campaign.change", {"fields": fields}),
    ]


async def test_what_is_not_said_is_usual(house: House) -> None:
    made = await house.made("/api/campaigns", **LEAST)
    assert made == made | {
        "priority": 5,
        "maxConcurrency": 5,
        "windows": [],
        "budgetMicros": None,
        "language": "en",
    }


async def test_a_retry_policy_is_ones_own(house: House) -> None:
    async with house.store.writing() as session:
        ours = RetryPolicy(org_id=house.ours.org, name="ours")
        theirs = RetryPolicy(org_id=house.theirs.org, name="theirs")
        session.add_all([ours, theirs])
    path = f"/api/campaigns/{house.ours.ids['campaign_id']}"
    assert list(flaws(await house.ask("PATCH", path, json={"retryPolicyId": theirs.id}))) == [
        "#/retryPolicyId"
    ]
    refused = await house.ask("POST", "/api/campaigns", json={**LEAST, "retryPolicyId": theirs.id})
    assert list(flaws(refused)) == ["#/retryPolicyId"]
    assert (await house.ask("PATCH", path, json={"retryPolicyId": ours.id})).json()[
        "retryPolicyId"
    ] == ours.id


async def test_a_name_is_one_campaigns(house: House) -> None:
    assert (
        "ours campaign"
        in problem(await house.ask("POST", "/api/campaigns", json={**LEAST, "name": "ours campaign"}), 409)[
            "detail"
        ]
    )
    made = await house.made("/api/campaigns", **LEAST)
    path = f"/api/campaigns/{made['id']}"
    problem(await house.ask("PATCH", path, json={"name": "ours campaign"}), 409)
    assert (await house.ask("PATCH", path, json={"name": "theirs campaign"})).status_code == 200


@pytest.mark.parametrize(
    ("state", "change", "status"),
    [
        (CampaignState.PAUSED, {"brief": "x"}, 200),
        (CampaignState.RUNNING, {"name": "x", "maxConcurrency": 2, "callsPerSecond": 1, "priority": 1}, 200),
        (CampaignState.RUNNING, {"brief": "x"}, 409),
        (CampaignState.RUNNING, {}, 200),
        (CampaignState.ARCHIVED, {"name": "x"}, 409),
    ],
)
async def test_what_may_be_changed_is_said_by_the_state(
    house: House, state: CampaignState, change: dict[str, object], status: int
) -> None:
    path = f"/api/campaigns/{house.ours.ids['campaign_id']}"
    await in_state(house, house.ours.ids["campaign_id"], state)
    assert (await house.ask("PATCH", path, json=change)).status_code == status


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["100% Autumn", "ours campaign"]),
        ("name=autumn", ["100% Autumn"]),
        ("name=%25", ["100% Autumn"]),
        ("state=draft&limit=1", ["100% Autumn"]),
        ("state=running", []),
    ],
)
async def test_they_are_found(house: House, query: str, names: list[str]) -> None:
    await house.made("/api/campaigns", name="100% Autumn", pipeline="outreach")
    found = (await house.ask("GET", f"/api/campaigns?{query}")).json()["items"]
    assert [each["name"] for each in found] == names


async def test_pages_lead_on(house: House) -> None:
    await house.made("/api/campaigns", **LEAST)
    first = (await house.ask("GET", "/api/campaigns?limit=1")).json()
    second = (await house.ask("GET", first["next"])).json()
    assert [page["items"][0]["name"] for page in (first, second)] == ["Autumn", "ours campaign"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("name", " ", "#/name"),
        ("pipeline", "", "#/pipeline"),
        ("variables", {"a b": "x"}, None),
        ("variables", {"a": "x" * 1_001}, None),
        ("variables", {"a": None}, None),
        ("language", "nonsense", "#/language"),
        ("windows", [{"weekday": "monday", "start": "09:00", "end": "09:00"}], "#/windows/0"),
        ("windows", [{"weekday": "monday", "start": "25:00", "end": "26:00"}], None),
        ("windows", [{"weekday": 0, "start": "09:00", "end": "10:00"}], "#/windows/0/weekday"),
        ("startAt", "2026-12-01T08:00:00", "#/startAt"),
        ("priority", 10, "#/priority"),
        ("priority", True, "#/priority"),
        ("maxConcurrency", 0, "#/maxConcurrency"),
        ("callsPerSecond", 0, "#/callsPerSecond"),
        ("callsPerSecond", "1", "#/callsPerSecond"),
        ("budgetMicros", -1, "#/budgetMicros"),
        ("budgetMicros", 10**30, "#/budgetMicros"),
        ("machinePolicy", "shout", "#/machinePolicy"),
        ("fromNumbers", ["12"], "#/fromNumbers/0"),
        ("brief", "x" * 20_001, "#/brief"),
        ("analysisSchema", {"type": "string"}, "#/analysisSchema"),
        ("analysisSchema", {"type": "object", "properties": {"a": {"$ref": "#"}}}, "#/analysisSchema"),
        ("retryPolicyId", "x", "#/retryPolicyId"),
        ("state", "running", "#/state"),
    ],
)
async def test_what_cannot_be_is_refused(
    house: House, field: str, value: object, pointer: str | None
) -> None:
    made = flaws(await house.ask("POST", "/api/campaigns", json={**LEAST, field: value}))
    path = f"/api/campaigns/{house.ours.ids['campaign_id']}"
    changed = flaws(await house.ask("PATCH", path, json={field: value}))
    assert made == changed
    assert all(each.startswith(f"#/{field}") for each in made)
    assert pointer is None or list(made) == [pointer]


@pytest.mark.parametrize("text", [b'"\\ud800"', b"NaN", b"Infinity"])
async def test_a_schema_holds_nothing_that_no_database_keeps(house: House, text: bytes) -> None:
    schema = b'{"type": "object", "properties": {}, "description": ' + text + b"}"
    content = b'{"name": "x", "pipeline": "x", "analysisSchema": ' + schema + b"}"
    answer = await house.ask("POST", "/api/campaigns", content=content, headers=JSON)
    assert list(flaws(answer)) == ["#/analysisSchema"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"startAt": "2026-12-24T00:00:00Z", "endAt": "2026-12-24T00:00:00Z"}, "ends after"),
        ({"machinePolicy": "leave_message"}, "needs its text"),
    ],
)
async def test_what_does_not_fit_together_is_refused(house: House, body: dict[str, str], words: str) -> None:
    assert words in flaws(await house.ask("POST", "/api/campaigns", json={**LEAST, **body}))["#"]
    path = f"/api/campaigns/{house.ours.ids['campaign_id']}"
    assert words in flaws(await house.ask("PATCH", path, json=body))["#"]


async def test_a_viewer_only_looks(house: House) -> None:
    path = f"/api/campaigns/{house.ours.ids['campaign_id']}"
    assert (await house.ask("GET", path, role=Role.VIEWER)).status_code == 200
    problem(await house.ask("PATCH", path, role=Role.VIEWER, json={}), 403)
    problem(await house.ask("POST", "/api/campaigns", role=Role.VIEWER, json=LEAST), 403)
