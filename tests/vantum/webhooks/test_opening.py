"""A sender beside other work: it begins anew when it fails, and ends with its block."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from loguru import logger
from sqlalchemy.ext.asyncio import create_async_engine

from tests.vantum.store.rows import new_org
from tests.vantum.store.told import QUEUED, event
from tests.vantum.webhooks.kit import now
from vantum.core.outreach.delivery import DeliveryState
from vantum.store import deliveries, webhooks
from vantum.store.engine import Store
from vantum.store.models import WebhookDelivery
from vantum.store.outbox import tell
from vantum.store.pages import Cut
from vantum.store.webhooks import NewEndpoint
from vantum.webhooks.addresses import Reach, reach_of
from vantum.webhooks.opening import REST_SECONDS, open_sender
from vantum.webhooks.sender import Sender


@pytest.fixture
def log() -> Iterator[list[str]]:
    """The lines of the log."""
    lines: list[str] = []
    sink = logger.add(lines.append, level="INFO", format="{level} {message} {extra}")
    yield lines
    logger.remove(sink)


async def filled(store: Store) -> tuple[str, str]:
    """An organisation, and its endpoint on this machine that is to be told of a call."""
    async with store.writing() as session:
        org = await new_org(session, "a")
        endpoint = await webhooks.add(session, org, NewEndpoint("https://127.0.0.1:1", ("*",)), "s")
        await tell(session, org, event(QUEUED))
    return org, endpoint.id


async def tried(store: Store, org: str, endpoint: str) -> WebhookDelivery:
    """The message, once it was tried."""
    async with asyncio.timeout(10.0):
        while True:
            async with store.reading() as session:
                (row,) = (await deliveries.listed(session, org, endpoint, Cut())).rows
            if row.attempts:
                return row
            await asyncio.sleep(0.02)


@pytest.mark.real_time
async def test_what_waits_is_sent_while_the_block_lasts(store: Store) -> None:
    org, endpoint = await filled(store)
    async with open_sender(store, Reach.PUBLIC):
        row = await tried(store, org, endpoint)
    assert (row.state, row.attempts, row.response_code) == (DeliveryState.PENDING, 1, None)
    assert "private network" in row.response_text
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("webhook")]


async def test_a_sender_that_fails_begins_anew_and_its_words_are_in_no_log(
    monkeypatch: pytest.MonkeyPatch, log: list[str]
) -> None:
    begun: list[float] = []

    async def run(_: Sender) -> None:
        begun.append(now())
        raise ExceptionGroup("tasks", [RuntimeError("+12125550100")])

    monkeypatch.setattr(Sender, "run", run)
    store = Store(*(create_async_engine("sqlite+aiosqlite://") for _ in range(3)))
    async with open_sender(store, Reach.PUBLIC):
        await asyncio.sleep(1.5 * REST_SECONDS)
    assert begun == [0.0, REST_SECONDS]
    line = "ERROR The sender of webhooks failed, and begins anew. {'reason': 'ExceptionGroup'}"
    assert [each.strip() for each in log] == [line] * 2


@pytest.mark.parametrize(("allow_private", "reach"), [(False, Reach.PUBLIC), (True, Reach.ANYWHERE)])
def test_the_setting_says_how_far_webhooks_may_go(allow_private: bool, reach: Reach) -> None:
    assert reach_of(allow_private) is reach
