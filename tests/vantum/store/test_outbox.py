"""Events are written with what they tell of, once for every endpoint that wants them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.vantum.store.rows import NOON, new_org
from tests.vantum.store.told import ENDED, QUEUED, event
from vantum.core.outreach.delivery import DeliveryState, EventType
from vantum.store import outbox, webhooks
from vantum.store.engine import Store
from vantum.store.models import WebhookDelivery
from vantum.store.outbox import LARGEST_BODY, Event
from vantum.store.webhooks import NewEndpoint

pytestmark = pytest.mark.real_time


@pytest.mark.parametrize("subject", ["", "x" * 37])
def test_an_event_is_about_something(subject: str) -> None:
    with pytest.raises(ValueError, match="has an id"):
        event(ENDED, subject)


async def test_who_wants_an_event_is_told_of_it_once(store: Store) -> None:
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        wanted = [
            await webhooks.add(session, org, NewEndpoint("https://a", patterns), "s")
            for patterns in (("*",), ("call.*",), ("lead.*",), ("call.ended", "import.finished"))
        ]
        await webhooks.add(session, other, NewEndpoint("https://b", ("*",)), "s")
        told = event(ENDED)
        assert await outbox.tell(session, org, told) == 3
        assert await outbox.tell(session, org, told) == 0
        assert await outbox.tell(session, org, event(QUEUED)) == 2
        assert await outbox.tell(session, org, event(EventType.CAMPAIGN_PAUSED)) == 1
        rows = (
            await session.scalars(select(WebhookDelivery).where(WebhookDelivery.event_id == told.id))
        ).all()
    assert {row.endpoint_id for row in rows} == {wanted[0].id, wanted[1].id, wanted[3].id}
    assert {(row.org_id, row.event, row.subject_id, row.state) for row in rows} == {
        (org, "call.ended", "call-1", DeliveryState.PENDING)
    }
    assert {(row.attempts, row.next_at, row.response_code, row.response_text) for row in rows} == {
        (0, NOON, None, "")
    }
    assert {row.body for row in rows} == {
        f'{{"created_at":"2026-11-18T17:00:00+00:00","data":{{"call":{{"id":"call-1"}}}},"id":"{told.id}",'
        f'"org_id":"{org}","type":"call.ended"}}'
    }


async def test_an_event_is_there_only_if_what_it_tells_of_is(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        await webhooks.add(session, org, NewEndpoint("https://a", ("*",)), "s")

    async def failing() -> None:
        async with store.writing() as session:
            assert await outbox.tell(session, org, event(ENDED)) == 1
            raise RuntimeError("the rest fails")

    with pytest.raises(RuntimeError, match="the rest fails"):
        await failing()
    async with store.reading() as session:
        assert (await session.scalars(select(WebhookDelivery))).all() == []


async def test_what_is_too_large_says_so_and_what_is_no_json_is_refused(store: Store) -> None:
    large = Event(ENDED, "call-1", {"notes": "é" * LARGEST_BODY}, NOON)
    async with store.writing() as session:
        org = await new_org(session, "a")
        await webhooks.add(session, org, NewEndpoint("https://a", ("*",)), "s")
        assert await outbox.tell(session, org, large) == 1
        body = await session.scalar(select(WebhookDelivery.body))
        with pytest.raises(TypeError):
            await outbox.tell(session, org, replace(large, data={"at": NOON}))
    assert body is not None
    message = json.loads(body)
    assert (message["id"], message["type"]) == (large.id, "call.ended")
    assert message["data"]["subject_id"] == "call-1"
    assert message["data"]["too_large"] > 6 * LARGEST_BODY
