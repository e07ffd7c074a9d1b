"""A whole campaign on real processes beside a stand-in for Twilio, with processes that are killed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import URL

from benchmarks.campaign.__main__ import Asked, benchmark
from benchmarks.campaign.play import Plot
from tests.vantum.store.databases import BOTH, SERVER, USUAL, new_database
from vantum.store.address import database, is_sqlite
from vantum.store.migrate import upgrade

pytestmark = pytest.mark.real_time

PLOT: Final = Plot(kills=2, seed=2, seconds=240.0, closes=False)
MEASURED: Final = "within"
"""What is measured in seconds is left to the benchmark: a test may run on a machine that does something else, too."""


@pytest.fixture(params=USUAL if USUAL == BOTH or not SERVER else ("postgres",))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """Where the campaign is kept: of the two, the one that several dialers share, unless both are asked for."""
    if request.param == "sqlite":
        yield database(None, tmp_path / "data")
        return
    with new_database() as url:
        yield url


@pytest.mark.long
async def test_nobody_is_lost_dialed_twice_or_told_wrong(place: URL, tmp_path: Path) -> None:
    upgrade(place)
    told: list[str] = []
    dialers = 0 if is_sqlite(place) else 2
    asked = Asked(30, dialers, per_second=8.0, concurrency=16, plot=PLOT, hurry=("--hurry",))
    rows = await benchmark(asked, place, tmp_path, told.append)
    judged = [row for row in rows if not row.must.startswith(MEASURED)]
    wrong = [f"{row.what}: {row.measured} {row.details}" for row in judged if not row.holds]
    assert len(judged) < len(rows)
    assert wrong == [], "\n".join((*wrong, *told))
