"""The dialer's tests run on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import URL

from tests.vantum.dialing.outside import OutsideStore, opened
from tests.vantum.store.databases import (
    empty_postgres,
    empty_url,
    own_url,
    postgres_url,
    sqlite_template,
    url,
)
from vantum.dialing import dialer

__all__ = [
    "empty_postgres",
    "empty_url",
    "own_url",
    "postgres_url",
    "sqlite_template",
    "store",
    "url",
]


@pytest.fixture
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds far apart: where a campaign takes minutes and nothing depends on when a dialer looks."""
    monkeypatch.setattr(dialer, "CLAIM_SECONDS", 1.0)
    monkeypatch.setattr(dialer, "OVERSEE_SECONDS", 2.0)


@pytest.fixture
async def store(url: URL) -> AsyncIterator[OutsideStore]:
    """An open store for which virtual time stands still."""
    async with opened(url) as store:
        yield store
