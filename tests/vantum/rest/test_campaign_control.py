"""Campaigns on their way: looked ahead, started, held, ended, and counted."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from tests.vantum.rest.campaign_rows import MICROS
from tests.vantum.rest.kit import House, problem
from tests.vantum.store.rows import NOON, number
from vantum.core.legal.case import LineType
from vantum.store import changes
from vantum.store.models import Contact, Lead
from vantum.store.words import Role

pytestmark = pytest.mark.real_time
READY = {
    "legal_name": "Ours Inc.",
    "callback_number": "+12125550199",
    "country": "US",
    "region": "NY",
    "timezone": "America/New_York",
}


async def make_ready(house: House) -> str:
    """The path of a campaign that may start: its one lead is a business landline in New York."""
    org = house.ours.org
    async with house.store.writing() as session:
        await changes.change_org(session, org, READY)
        at = {"country": "US", "region": "NY", "timezone": "America/New_York", "line_type": LineType.LANDLINE}
        await session.execute(update(Contact).where(Contact.org_id == org).values(at))
    path = f"/api/campaigns/{house.ours.ids['campaign_id']}"
    # The suppression of the kit is another number's.
    assert house.ours.phone != number(50)
    is_there = {"pipeline": "pipelines/outreach.py", "language": "en"}
    assert (await house.ask("PATCH", path, json=is_there)).status_code == 200
    return path


async def moved(house: House, path: str, what: str, body: object = None, **more: Any) -> dict[str, Any]:
    """What a campaign is after something was done to it."""
    answer = await house.ask("POST", f"{path}:{what}", json=body, **more)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_what_is_missing_is_told_before_and_hinders_the_start(house: House) -> None:
    path = f"/api/campaigns/{house.ours.ids['campaign_id']}"
    told = await moved(house, path, "preflight", role=Role.VIEWER)
    assert (told["id"], told["mayStart"], told["total"]) == (house.ours.ids["campaign_id"], False, 1)
    missing = {each["what"]: each["hinders"] for each in told["missing"]}
    assert missing["callback_number"] is missing["legal_name"] is True
    assert len(told["words"]) >= len(missing)
    assert "called back" in problem(await house.ask("POST", f"{path}:start"), 409)["detail"]
    assert (await house.ask("GET", path)).json()["state"] == "draft"


async def test_one_is_started_held_resumed_and_stopped(house: House) -> None:
    path = await make_ready(house)
    started = await moved(house, path, "start")
    assert (started["state"], started["name"]) == ("running", "ours campaign")
    ahead = started["preflight"]
    assert (ahead["mayStart"], ahead["total"], ahead["allowed"], ahead["costMicros"]) == (True, 1, 1, MICROS)
    problem(await house.ask("POST", f"{path}:start"), 409)
    paused = await moved(house, path, "pause", {"reason": "Lunch."})
    assert (paused["state"], paused["stateReason"]) == ("paused", "Lunch.")
    refused = problem(await house.ask("POST", f"{path}:pause"), 409)
    assert "paused" in refused["detail"]
    assert "resume" in refused["detail"]
    assert (await moved(house, path, "resume"))["state"] == "running"
    stopped = await moved(house, path, "stop")
    assert stopped["state"] == "completed"
    lead = (await house.ask("GET", f"/api/leads/{house.ours.ids['lead_id']}")).json()
    assert lead["state"] == "skipped"
    assert (await moved(house, path, "archive"))["possible"] == []
    deeds = [action for action, _ in await house.deeds(house.ours.ids["campaign_id"])]
    assert deeds == [f"campaign.{each}" for each in ("change", "start", "pause", "resume", "stop", "archive")]


async def test_one_that_begins_later_is_scheduled(house: House) -> None:
    path = await make_ready(house)
    await house.ask("PATCH", path, json={"startAt": "2026-12-01T15:00:00Z"})
    assert (await moved(house, path, "start"))["state"] == "scheduled"


async def test_a_start_that_is_sent_twice_is_one(house: House) -> None:
    path = await make_ready(house)
    key = {"Idempotency-Key": "start-1"}
    first = await house.ask("POST", f"{path}:start", headers=key)
    again = await house.ask("POST", f"{path}:start", headers=key)
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["idempotency-replayed"] == "true"


async def test_of_many_starts_at_the_same_time_one_is_made(house: House) -> None:
    path = await make_ready(house)
    answers = await asyncio.gather(*(house.ask("POST", f"{path}:start") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


async def test_the_figures_are_those_of_the_rows(house: House) -> None:
    path = f"/api/campaigns/{house.ours.ids['campaign_id']}/status"
    told = (await house.ask("GET", path, role=Role.VIEWER)).json()
    assert (told["state"], told["isOver"], told["at"]) == ("draft", False, "2026-11-18T17:00:00Z")
    assert told["leads"] == told["leads"] | {"total": 1, "left": 1, "over": 0, "inCall": 0}
    assert sum(told["leads"]["byState"].values()) == 1
    assert told["attempts"] == told["attempts"] | {
        "total": 1,
        "underWay": 0,
        "reached": 1,
        "conversations": 1,
    }
    assert told["attempts"]["byOutcome"]["answered_human"] == 1
    assert told["queue"] == {"due": 1, "later": 0, "first": None, "last": None}
    assert told["spent"] == {
        "finalMicros": 0,
        "estimatedMicros": MICROS,
        "budgetMicros": None,
        "currency": "USD",
    }
    async with house.store.writing() as session:
        later = {"next_attempt_at": NOON + timedelta(hours=1)}
        await session.execute(update(Lead).where(Lead.org_id == house.ours.org).values(later))
    moment = "2026-11-18T18:00:00Z"
    queue = (await house.ask("GET", path)).json()["queue"]
    assert queue == {"due": 0, "later": 1, "first": moment, "last": moment}


async def test_who_may_change_may_start_and_a_viewer_may_not(house: House) -> None:
    path = f"/api/campaigns/{house.ours.ids['campaign_id']}"
    for what in ("start", "pause", "resume", "stop", "archive"):
        problem(await house.ask("POST", f"{path}:{what}", role=Role.VIEWER), 403)
