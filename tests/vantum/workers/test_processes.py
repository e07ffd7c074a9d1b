"""Several workers as real processes: calls are spread, survive restarts, and end in good order."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.vantum.workers.kit import NotServingError, calling, serving, started_by, until, until_told
from vantum.workers.member import REPORT_SECONDS

pytestmark = pytest.mark.real_time


def metric(text: str, name: str) -> float:
    """The sum of all samples of a name."""
    families = text_string_to_metric_families(text)
    return sum(sample.value for family in families for sample in family.samples if sample.name == name)


async def test_calls_are_spread_counted_and_outlive_another_worker(tmp_path: Path) -> None:
    async with serving(tmp_path) as server, AsyncExitStack() as stack:
        browsers = [await stack.enter_async_context(calling(server.socket_url)) for _ in range(4)]
        assert sorted(Counter(browser.stamp for browser in browsers).values()) == [2, 2]

        health = await server.health()
        assert (health["status"], health["calls"]) == ("ok", {"live": 4, "capacity": 200})
        assert await server.spread() == [2, 2]
        counts = (await server.http.get("/metrics")).text
        assert (metric(counts, "vantum_live_calls"), metric(counts, "vantum_calls_total")) == (4, 4)
        assert metric(counts, "vantum_workers") == 2
        assert [call["state"] for call in await server.listed(4)] == ["in-progress"] * 4

        victim, other = await server.workers()
        os.kill(victim, signal.SIGKILL)
        await until(lambda: sum(browser.is_over for browser in browsers) == 2)
        assert len({browser.stamp for browser in browsers if browser.is_over}) == 1
        await until_told(server, lambda workers: len(workers) == 2 and victim not in workers)
        assert other in await server.workers()
        assert "A worker died: its calls are lost." in server.log
        for browser in browsers:
            if not browser.is_over:
                await browser.still_heard()
        # What the one that is gone had counted is counted still.
        assert metric((await server.http.get("/metrics")).text, "vantum_calls_total") == 4
        for _ in range(2):
            await stack.enter_async_context(calling(server.socket_url))
        assert await server.spread() == [2, 2]


async def until_reported() -> None:
    """The front knows what workers have told by now."""
    await asyncio.sleep(3 * REPORT_SECONDS)


@pytest.mark.long
async def test_who_is_lost_finds_the_call_by_its_old_session_alone(tmp_path: Path) -> None:
    async with serving(tmp_path, workers=3) as server, AsyncExitStack() as stack:
        browsers = [await stack.enter_async_context(calling(server.socket_url)) for _ in range(3)]
        for lost in browsers:
            await lost.drop()
            await until_reported()
            async with calling(server.socket_url, lost.session) as again:
                assert (again.resumed, again.stamp) == (True, lost.stamp)
            await until_reported()


@pytest.mark.long
async def test_a_rolling_restart_drops_nobody_and_clients_find_their_calls(tmp_path: Path) -> None:
    async with serving(tmp_path) as server, AsyncExitStack() as stack:
        browsers = [await stack.enter_async_context(calling(server.socket_url)) for _ in range(4)]
        before = set(await server.workers())
        server.process.send_signal(signal.SIGHUP)
        await until(lambda: "All workers were replaced." in server.log)
        after = set(await server.workers()) - before
        assert len(after) == 2

        # New calls are the new ones', and those that were there go on where they were.
        fresh = await stack.enter_async_context(calling(server.socket_url))
        assert fresh.stamp not in {browser.stamp for browser in browsers}
        for browser in browsers:
            await browser.still_heard()

        # A client that comes back to a worker that leaves finds its call: with its token in the address,
        proved, lost, *others = browsers
        await proved.drop()
        url = f"{server.socket_url}?resume={proved.token}"
        back = await stack.enter_async_context(calling(url, resumeToken=proved.token))
        assert (back.resumed, back.stamp) == (True, proved.stamp)
        # and with no more than that it comes back: that worker misses somebody from there.
        await lost.drop()
        await until_reported()
        url = f"{server.socket_url}?resume"
        again = await stack.enter_async_context(calling(url, lost.session))
        assert (again.resumed, again.stamp) == (True, lost.stamp)

        for browser in (*others, back, again):
            await browser.close()
        await until_told(server, lambda workers: set(workers) == after)
        await until(lambda: set(started_by(tmp_path)) == {*after, server.process.pid})


@pytest.mark.long
async def test_a_signal_ends_all_calls_with_a_goodbye_and_exits_0(tmp_path: Path) -> None:
    async with serving(tmp_path) as server, AsyncExitStack() as stack:
        browsers = [await stack.enter_async_context(calling(server.socket_url)) for _ in range(2)]
        server.process.send_signal(signal.SIGTERM)
        assert [await browser.over() for browser in browsers] == [1000, 1000]
        assert [browser.words[-1] for browser in browsers] == ["Goodbye.", "Goodbye."]
        assert await server.ended() == 0
        assert started_by(tmp_path) == []
    assert "Traceback" not in server.log


@pytest.mark.long
async def test_a_worker_that_is_told_to_end_finishes_its_call_and_is_replaced(tmp_path: Path) -> None:
    async with serving(tmp_path) as server, calling(server.socket_url) as browser:
        workers = await server.workers()
        [busy] = [pid for pid, worker in workers.items() if worker["live"] == 1]
        os.kill(busy, signal.SIGTERM)
        await until_told(server, lambda told: len(set(told) - set(workers)) == 1)
        await browser.still_heard()
        told = await server.workers()
        assert (told[busy]["status"], told[busy]["live"]) == ("closing", 1)
        [call] = await server.listed(1)
        assert str(call["id"]).endswith(browser.stamp)
        assert (await server.http.get(f"/calls/{call['id']}")).json()["state"] == "live"
        await browser.close()
        await until(lambda: busy not in started_by(tmp_path))
        assert (await server.http.get(f"/calls/{call['id']}")).json()["state"] == "ended"


@pytest.mark.long
async def test_when_the_front_is_killed_the_calls_are_finished(tmp_path: Path) -> None:
    async with serving(tmp_path) as server, calling(server.socket_url) as browser:
        workers = await server.workers()
        server.process.kill()
        await until(lambda: len(started_by(tmp_path)) == 1)
        await browser.still_heard()
        [busy] = started_by(tmp_path)
        assert workers[busy]["live"] == 1
        await browser.close()
        await until(lambda: not started_by(tmp_path))


BROKEN = "def build(call): return 1 / 0"


@pytest.mark.long
async def test_a_mistake_of_the_user_is_told_once_and_the_old_workers_outlive_one(tmp_path: Path) -> None:
    with pytest.raises(NotServingError) as failed:
        async with serving(tmp_path, pipeline=BROKEN):
            pass
    [line] = failed.value.log.splitlines()
    assert (failed.value.code, line.startswith("vantum: "), "division by zero" in line) == (2, True, True)
    async with serving(tmp_path) as server, calling(server.socket_url) as browser:
        before = set(await server.workers())
        (tmp_path / "own.py").write_text(BROKEN)
        server.process.send_signal(signal.SIGHUP)
        await until(lambda: "A new worker did not get ready: the old ones stay." in server.log)
        await browser.still_heard()
        assert set(await server.workers()) == before


@pytest.mark.long
async def test_a_token_is_good_once_whoever_is_asked(tmp_path: Path) -> None:
    given = {"VANTUM_AUTH": "token", "VANTUM_MAX_CALLS_PER_ADDRESS": "0"}
    async with serving(tmp_path, settings=given) as server:
        made = [(await server.http.post("/api/tokens", json={})).json()["token"] for _ in range(4)]
        for token in made:
            url = f"{server.socket_url}?token={token}"
            async with calling(url):
                for _ in range(4):
                    with pytest.raises(InvalidStatus, match="401"):
                        await connect(url)
            # Nor is it when it comes behind another request, unseen by who hands connections out.
            port = int(server.url.rstrip("/").rpartition(":")[2])
            for _ in range(3):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                host = "Host: localhost\r\n"
                upgrade = (
                    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                )
                first = f"GET /health HTTP/1.1\r\n{host}\r\n"
                writer.write(f"{first}GET /ws?token={token} HTTP/1.1\r\n{host}{upgrade}\r\n".encode())
                answer = await reader.read()
                assert answer.startswith(b"HTTP/1.1 200")
                assert answer.count(b"HTTP/1.1") == 1
                writer.close()
