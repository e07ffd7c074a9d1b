"""Analyses: told with their evidence, the newest of each call, and asked for again."""

from __future__ import annotations

import pytest

from tests.vantum.rest.kit import NOBODY, House, flaws, problem
from tests.vantum.rest.test_call_log import add_attempt
from vantum.core.outreach.outcome import Disposition
from vantum.store import analysis_jobs
from vantum.store.models import Analysis, Call
from vantum.store.words import CallStatus, Direction, Role, Transport

pytestmark = pytest.mark.real_time
FIELDS = {"type": "object", "properties": {"team_size": {"type": "integer"}}}


async def add_later(house: House) -> str:
    """A second analysis of the same call; its id."""
    ids = house.ours.ids
    later = Analysis(
        org_id=house.ours.org,
        call_id=ids["call_id"],
        supersedes_id=ids["analysis_id"],
        schema_version="1",
        model="gpt",
        interest=20,
        disposition=Disposition.NOT_INTERESTED,
        data={"team_size": 12},
    )
    async with house.store.writing() as session:
        session.add(later)
    return later.id


async def test_one_is_told_with_its_evidence(house: House) -> None:
    ids = house.ours.ids
    told = (await house.ask("GET", f"/api/analyses/{ids['analysis_id']}", role=Role.VIEWER)).json()
    assert told == told | {
        "id": ids["analysis_id"],
        "callId": ids["call_id"],
        "model": "embedded",
        "interest": 80,
        "disposition": "interested",
        "sentiment": None,
        "evidence": [
            {"field": "interest", "turn": 0, "quote": "What does it cost?", "startMs": 1, "endMs": 2}
        ],
    }


@pytest.mark.parametrize(
    ("query", "models"),
    [
        ("", ["gpt"]),
        ("versions=all", ["gpt", "embedded"]),
        ("callId={call_id}&versions=all", ["gpt", "embedded"]),
        (f"callId={NOBODY}", []),
        ("campaignId={campaign_id}", ["gpt"]),
        (f"campaignId={NOBODY}", []),
        ("disposition=not_interested", ["gpt"]),
        ("disposition=interested", []),
        ("disposition=interested&versions=all", ["embedded"]),
        ("leastInterest=20", ["gpt"]),
        ("leastInterest=21", []),
    ],
)
async def test_they_are_found(house: House, query: str, models: list[str]) -> None:
    await add_later(house)
    found = (await house.ask("GET", f"/api/analyses?{query.format(**house.ours.ids)}")).json()["items"]
    assert [each["model"] for each in found] == models


@pytest.mark.parametrize("body", [None, {}, {"fields": None}, {"fields": FIELDS}])
async def test_a_call_is_analysed_again(house: House, body: dict[str, object] | None) -> None:
    ids = house.ours.ids
    answer = await house.ask("POST", f"/api/call-log/{ids['call_id']}:analyze", json=body, role=Role.MANAGER)
    assert answer.status_code == 202
    job = answer.json()
    assert (job["callId"], job["cause"], job["state"]) == (ids["call_id"], "asked", "waiting")
    assert (await house.ask("GET", f"/api/analysis-jobs/{job['id']}", role=Role.VIEWER)).json() == job
    async with house.store.reading() as session:
        jobs = {
            each.id: each.fields
            for each in await analysis_jobs.of_call(session, house.ours.org, ids["call_id"])
        }
    assert jobs[job["id"]] == (body or {}).get("fields")
    assert await house.deeds(ids["call_id"]) == [("call.analyze", {"job": job["id"]})]


async def test_it_is_asked_for_once_with_one_key(house: House) -> None:
    path, key = f"/api/call-log/{house.ours.ids['call_id']}:analyze", {"Idempotency-Key": "again"}
    first, second = [await house.ask("POST", path, headers=key) for _ in range(2)]
    assert (second.status_code, second.json()) == (202, first.json())


async def test_what_cannot_be_asked_for_is_refused(house: House) -> None:
    path = f"/api/call-log/{house.ours.ids['call_id']}:analyze"
    answer = await house.ask("POST", path, json={"fields": {"type": "string"}})
    assert list(flaws(answer)) == ["#/fields"]


async def test_only_what_was_said_is_analysed(house: House) -> None:
    attempt = await add_attempt(house)
    assert "not over" in problem(await house.ask("POST", f"/api/call-log/{attempt}:analyze"), 409)["detail"]
    silent = Call(
        org_id=house.ours.org,
        direction=Direction.OUTBOUND,
        transport=Transport.LOCAL,
        status=CallStatus.ENDED,
        ended_at=house.clock(),
    )
    async with house.store.writing() as session:
        session.add(silent)
    assert "recorded" in problem(await house.ask("POST", f"/api/call-log/{silent.id}:analyze"), 409)["detail"]


async def test_a_viewer_asks_for_nothing(house: House) -> None:
    path = f"/api/call-log/{house.ours.ids['call_id']}:analyze"
    problem(await house.ask("POST", path, role=Role.VIEWER), 403)
