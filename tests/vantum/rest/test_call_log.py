"""The call log: every call with what it costs, what was said, and its sound."""

from __future__ import annotations

import csv
import io
import wave
from pathlib import Path

import pytest

from tests.vantum.rest.campaign_rows import MICROS, SECONDS
from tests.vantum.rest.kit import NOBODY, House, problem
from tests.vantum.store.rows import number
from vantum.call_files import EVENTS, RECORDING
from vantum.call_folder import folder_of
from vantum.core.outreach.outcome import AttemptOutcome
from vantum.rest.call_export import CALLS
from vantum.store import calls, costs, pages
from vantum.store.calls import NewAttempt
from vantum.store.costs import NewCost
from vantum.store.models import AuditEntry, Call
from vantum.store.words import CostKind, CostState, Role, Transport

pytestmark = pytest.mark.real_time


async def add_attempt(house: House) -> str:
    """A call that is not dialed yet; its id."""
    ids, clock = house.ours.ids, house.clock
    attempt = NewAttempt(
        campaign_id=ids["campaign_id"],
        lead_id=ids["lead_id"],
        contact_id=ids["contact_id"],
        attempt_no=2,
        to_number=number(7),
        from_number=number(99),
        transport=Transport.TWILIO,
        pipeline="outreach",
        claimed_by="dialer-1",
        at=clock(),
    )
    async with house.store.writing() as session:
        return (await calls.insert_attempt(session, house.ours.org, attempt)).id


async def test_a_call_is_told_with_what_it_costs_and_where_more_is(house: House) -> None:
    ids = house.ours.ids
    told = (await house.ask("GET", f"/api/call-log/{ids['call_id']}", role=Role.VIEWER)).json()
    assert told == told | {
        "id": ids["call_id"],
        "campaignId": ids["campaign_id"],
        "leadId": ids["lead_id"],
        "contactId": ids["contact_id"],
        "to": number(0),
        "from": number(99),
        "status": "ended",
        "outcome": "answered_human",
        "disposition": "interested",
        "answeredBy": "human",
        "seconds": SECONDS,
        "cost": {"micros": MICROS, "currency": "USD", "state": "estimated"},
        "recordId": ids["record_id"],
        "record": f"/api/call-log/{ids['call_id']}/record",
        "recording": f"/api/call-log/{ids['call_id']}/recording",
    }


async def test_one_under_way_has_no_length_no_cost_and_no_record(house: House) -> None:
    told = (await house.ask("GET", f"/api/call-log/{await add_attempt(house)}")).json()
    assert (told["status"], told["outcome"], told["endedAt"]) == ("claimed", None, None)
    assert [told[name] for name in ("seconds", "cost", "record", "recording", "recordId")] == [None] * 5
    problem(await house.ask("GET", f"/api/call-log/{told['id']}/record"), 404)
    problem(await house.ask("GET", f"/api/call-log/{told['id']}/recording"), 404)


async def test_a_cost_is_final_when_all_of_it_is(house: House) -> None:
    ids, org = house.ours.ids, house.ours.org
    final = NewCost("twilio", CostKind.LLM, "token", 1.0, 5.0, 5, "USD", CostState.FINAL)
    path = f"/api/call-log/{ids['call_id']}"
    async with house.store.writing() as session:
        await costs.put(session, org, ids["call_id"], ids["campaign_id"], final)
    told = (await house.ask("GET", path)).json()["cost"]
    assert told == {"micros": MICROS + 5, "currency": "USD", "state": "estimated"}
    bill = NewCost("local", CostKind.TELEPHONY, "minute", 1.0, 7.0, 7, "USD", CostState.FINAL)
    async with house.store.writing() as session:
        await costs.put(session, org, ids["call_id"], ids["campaign_id"], bill)
    told = (await house.ask("GET", path)).json()["cost"]
    assert told == {"micros": 12, "currency": "USD", "state": "final"}


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2),
        ("limit=1", 1),
        ("campaignId={campaign_id}&leadId={lead_id}&contactId={contact_id}", 2),
        (f"campaignId={NOBODY}", 0),
        ("status=ended", 1),
        ("outcome=answered_human", 1),
        ("outcome=busy", 0),
        ("disposition=interested", 1),
        ("direction=inbound", 0),
        ("transport=twilio", 1),
        (f"to=%2B{number(7)[1:]}", 1),
        (f"to=+{number(7)[1:]}", 1),
        (f"to={number(7)[1:]}", 1),
        ("since=2020-01-01T00:00:00Z", 2),
        ("since=2200-01-01T00:00:00Z", 0),
        ("before=2020-01-01T00:00:00Z", 0),
    ],
)
async def test_they_are_found(house: House, query: str, count: int) -> None:
    await add_attempt(house)
    found = (await house.ask("GET", f"/api/call-log?{query.format(**house.ours.ids)}")).json()
    assert len(found["items"]) == count
    assert (found["next"] is None) is (query != "limit=1")


async def test_what_was_said_is_told(house: House) -> None:
    ids = house.ours.ids
    told = (await house.ask("GET", f"/api/call-log/{ids['call_id']}/record", role=Role.VIEWER)).json()
    assert (told["id"], told["state"], told["reason"]) == (ids["record_id"], "ended", "goodbye")
    assert [(line["speaker"], line["text"]) for line in told["transcript"]] == [
        ("caller", "What does it cost?")
    ]


async def test_its_sound_can_be_heard_by_who_may_and_that_is_noted(house: House) -> None:
    ids = house.ours.ids
    path = f"/api/call-log/{ids['call_id']}/recording"
    problem(await house.ask("GET", path, role=Role.VIEWER), 403)
    answer = await house.ask("GET", path, role=Role.MANAGER)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/wav")
    with wave.open(io.BytesIO(answer.content)) as sound:
        assert (sound.getnchannels(), sound.getnframes()) == (2, 1_600)
    part = await house.ask("GET", path, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"RIFF")
    assert [action for action, _ in await house.deeds(ids["call_id"])] == ["recording.play"] * 2


async def test_what_is_not_on_this_disk_is_not_found(house: House, tmp_path: Path) -> None:
    ids = house.ours.ids
    folder = folder_of(tmp_path, ids["record_id"])
    assert folder is not None
    (folder / RECORDING).unlink()
    problem(await house.ask("GET", f"/api/call-log/{ids['call_id']}/recording"), 404)
    (folder / EVENTS).unlink()
    folder.rmdir()
    problem(await house.ask("GET", f"/api/call-log/{ids['call_id']}/record"), 404)
    assert await house.deeds(ids["call_id"]) == []


async def test_the_log_is_exported_with_its_costs(house: House) -> None:
    ids = house.ours.ids
    await add_attempt(house)
    answer = await house.ask("GET", "/api/call-log:export", role=Role.MANAGER)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    first, second = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert ",".join(first) + "\r\n" == CALLS.heading()
    assert first == first | {
        "id": ids["call_id"],
        "to": number(0),
        "outcome": "answered_human",
        "seconds": "42.5",
        "cost": "0.060000",
        "currency": "USD",
        "ended_at": "2026-11-18T17:00:42.500000+00:00",
    }
    assert (second["status"], second["cost"], second["seconds"]) == ("claimed", "", "")
    filtered = await house.ask("GET", "/api/call-log:export?outcome=answered_human")
    assert filtered.text.count("\r\n") == 2
    async with house.store.reading() as session:
        noted = await pages.page(session, house.ours.org, AuditEntry, pages.Cut())
    assert [entry.action for entry in noted.rows] == ["call.export"] * 2
    problem(await house.ask("GET", "/api/call-log:export", role=Role.VIEWER), 403)


async def test_many_are_exported_in_pages(house: House) -> None:
    async with house.store.writing() as session:
        first = await calls.get(session, house.ours.org, house.ours.ids["call_id"])
        assert first is not None
        facts = {"direction": first.direction, "transport": first.transport, "status": first.status}
        ended = {"ended_at": first.ended_at, "outcome": AttemptOutcome.BUSY, "end_reason": "=1+1"}
        many = pages.LARGEST_SIZE
        session.add_all(Call(org_id=house.ours.org, **facts, **ended) for _ in range(many))
    rows = list(
        csv.DictReader(io.StringIO((await house.ask("GET", "/api/call-log:export")).text, newline=""))
    )
    assert len({row["id"] for row in rows}) == len(rows) == many + 1
    assert rows[-1]["end_reason"] == "'=1+1"
