"""A server of the REST API, and a client of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.transports.twilio.rest_server import ACCOUNT, TOKEN, Server, run
from transports.twilio.rest import TwilioRest


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    # In a task of its own: what a fixture has at work may go on after the test.
    server, ready, done = Server(), asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(run(server, ready, done))
    await ready.wait()
    yield server
    done.set()
    await running


@pytest.fixture
async def rest(server: Server) -> AsyncIterator[TwilioRest]:
    rest = TwilioRest(ACCOUNT, TOKEN, server.url)
    yield rest
    await rest.close()
