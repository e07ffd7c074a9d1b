"""A server that is killed while it dials: the next one finds the call and never dials twice."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.live_server import KEYS
from tests.phone.kit import CALLEE, PUBLIC_URL, until
from tests.wire.twilio_server import ACCOUNT_SID, AUTH_TOKEN, Callee, Hang, TwilioStandIn

pytestmark = pytest.mark.real_time

ROOT = Path(__file__).parents[2]
START_SECONDS = 30.0
WANTED = {"to": CALLEE, "idempotencyKey": "the one call"}


@asynccontextmanager
async def server(data: Path, twilio: TwilioStandIn, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """The real command; it is killed at the end of the block."""
    given = {
        **KEYS,
        "PATH": os.environ["PATH"],
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_API_URL": twilio.url,
        "VANTUM_PUBLIC_URL": PUBLIC_URL,
        "VANTUM_DATA": str(data),
        "VANTUM_MAX_LAG_MS": "0",
        "VANTUM_PORT": str(port),
    }
    log = (data / "server.log").open("ab")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "vantum.run", "pipelines/echo.py", cwd=ROOT, env=given, stdout=log, stderr=log
    )
    try:
        await _listening(port)
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()
        log.close()


async def _listening(port: int) -> None:
    async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(START_SECONDS):
        while True:
            try:
                await http.get(f"http://127.0.0.1:{port}/health")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


async def test_a_server_killed_between_the_record_and_the_answer_dials_once(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    callee = Callee(answers_after=20.0)
    async with (
        TwilioStandIn(public_url=PUBLIC_URL, reach=url, callee=callee) as twilio,
        httpx.AsyncClient(base_url=url, trust_env=False) as http,
    ):
        twilio.faults.append(Hang(30.0, create=True))
        async with server(tmp_path, twilio, port) as process:
            first = await http.post("/api/calls", json=WANTED)
            await until(lambda: twilio.calls)
            process.send_signal(signal.SIGKILL)
            await process.wait()
        async with server(tmp_path, twilio, port):
            again = await http.post("/api/calls", json=WANTED)
            assert again.json()["id"] == first.json()["id"]
            async with asyncio.timeout(15.0):
                while not (told := (await http.get(f"/api/calls/{first.json()['id']}")).json())["carrierId"]:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            assert told["carrierId"] == twilio.calls[0].sid
            assert len(twilio.calls) == 1
            ended = await http.post(f"/api/calls/{first.json()['id']}/hangup")
            assert ended.json()["outcome"] == "canceled"
            await until(lambda: twilio.calls[0].status == "canceled")
