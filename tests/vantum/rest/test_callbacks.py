"""Callbacks: promised to a lead, which then waits for its time, and taken back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vantum.rest.campaign_rows import settle_lead
from tests.vantum.rest.kit import NOBODY, House, flaws, problem
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.delivery import EventType
from vantum.core.outreach.lead import LeadState
from vantum.core.outreach.outcome import AttemptOutcome
from vantum.store import campaigns, changes, deliveries, leads, webhooks
from vantum.store.models import Contact
from vantum.store.pages import Cut
from vantum.store.webhooks import NewEndpoint
from vantum.store.words import ContactState, Role

pytestmark = pytest.mark.real_time
SOON = "2026-11-20T09:00:00Z"


async def lead_of(house: House) -> dict[str, Any]:
    told: dict[str, Any] = (await house.ask("GET", f"/api/leads/{house.ours.ids['lead_id']}")).json()
    return told


async def promised(house: House, **more: object) -> dict[str, Any]:
    return await house.made("/api/callbacks", leadId=house.ours.ids["lead_id"], at=SOON, **more)


async def test_who_is_promised_a_call_waits_for_it_and_goes_first(house: House) -> None:
    made = await promised(house, timezone="Europe/Berlin", words="Asked by e-mail.")
    assert (made["promisedAt"], made["timezone"], made["words"]) == (
        SOON,
        "Europe/Berlin",
        "Asked by e-mail.",
    )
    assert (made["state"], made["callId"]) == ("open", None)
    lead = await lead_of(house)
    assert (lead["state"], lead["occasion"], lead["nextAttemptAt"]) == ("waiting", "promise", SOON)
    before = (await house.ask("GET", f"/api/callbacks/{house.ours.ids['callback_id']}")).json()
    assert before["state"] == "canceled"
    assert await house.deeds(made["id"]) == [("callback.create", {"lead": lead["id"]})]


async def test_webhooks_are_told_of_it(house: House) -> None:
    async with house.store.writing() as session:
        new = NewEndpoint("https://ours.example.com/leads", (EventType.LEAD_CALLBACK_REQUESTED.value,))
        endpoint = await webhooks.add(session, house.ours.org, new, "whsec_x")
    made = await promised(house)
    async with house.store.reading() as session:
        [message] = (await deliveries.listed(session, house.ours.org, endpoint.id, Cut())).rows
    assert made["id"] in message.body


async def test_the_zone_is_the_contacts_or_the_organisations(house: House) -> None:
    assert (await promised(house))["timezone"] == "UTC"
    async with house.store.writing() as session:
        ids = house.ours.ids
        zone = {"timezone": "America/New_York"}
        await changes.change(session, house.ours.org, Contact, ids["contact_id"], zone)
    assert (await promised(house))["timezone"] == "America/New_York"


async def test_who_is_in_a_call_is_called_back_when_it_is_over(house: House) -> None:
    async with house.store.writing() as session:
        await settle_lead(session, house.ours.org, house.ours.ids["lead_id"], LeadState.IN_CALL)
    assert (await promised(house))["state"] == "open"
    assert (await lead_of(house))["state"] == "in_call"


@pytest.mark.parametrize(
    ("outcome", "state", "occasion"),
    [(AttemptOutcome.ANSWERED_HUMAN, "done", "list"), (AttemptOutcome.BUSY, "waiting", "list")],
)
async def test_one_that_is_taken_back_ends_what_waited_for_it_alone(
    house: House, outcome: AttemptOutcome, state: str, occasion: str
) -> None:
    made = await promised(house)
    async with house.store.writing() as session:
        row = await leads.get(session, house.ours.org, house.ours.ids["lead_id"])
        assert row is not None
        row.last_outcome = outcome
    canceled = (await house.ask("POST", f"/api/callbacks/{made['id']}:cancel")).json()
    assert canceled == made | {"state": "canceled", "updatedAt": canceled["updatedAt"]}
    lead = await lead_of(house)
    assert (lead["state"], lead["occasion"]) == (state, occasion)
    assert lead["nextAttemptAt"] == (None if state == "done" else SOON)
    assert lead["finalDisposition"] == ("interested" if state == "done" else None)
    assert (
        "canceled" in problem(await house.ask("POST", f"/api/callbacks/{made['id']}:cancel"), 409)["detail"]
    )


async def test_one_that_nobody_waits_for_is_taken_back_alone(house: House) -> None:
    before = await lead_of(house)
    answer = await house.ask("POST", f"/api/callbacks/{house.ours.ids['callback_id']}:cancel")
    assert answer.json()["state"] == "canceled"
    assert await lead_of(house) == before


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"leadId": NOBODY}, "#/leadId"),
        ({"leadId": "x"}, "#/leadId"),
        ({"at": "2026-11-18T17:00:00Z"}, "#/at"),
        ({"at": "2028-01-01T00:00:00Z"}, "#/at"),
        ({"at": "2026-11-20T09:00:00"}, "#/at"),
        ({"timezone": "Mars"}, "#/timezone"),
        ({"words": "x" * 501}, "#/words"),
    ],
)
async def test_what_cannot_be_is_refused(house: House, body: dict[str, str], pointer: str) -> None:
    whole = {"leadId": house.ours.ids["lead_id"], "at": SOON, **body}
    assert list(flaws(await house.ask("POST", "/api/callbacks", json=whole))) == [pointer]


async def test_a_lead_of_another_is_nobody(house: House) -> None:
    body = {"leadId": house.theirs.ids["lead_id"], "at": SOON}
    assert list(flaws(await house.ask("POST", "/api/callbacks", json=body))) == ["#/leadId"]


async def test_nobody_is_promised_what_is_not_kept(house: House) -> None:
    ids, body = house.ours.ids, {"leadId": house.ours.ids["lead_id"], "at": SOON}
    async with house.store.writing() as session:
        await changes.change(
            session, house.ours.org, Contact, ids["contact_id"], {"state": ContactState.ARCHIVED}
        )
    assert "contact" in problem(await house.ask("POST", "/api/callbacks", json=body), 409)["detail"]
    async with house.store.writing() as session:
        row = await campaigns.get(session, house.ours.org, ids["campaign_id"])
        assert row is not None
        row.state = CampaignState.COMPLETED
    assert "completed" in problem(await house.ask("POST", "/api/callbacks", json=body), 409)["detail"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 1),
        ("state=open", 1),
        ("state=kept", 0),
        ("leadId={lead_id}&campaignId={campaign_id}", 1),
        (f"campaignId={NOBODY}", 0),
        ("since=2026-11-19T17:00:00Z", 1),
        ("since=2026-11-19T17:00:01Z", 0),
        ("before=2026-11-19T17:00:00Z", 0),
        ("before=2026-11-19T18:00:00%2B00:00", 1),
    ],
)
async def test_they_are_found(house: House, query: str, count: int) -> None:
    found = (await house.ask("GET", f"/api/callbacks?{query.format(**house.ours.ids)}")).json()["items"]
    assert len(found) == count


async def test_a_viewer_only_looks(house: House) -> None:
    path = f"/api/callbacks/{house.ours.ids['callback_id']}"
    assert (await house.ask("GET", path, role=Role.VIEWER)).status_code == 200
    problem(await house.ask("POST", f"{path}:cancel", role=Role.VIEWER), 403)
