"""The store as a sender's outbox: it writes only where something is due, and says when it does not answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.store.rows import NOON, new_org
from tests.vantum.store.told import ALL, QUEUED, event
from vantum.core.errors import StoreError
from vantum.core.outreach.delivery import DeliveryState, answered
from vantum.store import deliveries, webhooks
from vantum.store.engine import Store
from vantum.store.models import WebhookDelivery
from vantum.store.outbox import tell
from vantum.store.webhooks import NewEndpoint
from vantum.webhooks.outbox import KEPT, LEASE, StoreOutbox

pytestmark = pytest.mark.real_time


async def filled(store: Store, count: int) -> str:
    async with store.writing() as session:
        org = await new_org(session, "a")
        await webhooks.add(session, org, NewEndpoint("https://a.example", ("*",)), "s")
        for index in range(count):
            await tell(session, org, event(QUEUED, f"call-{index}"))
    return org


async def test_what_is_due_is_claimed_and_settled(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await filled(store, 1)
    outbox = StoreOutbox(store)
    (claimed,) = await outbox.claim(NOON, ALL)
    assert claimed.until == NOON + LEASE
    after = answered(claimed.delivery, 200, NOON, 0.0)
    assert await outbox.settle(claimed, after, "fine", NOON)
    assert not await outbox.settle(claimed, after, "fine", NOON)

    async def claim(*_: object) -> None:
        raise AssertionError("Nothing is due.")

    monkeypatch.setattr(deliveries, "claim", claim)
    assert await outbox.claim(NOON, ALL) == ()


async def test_all_that_is_old_is_removed_however_much_it_is(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "MOST_REMOVED", 2)
    await filled(store, 5)
    outbox = StoreOutbox(store)
    assert await outbox.tidy(NOON + timedelta(days=365)) == 0
    async with store.writing() as session:
        await session.execute(
            update(WebhookDelivery).values(state=DeliveryState.DEAD, next_at=None, updated_at=NOON)
        )
    assert await outbox.tidy(NOON + KEPT) == 0
    assert await outbox.tidy(NOON + KEPT + timedelta(seconds=1)) == 5


async def test_a_store_that_does_not_answer_is_told_without_what_was_to_be_written(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def any_due(session: AsyncSession, *_: object) -> bool:
        raise OperationalError("UPDATE", {"body": "+12125550100"}, RuntimeError("gone"))

    monkeypatch.setattr(deliveries, "any_due", any_due)
    with pytest.raises(StoreError, match=r"The database does not answer \(OperationalError\)") as told:
        await StoreOutbox(store).claim(NOON, ALL)
    assert "+12125550100" not in str(told.value)
