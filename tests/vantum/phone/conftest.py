"""What the tests of phone calls share: processes that run until the end of a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Protocol

import pytest

from tests.vantum.phone.exchange import Exchange
from tests.vantum.phone.fake_carrier import FakeCarrier


class Open(Protocol):
    """Opens an exchange on the folder of the test."""

    async def __call__(self, carrier: FakeCarrier | None = None, **settings: str) -> Exchange: ...


@pytest.fixture
async def opening(tmp_path: Path) -> AsyncGenerator[Open, None]:
    """Opens exchanges, and closes them after the test."""
    exchanges: list[Exchange] = []
    # An exchange is at work until it is closed, here: the test may leave behind what it began.
    standing = asyncio.create_task(asyncio.Event().wait(), name="exchanges")

    async def opened(carrier: FakeCarrier | None = None, **settings: str) -> Exchange:
        exchanges.append(Exchange(tmp_path, carrier, **settings))
        await exchanges[-1].board.start()
        return exchanges[-1]

    yield opened
    for exchange in exchanges:
        await exchange.close()
    standing.cancel()


@pytest.fixture
async def exchange(opening: Open) -> Exchange:
    """An exchange with the usual settings."""
    return await opening()
