"""The sender: how much at once, when again, and that nothing which goes wrong holds up anything else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from loguru import logger

from tests.vantum.store.rows import new_org
from tests.vantum.store.told import ANALYZED, ENDED, QUEUED
from tests.vantum.webhooks.kit import START, MemoryOutbox, Web, answering, at, message, reply
from vantum.core.outreach.delivery import LONGEST, WAITS, DeliveryState
from vantum.store import deliveries, webhooks
from vantum.store.engine import Store
from vantum.store.outbox import Event, tell
from vantum.store.pages import Cut
from vantum.store.webhooks import NewEndpoint
from vantum.webhooks import post
from vantum.webhooks import sender as sender_module
from vantum.webhooks.guarded_client import AT_ONCE, ATTEMPT_SECONDS
from vantum.webhooks.outbox import LEASE, StoreOutbox
from vantum.webhooks.sender import (
    PER_ENDPOINT,
    POLL_SECONDS,
    TIDY_SECONDS,
    TROUBLE_SECONDS,
    Sender,
)

S = DeliveryState
SELDOM = 10.0
"""Seconds between looks, where a day passes."""


@pytest.fixture
def log() -> list[str]:
    """The lines of the log, of INFO and above."""
    return []


@pytest.fixture(autouse=True)
def _logged(log: list[str]) -> Iterator[None]:
    sink = logger.add(log.append, level="INFO", format="{level} {message} {extra}")
    yield
    logger.remove(sink)


@asynccontextmanager
async def sender(outbox: MemoryOutbox, web: Web) -> AsyncIterator[Sender]:
    """A sender at work, without chance."""
    async with web.client() as http:
        working = Sender(outbox, http, lambda: 0.0)
        task = asyncio.create_task(working.run())
        yield working
        task.cancel()
        await asyncio.wait((task,))


def states(outbox: MemoryOutbox) -> list[tuple[float, str, DeliveryState]]:
    return [(moment, name, after.state) for moment, name, after, _ in outbox.settled]


async def test_what_is_due_is_sent_at_once_and_what_comes_later_within_a_second() -> None:
    outbox, web = MemoryOutbox(), answering(200)
    outbox.add(message("d1"))
    async with sender(outbox, web) as working:
        await asyncio.sleep(0.4)
        outbox.add(message("d2"))
        await asyncio.sleep(1.0)
        outbox.add(message("d3"))
        working.wake()
        await asyncio.sleep(0.01)
    assert web.arrived == [(0.0, "d1"), (POLL_SECONDS, "d2"), (1.4, "d3")]
    assert states(outbox) == [(0.0, "d1", S.DELIVERED), (1.0, "d2", S.DELIVERED), (1.4, "d3", S.DELIVERED)]


async def test_who_does_not_answer_is_asked_again_with_growing_waits_and_given_up_after_a_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sender_module, "POLL_SECONDS", SELDOM)
    outbox, web = MemoryOutbox(), answering(503)
    outbox.add(message())
    async with sender(outbox, web):
        await asyncio.sleep(30 * 3600)
    gaps = [later - earlier for (earlier, _), (later, _) in zip(web.arrived, web.arrived[1:], strict=False)]
    expected = [wait.total_seconds() for wait in WAITS]
    # A message is found with the next look.
    assert all(0 <= gap - wait <= SELDOM for gap, wait in zip(gaps, expected, strict=True))
    assert web.arrived[-1][0] <= LONGEST.total_seconds()
    assert outbox.settled[-1][2].state is S.DEAD
    assert outbox.waiting == {}


async def test_twenty_are_sent_at_once_and_no_more() -> None:
    outbox, web = MemoryOutbox(), answering(200, after=2.0)
    outbox.add(*(message(f"d{index}", f"e{index}") for index in range(50)))
    async with sender(outbox, web):
        await asyncio.sleep(6.5)
    assert web.most_at_once == AT_ONCE
    assert [len([1 for moment, _ in web.arrived if moment == start]) for start in (0.0, 2.0, 4.0)] == [
        20,
        20,
        10,
    ]
    assert len(outbox.settled) == 50


async def test_a_slow_receiver_holds_up_no_other() -> None:
    async def behave(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(1_000.0 if request.url.host == "slow.example" else 0.0)
        return reply(200)

    outbox, web = MemoryOutbox(), Web(behave)
    outbox.add(*(message(f"s{index}", "slow", "https://slow.example") for index in range(100)))
    outbox.add(*(message(f"q{index}", "quick") for index in range(10)))
    async with sender(outbox, web):
        await asyncio.sleep(1.0)
    assert [name for _, name in web.arrived if name.startswith("s")] == [
        f"s{index}" for index in range(PER_ENDPOINT)
    ]
    assert [name for moment, name, _ in states(outbox) if moment == 0.0] == [
        f"q{index}" for index in range(10)
    ]


async def test_what_was_sent_in_vain_is_written_down_with_its_reason() -> None:
    outbox, web = MemoryOutbox(), answering(200, after=1_000.0)
    outbox.add(message())
    async with sender(outbox, web):
        await asyncio.sleep(ATTEMPT_SECONDS + 0.1)
    ((moment, _, after, answer),) = outbox.settled
    assert (moment, answer) == (ATTEMPT_SECONDS, "There was no answer in time.")
    assert (after.attempts, after.status, after.next_at) == (1, None, at(ATTEMPT_SECONDS) + WAITS[0])


async def test_a_message_that_cannot_be_sent_counts_as_tried_and_the_others_are_sent(
    monkeypatch: pytest.MonkeyPatch, log: list[str]
) -> None:
    def signed(_body: bytes, secrets: tuple[str, ...], _now: int) -> str:
        if secrets == ("bad",):
            raise ValueError("call-1 +12125550100")
        return "t=1,v1=2"

    monkeypatch.setattr(post, "signed", signed)
    outbox, web = MemoryOutbox(), answering(200)
    bad = message("bad", "e1")
    object.__setattr__(bad, "secrets", ("bad",))
    outbox.add(bad, message("good", "e2"))
    async with sender(outbox, web):
        await asyncio.sleep(0.1)
    assert sorted(states(outbox)) == [(0.0, "bad", S.PENDING), (0.0, "good", S.DELIVERED)]
    assert [answer for _, name, _, answer in outbox.settled if name == "bad"] == [
        "It cannot be sent (ValueError)."
    ]
    assert "+12125550100" not in "".join(log)


async def test_a_store_that_does_not_answer_is_asked_again(log: list[str]) -> None:
    outbox, web = MemoryOutbox(broken=7.0), answering(200)
    outbox.add(message())
    async with sender(outbox, web):
        await asyncio.sleep(20.0)
    assert states(outbox) == [(2 * TROUBLE_SECONDS, "d1", S.DELIVERED)]
    assert [line.strip() for line in log if line.startswith("ERROR")] == [
        "ERROR Webhooks wait. {'reason': 'The database does not answer.'}"
    ] * 2


async def test_what_could_not_be_written_down_is_sent_again_when_its_time_is_over(log: list[str]) -> None:
    outbox, web = MemoryOutbox(), answering(200, after=1.0)
    outbox.add(message())
    async with sender(outbox, web):
        await asyncio.sleep(0.5)
        outbox.broken = 3.0
        await asyncio.sleep(100.0)
    sent = [moment for moment, _ in web.arrived]
    assert sent[0] == 0.0
    assert 0 <= sent[1] - LEASE.total_seconds() <= TROUBLE_SECONDS
    assert [state for _, _, state in states(outbox)] == [S.DELIVERED]
    assert any("it is not written what came of it" in line for line in log)


async def test_what_somebody_else_has_by_then_is_theirs_to_tell(log: list[str]) -> None:
    outbox, web = MemoryOutbox(), answering(500, after=1.0)
    outbox.add(message())
    async with sender(outbox, web):
        await asyncio.sleep(0.5)
        outbox.waiting["d1"] = replace(outbox.waiting["d1"], until=at(3_600.0))
        await asyncio.sleep(1.0)
    assert (outbox.settled, log) == ([], [])


async def test_who_is_cancelled_leaves_the_rest_to_others() -> None:
    outbox, web = MemoryOutbox(), answering(200, after=5.0)
    outbox.add(message())
    async with sender(outbox, web):
        await asyncio.sleep(1.0)
    assert (outbox.settled, web.at_once) == ([], 0)
    web.behave = answering(200).behave
    async with sender(outbox, web):
        await asyncio.sleep(LEASE.total_seconds() + POLL_SECONDS)
    assert [(name, state) for _, name, state in states(outbox)] == [("d1", S.DELIVERED)]


async def test_old_messages_are_removed_once_an_hour(log: list[str]) -> None:
    outbox = MemoryOutbox(removes=3)
    async with sender(outbox, answering(200)):
        await asyncio.sleep(2 * TIDY_SECONDS + 60.0)
    assert len(outbox.tidied) == 2
    assert all(
        abs(moment - hour * TIDY_SECONDS) <= 2 * POLL_SECONDS
        for hour, moment in enumerate(outbox.tidied, start=1)
    )
    assert [line.strip() for line in log] == ["INFO Old messages of webhooks were removed. {'count': 3}"] * 2
    quiet = MemoryOutbox()
    log.clear()
    async with sender(quiet, answering(200)):
        await asyncio.sleep(TIDY_SECONDS + 60.0)
    assert (len(quiet.tidied), log) == (1, [])


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (200, None),
        (500, "INFO A webhook was tried."),
        (410, "WARNING A webhook was tried."),
    ],
)
async def test_the_log_tells_what_became_of_it_and_nothing_of_its_words(
    status: int, line: str | None, log: list[str]
) -> None:
    outbox, web = MemoryOutbox(), answering(status)
    outbox.add(message())
    async with sender(outbox, web):
        await asyncio.sleep(0.1)
    told = {
        "state": outbox.settled[0][2].state.value,
        "event": "call.ended",
        "delivery": "d1",
        "endpoint": "e1",
        "status": status,
        "attempts": 1,
    }
    assert [each.strip() for each in log] == ([] if line is None else [f"{line} {told}"])


# --- with a store ---------------------------------------------------------------------------------------


@pytest.mark.real_time
async def test_a_whole_call_is_told_in_its_order(store: Store) -> None:
    arrived: list[str] = []
    failed: list[str] = []

    async def behave(request: httpx.Request) -> httpx.Response:
        kind = request.headers["Vantum-Event"]
        arrived.append(kind)
        if kind == ENDED and not failed:
            failed.append(kind)
            return reply(500)
        return reply(200)

    async with store.writing() as session:
        org = await new_org(session, "a")
        place = (await webhooks.add(session, org, NewEndpoint("https://a.example", ("*",)), "s")).id
        moment = START
        for kind in (QUEUED, ENDED, ANALYZED):
            await tell(session, org, Event(kind, "call-1", {}, moment))
    async with Web(behave).client() as http:
        working = Sender(StoreOutbox(store), http, lambda: 0.0)
        task = asyncio.create_task(working.run())
        await _until(lambda: arrived == ["call.queued", "call.ended"])
        # Its second attempt is in ten seconds: nobody has to wait for that here.
        async with store.writing() as session:
            rows = (await deliveries.listed(session, org, place, Cut())).rows
            for row in rows:
                row.next_at = moment if row.state is S.PENDING else None
        await _until(lambda: len(arrived) == 4)
        await _settled(store, org, place)
        task.cancel()
        await asyncio.wait((task,))
    assert arrived == ["call.queued", "call.ended", "call.ended", "call.analyzed"]


async def _until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(10.0):
        while not reached():  # noqa: ASYNC110 - what arrives tells nobody
            await asyncio.sleep(0.02)


async def _settled(store: Store, org: str, place: str) -> None:
    async with asyncio.timeout(10.0):
        while True:
            async with store.reading() as session:
                rows = (await deliveries.listed(session, org, place, Cut())).rows
            if all(row.state is S.DELIVERED for row in rows):
                return
            await asyncio.sleep(0.02)
