"""`vantum webhooks listen`: a receiver as a process, and a sender that tells it of a call."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from tests.vantum.store.rows import new_org
from tests.vantum.store.told import ANALYZED, ENDED
from vantum.store import webhooks
from vantum.store.engine import Store
from vantum.store.outbox import Event, tell
from vantum.store.webhooks import NewEndpoint
from vantum.webhooks.addresses import Reach
from vantum.webhooks.opening import open_sender
from vantum.webhooks_command import main

pytestmark = pytest.mark.real_time
START_SECONDS = 60.0
SECRET = "whsec_test"


@asynccontextmanager
async def listening(*arguments: str) -> AsyncIterator[tuple[Process, str]]:
    """The command on a free port, and its address."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "vantum.cli", "webhooks", "listen", "--port", "0", "--secret", SECRET),
        *arguments,
        stdout=PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        line = await line_of(process)
        assert line.startswith("Webhooks are received at http://127.0.0.1:")
        yield process, line.split()[-1]
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def line_of(process: Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(START_SECONDS):
        return (await process.stdout.readline()).decode().rstrip("\n")


async def test_a_call_is_told_to_a_receiver_in_its_order(store: Store) -> None:
    moment = datetime.now(UTC)
    async with listening("--status", "503", "--first", "0") as (process, url):
        async with store.writing() as session:
            org = await new_org(session, "a")
            await webhooks.add(session, org, NewEndpoint(f"{url}in", ("call.*",)), SECRET)
            for kind in (ENDED, ANALYZED):
                await tell(session, org, Event(kind, "call-1", {"outcome": "answered_human"}, moment))
        async with open_sender(store, Reach.ANYWHERE):
            lines = [await line_of(process) for _ in range(4)]
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(START_SECONDS):
            assert await process.wait() == 0
    for line, name in zip(lines[::2], ("call.ended", "call.analyzed"), strict=True):
        assert line.startswith(f"{name}  signature good  delivery ")
        assert line.endswith("  attempt 1  answered 200")
    assert '"data": {"outcome": "answered_human"}' in lines[1]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--status", "99"], "99 is no status of an answer."),
        (["--status", "600"], "600 is no status of an answer."),
        (["--delay", "61"], "--delay 61 is too much."),
        (["--delay", "-1"], "--delay -1 is too much."),
        (["--port", "65536"], "65536 is no port."),
        (["--host", "192.0.2.1"], "which this machine cannot listen on"),
    ],
)
def test_mistakes_are_told(arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["listen", "--secret", SECRET, *arguments]) == 2
    assert problem in capsys.readouterr().err
