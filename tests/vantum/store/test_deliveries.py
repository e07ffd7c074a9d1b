"""Messages to webhooks: each is somebody's for a while, nothing overtakes what it follows, dead ones come back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.store.rows import NOON, new_org
from tests.vantum.store.told import ALL, ANALYZED, ENDED, QUEUED, event, room
from vantum.core.errors import IllegalMoveError
from vantum.core.outreach.delivery import (
    WAITS,
    Delivery,
    DeliveryState,
    EventType,
    answered,
    is_held,
)
from vantum.store import deliveries, outbox, webhooks
from vantum.store.deliveries import Claimed
from vantum.store.engine import Store
from vantum.store.models import WebhookDelivery, WebhookEndpoint
from vantum.store.pages import Cut
from vantum.store.webhooks import NewEndpoint
from vantum.store.words import EndpointState

pytestmark = pytest.mark.real_time
SECOND = timedelta(seconds=1)
UNTIL = NOON + 60 * SECOND
S = DeliveryState


async def endpoint(session: AsyncSession, org: str, url: str = "https://hooks.example") -> str:
    """An endpoint that wants everything."""
    return (await webhooks.add(session, org, NewEndpoint(url, ("*",)), "secret")).id


async def tell(session: AsyncSession, org: str, *kinds: EventType, subject: str = "call-1") -> None:
    """Events about one thing, in this order."""
    for kind in kinds:
        assert await outbox.tell(session, org, event(kind, subject)) == 1


async def settle(session: AsyncSession, claimed: Claimed, status: int | None) -> bool:
    """What an answer with a status makes of a message at noon."""
    after = answered(claimed.delivery, status, NOON, 0.0)
    return await deliveries.settle(session, claimed, after, "said", NOON)


def kinds(claimed: Sequence[Claimed]) -> list[str]:
    return [each.event for each in claimed]


async def test_what_is_due_is_claimed_with_all_that_it_takes_to_send_it(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        place = await endpoint(session, org)
        assert not await deliveries.any_due(session, NOON, ALL)
        await tell(session, org, QUEUED)
        assert not await deliveries.any_due(session, NOON - SECOND, ALL)
        assert await deliveries.claim(session, NOON - SECOND, UNTIL, ALL) == []
        assert await deliveries.any_due(session, NOON, ALL)
        (claimed,) = await deliveries.claim(session, NOON, UNTIL, ALL)
        row = await deliveries.get(session, org, claimed.id)
        assert row is not None
        assert claimed == Claimed(
            id=row.id,
            org_id=org,
            endpoint_id=place,
            url="https://hooks.example",
            event="call.queued",
            body=row.body.encode(),
            secrets=("secret",),
            delivery=Delivery(UNTIL),
            until=UNTIL,
        )
        assert "secret" not in repr(claimed)
        assert "call-1" not in repr(claimed)


async def test_who_claims_a_message_has_it_for_a_while(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        await endpoint(session, org)
        await tell(session, org, QUEUED)
        (lost,) = await deliveries.claim(session, NOON, UNTIL, ALL)
        assert await deliveries.claim(session, UNTIL - SECOND, UNTIL, ALL) == []
        # Its sender was killed: somebody else takes it up, and what the first one says later counts no more.
        (again,) = await deliveries.claim(session, UNTIL, UNTIL + 60 * SECOND, ALL)
        assert again == replace(
            lost, until=UNTIL + 60 * SECOND, delivery=replace(lost.delivery, next_at=again.until)
        )
        assert not await settle(session, lost, 500)
        assert await settle(session, again, 200)
        assert not await settle(session, again, 200)
        row = await deliveries.get(session, org, lost.id)
        assert row is not None
        assert (row.state, row.attempts, row.next_at) == (S.DELIVERED, 1, None)
        assert (row.response_code, row.response_text, row.last_attempt_at) == (200, "said", NOON)


@pytest.mark.parametrize(
    ("status", "state", "next_at"),
    [(204, S.DELIVERED, None), (None, S.PENDING, NOON + WAITS[0]), (500, S.PENDING, NOON + WAITS[0])],
)
async def test_what_became_of_an_attempt_is_written_down(
    store: Store, status: int | None, state: DeliveryState, next_at: object
) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        await endpoint(session, org)
        await tell(session, org, QUEUED)
        (claimed,) = await deliveries.claim(session, NOON, UNTIL, ALL)
        after = answered(claimed.delivery, status, NOON, 0.0)
        assert await deliveries.settle(session, claimed, after, "x" * 2_000, NOON)
        row = await deliveries.get(session, org, claimed.id)
        assert row is not None
        assert (row.state, row.attempts, row.next_at, row.response_code) == (state, 1, next_at, status)
        assert row.response_text == "x" * 1_024
        assert row.first_attempt_at == NOON


@pytest.mark.parametrize(("asked_for", "attempts"), [(None, len(WAITS) + 1), (3_600.0, len(WAITS))])
async def test_a_message_is_tried_for_a_day_and_then_dead(
    store: Store, asked_for: float | None, attempts: int
) -> None:
    moments = []
    async with store.writing() as session:
        org = await new_org(session, "a")
        await endpoint(session, org)
        await tell(session, org, QUEUED)
        now = NOON
        while claimed := await deliveries.claim(session, now, now + 60 * SECOND, ALL):
            moments.append(now)
            after = answered(claimed[0].delivery, None, now, 1.0, asked_for)
            assert await deliveries.settle(session, claimed[0], after, "", now)
            now = after.next_at or now + timedelta(days=30)
        (row,) = await rows(session)
        assert (row.state, row.attempts) == (S.DEAD, attempts)
    assert timedelta(hours=19) < moments[-1] - NOON <= timedelta(hours=24)


async def rows(session: AsyncSession) -> Sequence[WebhookDelivery]:
    return (await session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id))).all()


async def test_an_endpoint_that_is_gone_is_switched_off_with_all_that_waits_for_it(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        gone = await endpoint(session, org)
        await tell(session, org, QUEUED)
        (claimed,) = await deliveries.claim(session, NOON, UNTIL, ALL)
        other = await endpoint(session, org, "https://other.example")
        assert await outbox.tell(session, org, event(ENDED)) == 2
        assert await settle(session, claimed, 410)
        states = {
            (row.endpoint_id, row.state, row.next_at)
            for row in await session.scalars(
                select(WebhookDelivery).execution_options(populate_existing=True)
            )
        }
        assert states == {(gone, S.GONE, None), (other, S.PENDING, NOON)}
        switched = select(WebhookEndpoint.id, WebhookEndpoint.state)
        assert dict((await session.execute(switched)).all()) == {
            gone: EndpointState.GONE,
            other: EndpointState.ACTIVE,
        }
        assert [each.endpoint_id for each in await deliveries.claim(session, NOON, UNTIL, ALL)] == [other]


async def test_while_an_endpoint_is_off_its_messages_wait(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        place = await endpoint(session, org)
        await tell(session, org, QUEUED)
        await webhooks.switch(session, org, place, EndpointState.DISABLED)
        assert not await deliveries.any_due(session, NOON, ALL)
        await webhooks.switch(session, org, place, EndpointState.ACTIVE)
        assert kinds(await deliveries.claim(session, NOON, UNTIL, ALL)) == ["call.queued"]


async def test_the_messages_about_one_call_are_tried_in_their_order(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        await endpoint(session, org)
        await tell(session, org, QUEUED, EventType.CALL_RINGING, ENDED, ANALYZED)
        await tell(session, org, QUEUED, subject="call-2")
        first = await deliveries.claim(session, NOON, UNTIL, ALL)
        assert kinds(first) == ["call.queued", "call.queued"]
        assert await settle(session, first[0], 500)
        # What has failed once holds up nobody but what follows it.
        second = await deliveries.claim(session, NOON, UNTIL, ALL)
        assert kinds(second) == ["call.ringing"]
        assert await settle(session, second[0], 200)
        (ended,) = await deliveries.claim(session, NOON, UNTIL, ALL)
        assert await settle(session, ended, None)
        assert await deliveries.claim(session, NOON, UNTIL, ALL) == []
        (ended,) = [
            each
            for each in await deliveries.claim(session, NOON + WAITS[0], UNTIL, ALL)
            if each.event == ENDED
        ]
        assert await deliveries.claim(session, NOON + WAITS[0], UNTIL, ALL) == []
        assert await settle(session, ended, 200)
        assert kinds(await deliveries.claim(session, NOON, UNTIL, ALL)) == ["call.analyzed"]


async def test_what_was_told_in_the_wrong_order_does_not_wait_for_ever(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        await endpoint(session, org)
        await tell(session, org, ANALYZED, QUEUED, ENDED)
        told = []
        while claimed := await deliveries.claim(session, NOON, UNTIL, ALL):
            told += kinds(claimed)
            for each in claimed:
                assert await settle(session, each, 200)
        assert told == ["call.queued", "call.ended", "call.analyzed"]


@pytest.mark.parametrize("later", [ANALYZED, EventType.CALL_RECORDING_READY, QUEUED])
@pytest.mark.parametrize("state", [None, *DeliveryState])
async def test_what_is_held_is_what_the_law_holds(
    store: Store, later: EventType, state: DeliveryState | None
) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        await endpoint(session, org)
        if state is not None:
            await tell(session, org, ENDED)
            next_at = NOON + SECOND if state is S.PENDING else None
            await session.execute(update(WebhookDelivery).values(state=state, next_at=next_at, attempts=1))
        await tell(session, org, later)
        claimed = await deliveries.claim(session, NOON, UNTIL, ALL)
        assert (claimed == []) is is_held(later, {} if state is None else {ENDED: state})


async def test_there_is_room_for_so_many_and_for_so_many_of_one_endpoint(store: Store) -> None:
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        slow, quick = await endpoint(session, org), await endpoint(session, other)
        for index in range(8):
            await tell(session, org, QUEUED, subject=f"call-{index}")
        await tell(session, other, QUEUED)
        assert len(await deliveries.claim(session, NOON, UNTIL, room(most=3))) == 3
        taken = await deliveries.claim(session, NOON, UNTIL, room(4, 2, **{slow: 1}))
        assert [each.endpoint_id for each in taken] == [slow]
        taken = await deliveries.claim(session, NOON, UNTIL, room(4, 2, **{slow: 2}))
        assert [each.endpoint_id for each in taken] == [quick]
        assert {each.org_id for each in taken} == {other}
        assert not await deliveries.any_due(session, NOON, room(4, 2, **{slow: 2}))
        assert len(await deliveries.claim(session, NOON, UNTIL, ALL)) == 4


async def test_several_senders_share_the_work(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        await endpoint(session, org)
        for index in range(40):
            await tell(session, org, QUEUED, subject=f"call-{index}")

    async def send() -> list[str]:
        found: list[str] = []
        while claimed := await store.write(
            lambda session: deliveries.claim(session, NOON, UNTIL, room(most=3))
        ):
            found += [each.id for each in claimed]
        return found

    shares = await asyncio.gather(*(send() for _ in range(4)))
    told = [each for share in shares for each in share]
    assert len(told) == len(set(told)) == 40


async def test_a_message_is_sent_again_when_it_is_asked_for(store: Store) -> None:
    later = NOON + timedelta(days=3)
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        place = await endpoint(session, org)
        await tell(session, org, QUEUED)
        (claimed,) = await deliveries.claim(session, NOON, UNTIL, ALL)
        with pytest.raises(IllegalMoveError, match="replaying is not possible while pending"):
            await deliveries.replay(session, org, claimed.id, later)
        assert await settle(session, claimed, 200)
        assert not await deliveries.replay(session, other, claimed.id, later)
        assert not await deliveries.replay(session, org, "nothing", later)
        assert await deliveries.replay(session, org, claimed.id, later)
        (again,) = await deliveries.claim(session, later, later + 60 * SECOND, ALL)
        assert (again.id, again.body) == (claimed.id, claimed.body)
        assert again.delivery == Delivery(later + 60 * SECOND)
        assert place == again.endpoint_id


async def test_all_since_a_moment_is_sent_again_or_the_dead_alone(store: Store) -> None:
    since = NOON - timedelta(days=1)
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        place = await endpoint(session, org)
        for index, state in enumerate((S.DELIVERED, S.DEAD, S.PENDING, S.GONE, S.DELIVERED)):
            await tell(session, org, QUEUED, subject=f"call-{index}")
            newest = (await rows(session))[-1]
            newest.state, newest.next_at = state, NOON if state is S.PENDING else None
            newest.attempts = 3
            newest.created_at = NOON - timedelta(days=index)
        await session.flush()

        async def replayed(owner: str, **more: frozenset[DeliveryState]) -> int:
            return await deliveries.replay_since(session, owner, place, since, NOON, **more)

        assert await replayed(other) == 0
        assert await replayed(org, states=frozenset({S.DEAD, S.PENDING})) == 1
        assert await replayed(org) == 1
        assert await replayed(org) == 0
        found = (await session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id))).all()
        for row in found:
            await session.refresh(row)
        assert [(row.state, row.attempts) for row in found] == [
            (S.PENDING, 0),
            (S.PENDING, 0),
            (S.PENDING, 3),
            (S.GONE, 3),
            (S.DELIVERED, 3),
        ]


async def test_dead_letters_are_listed(store: Store) -> None:
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        place = await endpoint(session, org)
        for index in range(3):
            await tell(session, org, QUEUED, subject=f"call-{index}")
        dead = (await rows(session))[1]
        dead.state, dead.next_at = S.DEAD, None
        await session.flush()
        assert [row.id for row in (await deliveries.listed(session, org, place, Cut(), S.DEAD)).rows] == [
            dead.id
        ]
        assert len((await deliveries.listed(session, org, place, Cut(2))).rows) == 2
        assert (await deliveries.listed(session, other, place, Cut())).rows == []
        assert await deliveries.get(session, other, dead.id) is None


async def test_what_was_settled_long_ago_is_removed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "MOST_REMOVED", 2)
    async with store.writing() as session:
        org = await new_org(session, "a")
        await endpoint(session, org)
        for index in range(5):
            await tell(session, org, QUEUED, subject=f"call-{index}")
        settled = [row.id for row in (await rows(session))[:4]]
        await session.execute(
            update(WebhookDelivery)
            .where(WebhookDelivery.id.in_(settled))
            .values(state=S.DELIVERED, next_at=None, updated_at=NOON)
        )
        assert await deliveries.remove_settled(session, NOON) == 0
        counts = [await deliveries.remove_settled(session, NOON + SECOND) for _ in range(3)]
        assert counts == [2, 2, 0]
        assert len(await rows(session)) == 1
