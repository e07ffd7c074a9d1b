"""Phone calls of a server of several workers: each is one worker's, is dialed once, and is lost with nobody."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.phone.kit import CALLEE, PUBLIC_URL
from tests.vantum.workers.kit import PATIENCE_SECONDS, Server, serving, until, until_told
from tests.wire.twilio_server import ACCOUNT_SID, AUTH_TOKEN, NUMBER, Callee, TwilioStandIn

pytestmark = pytest.mark.real_time


@asynccontextmanager
async def telephone(
    folder: Path, callee: Callee, **settings: str
) -> AsyncIterator[tuple[Server, TwilioStandIn]]:
    """A server of two workers, and its carrier."""
    async with TwilioStandIn(
        public_url=PUBLIC_URL, voice_url=f"{PUBLIC_URL}/twilio/voice", callee=callee
    ) as twilio:
        given = {
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_API_URL": twilio.url,
            "VANTUM_PUBLIC_URL": PUBLIC_URL,
            "VANTUM_CALLS_PER_SECOND": "100",
            **settings,
        }
        async with serving(folder, settings=given) as server:
            twilio.server.reach = server.url.rstrip("/")
            yield server, twilio


async def placed(server: Server, **wanted: str) -> str:
    """Have a call placed; returns its id."""
    answer = await server.http.post("/api/calls", json={"to": CALLEE, **wanted})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def over(server: Server, call_id: str) -> dict[str, object]:
    """What the API tells of a call once it is over."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (told := (await server.http.get(f"/api/calls/{call_id}")).json())["outcome"] is None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return dict(told)


async def until_waiting(server: Server, number: int) -> None:
    """Return as soon as so many calls wait to be placed."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await server.health())["phone"]["waiting"] != number:  # type: ignore[index]  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_a_call_is_one_workers_from_its_first_webhook_to_its_last(tmp_path: Path) -> None:
    callee = Callee(answers_after=0.1, hangs_up_after=1.0)
    async with telephone(tmp_path, callee) as (server, twilio):
        made = [await placed(server) for _ in range(4)]
        assert list(Counter(call_id[-8:] for call_id in made).values()) == [2, 2]
        for _ in range(4):
            await twilio.dial_in(NUMBER, CALLEE)
        ends = [await over(server, call_id) for call_id in made]
        assert [end["outcome"] for end in ends] == ["completed"] * 4
        await until(lambda: all(call.task is not None and call.task.done() for call in twilio.calls))
        listed = [call for call in await server.listed(8) if call["direction"] == "inbound"]
        assert list(Counter(str(call["id"])[-8:] for call in listed).values()) == [2, 2]
        ends = [await over(server, str(call["id"])) for call in listed]
        assert [end["outcome"] for end in ends] == ["completed"] * 4
        assert [call.errors for call in twilio.calls] == [[]] * 8
        assert {posted.status for posted in twilio.posted} <= {200, 204}


@pytest.mark.long
async def test_one_key_dials_once_however_many_ask_at_once(tmp_path: Path) -> None:
    callee = Callee(answers_after=20.0)
    async with telephone(tmp_path, callee) as (server, twilio):
        asked = (placed(server, idempotencyKey="the one call") for _ in range(20))
        [call_id] = set(await asyncio.gather(*asked))
        await until(lambda: twilio.calls)
        ended = await server.http.post(f"/api/calls/{call_id}/hangup")
        assert ended.json()["outcome"] == "canceled"
        assert len(twilio.calls) == 1


async def test_what_a_worker_leaves_is_taken_up_and_dialed_once(tmp_path: Path) -> None:
    callee = Callee(answers_after=30.0)
    async with telephone(tmp_path, callee, VANTUM_CALLS_PER_SECOND="0.02") as (server, twilio):
        made = [await placed(server) for _ in range(6)]
        await until(lambda: len(twilio.calls) == 2)
        await until_waiting(server, 2)
        heir, victim = await server.workers()
        os.kill(victim, signal.SIGKILL)
        await until_told(server, lambda workers: len(workers) == 2 and victim not in workers)
        await until_waiting(server, 3)
        # A call of the one that is gone can be acted on: its heir has it, also the one that rings already.
        ended = [(await server.http.post(f"/api/calls/{call_id}/hangup")).json() for call_id in made]
        assert [end["outcome"] for end in ended] == ["canceled"] * 6
        await until(lambda: [call.status for call in twilio.calls] == ["canceled"] * 2)
        assert heir in await server.workers()
