"""Webhooks' endpoints: added within bounds, switched off and on, and two secrets valid at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.vantum.store.rows import NOON, new_org
from tests.vantum.store.told import ENDED, event
from vantum.core.errors import UsageError
from vantum.store import outbox, webhooks
from vantum.store.engine import Store
from vantum.store.webhooks import MOST_ENDPOINTS, OVERLAP, NewEndpoint, new_secret, secrets_of
from vantum.store.words import EndpointState

pytestmark = pytest.mark.real_time
NEW = NewEndpoint("https://hooks.example/vantum", ("call.*", "import.finished"), "the warehouse")


@pytest.mark.parametrize(
    ("url", "events", "description", "problem"),
    [
        ("", ("*",), "", "1 to 2000"),
        ("https://" + "a" * 2_000, ("*",), "", "1 to 2000"),
        ("https://a", (), "", "1 to 40 kinds"),
        ("https://a", ("*",) * 41, "", "1 to 40 kinds"),
        ("https://a", ("*", "call.exploded"), "", "no event 'call.exploded'"),
        ("https://a", ("*",), "d" * 201, "at most 200"),
    ],
)
def test_what_cannot_be_is_no_endpoint(
    url: str, events: tuple[str, ...], description: str, problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        NewEndpoint(url, events, description)


def test_secrets_are_long_and_new_each_time() -> None:
    made = {new_secret() for _ in range(50)}
    assert len(made) == 50
    assert all(secret.startswith("whsec_") and len(secret) == 49 for secret in made)


async def test_an_endpoint_is_its_organisations_own(store: Store) -> None:
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        row = await webhooks.add(session, org, NEW, "s1")
        assert (row.url, row.events, row.description, row.state) == (
            NEW.url,
            list(NEW.events),
            NEW.description,
            EndpointState.ACTIVE,
        )
        assert [each.id for each in await webhooks.listed(session, org)] == [row.id]
        assert await webhooks.listed(session, other) == []
        assert await webhooks.get(session, other, row.id) is None
        assert not await webhooks.change(session, other, row.id, NewEndpoint("https://b", ("*",)))
        assert not await webhooks.rotate(session, other, row.id, "s2", NOON)
        assert not await webhooks.switch(session, other, row.id, EndpointState.DISABLED)
        assert not await webhooks.remove(session, other, row.id)
        assert await webhooks.get(session, org, row.id) is row


async def test_there_is_an_end_of_endpoints(store: Store) -> None:
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        for _ in range(MOST_ENDPOINTS):
            await webhooks.add(session, org, NEW, "s1")
        with pytest.raises(UsageError, match="20 endpoints already"):
            await webhooks.add(session, org, NEW, "s1")
        assert await webhooks.add(session, other, NEW, "s1")


async def test_an_endpoint_is_changed_and_removed_with_what_it_was_told(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        row = await webhooks.add(session, org, NEW, "s1")
        assert await webhooks.change(session, org, row.id, NewEndpoint("https://b", ("lead.*",)))
        await session.refresh(row)
        assert (row.url, row.events, row.description, row.secret) == ("https://b", ["lead.*"], "", "s1")
        assert await webhooks.change(session, org, row.id, NEW)
        await session.refresh(row)
        assert await outbox.tell(session, org, event(ENDED)) == 1
        assert await webhooks.remove(session, org, row.id)
        assert not await webhooks.remove(session, org, row.id)
        assert await webhooks.listed(session, org) == []


async def test_who_is_switched_off_is_told_of_nothing(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        row = await webhooks.add(session, org, NEW, "s1")
        assert await webhooks.switch(session, org, row.id, EndpointState.DISABLED)
        assert await outbox.tell(session, org, event(ENDED)) == 0
        assert await webhooks.switch(session, org, row.id, EndpointState.ACTIVE)
        assert await outbox.tell(session, org, event(ENDED)) == 1


async def test_two_secrets_are_valid_while_one_is_replaced(store: Store) -> None:
    until = NOON + OVERLAP
    async with store.writing() as session:
        org = await new_org(session, "a")
        row = await webhooks.add(session, org, NEW, "s1")
        assert secrets_of(row, NOON) == ("s1",)
        assert await webhooks.rotate(session, org, row.id, "s2", until)
        await session.refresh(row)
        assert secrets_of(row, NOON) == ("s2", "s1")
        assert secrets_of(row, until - timedelta(seconds=1)) == ("s2", "s1")
        assert secrets_of(row, until) == ("s2",)
        assert await webhooks.rotate(session, org, row.id, "s3", until)
        await session.refresh(row)
        assert secrets_of(row, NOON) == ("s3", "s2")
