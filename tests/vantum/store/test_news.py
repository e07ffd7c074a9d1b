"""What webhooks are told: rows as JSON, and once what happens once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.vantum.report.scene import analyse, play
from tests.vantum.store.rows import NOON, new_scene, number
from vantum.core.legal import case as legal
from vantum.core.legal.case import ConsentKind, Method, Reason, Scope
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.delivery import EventType
from vantum.core.outreach.outcome import AttemptOutcome, Disposition, Pickup
from vantum.store import callbacks, news, outbox, webhooks
from vantum.store.callbacks import Promise
from vantum.store.engine import Store
from vantum.store.models import Campaign, Lead
from vantum.store.outbox import Event
from vantum.store.webhooks import NewEndpoint

pytestmark = pytest.mark.real_time
LATER = NOON + timedelta(minutes=5)


def data(event: Event) -> dict[str, object]:
    """What a receiver reads."""
    read = json.loads(json.dumps(dict(event.data)))
    assert isinstance(read, dict)
    return read


async def test_a_call_is_told_as_it_is_and_each_thing_of_it_once(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        await webhooks.add(session, scene.org, NewEndpoint("https://a.example", ("*",)), "s")
        outcome, disposition = AttemptOutcome.ANSWERED_HUMAN, Disposition.INTERESTED
        call = (await play(session, scene, 0, outcome, disposition, pickup=Pickup.IN_TIME)).call
        event = news.of_call(EventType.CALL_ENDED, call, LATER)
        assert (event.type, event.subject_id, event.at) == (EventType.CALL_ENDED, call.id, LATER)
        assert data(event) == {
            "call": {
                "id": call.id,
                "record_id": None,
                "campaign_id": scene.campaign,
                "lead_id": scene.leads[0],
                "contact_id": scene.contacts[0],
                "attempt_no": 1,
                "direction": "outbound",
                "from_number": number(99),
                "to_number": number(0),
                "status": "ended",
                "outcome": "answered_human",
                "disposition": "interested",
                "answered_by": None,
                "queued_at": "2026-11-18T17:00:00+00:00",
                "dialed_at": "2026-11-18T17:00:00+00:00",
                "answered_at": "2026-11-18T17:00:00+00:00",
                "ended_at": "2026-11-18T17:01:00+00:00",
                "end_reason": "",
            }
        }
        assert await outbox.tell(session, scene.org, event) == 1
        # Whoever else tells of the end of this call tells nothing new.
        again = news.of_call(EventType.CALL_ENDED, call, LATER + timedelta(hours=1))
        assert await outbox.tell(session, scene.org, again) == 0
        queued = news.of_call(EventType.CALL_QUEUED, call, NOON)
        assert await outbox.tell(session, scene.org, queued) == 1


async def test_an_analysis_is_told_with_its_proofs_and_a_newer_one_too(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        await webhooks.add(session, scene.org, NewEndpoint("https://a.example", ("*",)), "s")
        played = await play(session, scene, 0, AttemptOutcome.ANSWERED_HUMAN)
        rows = [await analyse(session, played, interest, Disposition.INTERESTED) for interest in (70, 80)]
        for row in rows:
            event = news.of_analysis(played.call, row, LATER)
            assert event.subject_id == played.call.id
            assert await outbox.tell(session, scene.org, event) == 1
            assert await outbox.tell(session, scene.org, news.of_analysis(played.call, row, LATER)) == 0
    told = data(event)
    assert isinstance(told["analysis"], dict)
    assert (told["analysis"]["id"], told["analysis"]["interest"]) == (rows[1].id, 80)
    assert told["analysis"]["supersedes_id"] == rows[0].id
    assert told["analysis"]["evidence"] == rows[1].evidence


async def test_leads_and_campaigns_are_told_each_time(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        lead, campaign = await session.get(Lead, scene.leads[0]), await session.get(Campaign, scene.campaign)
        assert lead is not None
        assert campaign is not None
        first, second = (news.of_lead(EventType.LEAD_EXHAUSTED, lead, LATER) for _ in range(2))
        assert first.id != second.id
        assert data(first) == {
            "lead": {
                "id": lead.id,
                "campaign_id": scene.campaign,
                "contact_id": scene.contacts[0],
                "state": "pending",
                "state_reason": "",
                "attempts": 0,
                "last_outcome": None,
                "final_disposition": None,
                "next_attempt_at": "2026-11-18T17:00:00+00:00",
            }
        }
        state = CampaignState.PAUSED
        event = news.of_campaign(EventType.CAMPAIGN_PAUSED, campaign.id, "Autumn", state, "at lunch", LATER)
        assert event.subject_id == campaign.id
        told = {"id": campaign.id, "name": "Autumn", "state": "paused", "reason": "at lunch"}
        assert data(event) == {"campaign": told}
        promise = Promise(LATER, "Europe/Berlin", "tomorrow at ten")
        callback = await callbacks.add(session, scene.org, lead.id, promise)
        event = news.of_callback(lead, callback, NOON)
        assert (event.subject_id, event.id) == (lead.id, news.of_callback(lead, callback, LATER).id)
        assert data(event)["callback"] == {
            "id": callback.id,
            "call_id": None,
            "promised_at": "2026-11-18T17:05:00+00:00",
            "timezone": "Europe/Berlin",
            "words": "tomorrow at ten",
        }


async def test_a_budget_is_reached_once(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        await webhooks.add(session, scene.org, NewEndpoint("https://a.example", ("campaign.*",)), "s")
        campaign = await session.get_one(Campaign, scene.campaign)
        told = []
        for budget in (5_000_000, 5_000_000, 9_000_000):
            campaign.budget_micros = budget
            event = news.of_budget(campaign, LATER)
            told.append(await outbox.tell(session, scene.org, event))
    assert told == [1, 0, 1]
    assert data(event) == {
        "campaign": {
            "id": scene.campaign,
            "name": "Autumn",
            "state": "draft",
            "reason": "",
            "budget_micros": 9_000_000,
        }
    }


@pytest.mark.parametrize("contact_id", [None, "contact-1"])
async def test_wishes_and_consents_are_told(store: Store, contact_id: str | None) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        call = (await play(session, scene, 0, AttemptOutcome.ANSWERED_HUMAN)).call
    wish = legal.Suppression(Scope.NUMBER, number(0), Reason.ASKED)
    event = news.of_wish(wish, contact_id, call, LATER)
    assert (event.type, event.subject_id) == (EventType.CONTACT_DO_NOT_CALL, contact_id or call.id)
    assert data(event) == {
        "contact_id": contact_id,
        "call_id": call.id,
        "number": number(0),
        "scope": "number",
        "reason": "asked",
    }
    domain = legal.Suppression(Scope.DOMAIN, f"{'a' * 50}.example", Reason.MANUAL)
    by_hand = news.of_wish(domain, contact_id, None, LATER)
    assert by_hand.subject_id == (contact_id or "a" * 36)
    assert (data(by_hand)["number"], data(by_hand)["call_id"]) == (None, None)
    consent = legal.Consent(ConsentKind.CALL, Method.SPOKEN, NOON, LATER)
    told = news.of_consent(consent, "contact-1", call.id, LATER)
    assert (told.type, told.subject_id) == (EventType.CONTACT_CONSENT_CHANGED, "contact-1")
    assert data(told)["consent"] == {
        "kind": "call",
        "method": "spoken",
        "granted_at": "2026-11-18T17:00:00+00:00",
        "revoked_at": "2026-11-18T17:05:00+00:00",
    }
