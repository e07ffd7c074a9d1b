"""An import that is killed, at whatever point: nothing of the list is there, and the next one brings all of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.vantum.outreach.killing import killed
from tests.vantum.outreach.lists import count, desk_in, long_list, rows_of
from vantum.outreach.importer import Imported, import_list
from vantum.store.engine import open_store
from vantum.store.imports import OVERTAKEN
from vantum.store.models import Company, Contact, Import, ImportRow, Lead
from vantum.store.words import ImportState, RowVerdict

pytestmark = pytest.mark.real_time
ROWS = 2_500


@pytest.mark.parametrize("point", ["reading", "getting ready", "writing", "before the commit"])
async def test_nothing_is_half_imported(url: URL, tmp_path: Path, point: str) -> None:
    path, data = long_list(tmp_path, ROWS), tmp_path / "data"
    async with open_store(url) as store:
        desk = await desk_in(store)
    await killed(url, point, str(path), f"{desk.org}/{desk.campaign}", data)
    assert [*data.iterdir()] == []
    async with open_store(url) as store:
        for table in (Contact, Company, Lead, ImportRow):
            assert await count(store, table) == 0
        (dead,) = await rows_of(store, Import)
        assert dead.state is ImportState.RUNNING
        found = await import_list(store, desk.org, desk.order(path), data)
        assert isinstance(found, Imported)
        assert (found.counts, found.leads) == ({RowVerdict.ACCEPTED: ROWS}, ROWS)
        first, second = await rows_of(store, Import)
        assert (first.state, first.error, second.state) == (
            ImportState.FAILED,
            OVERTAKEN,
            ImportState.FINISHED,
        )
        for table in (Contact, Lead, ImportRow):
            assert await count(store, table) == ROWS
