"""The verdicts of a list as a CSV file that is safe to open."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.vantum.outreach.lists import csv_list, desk_in, long_list, phone
from vantum.core.errors import UsageError
from vantum.outreach.importer import import_list
from vantum.outreach.verdict_file import HEADER, verdict_file, write_verdicts
from vantum.store.engine import Store
from vantum.store.staged import StagedRow
from vantum.store.words import RowVerdict


def read(path: Path) -> list[tuple[str, ...]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [tuple(row) for row in csv.reader(file)]


def test_rows_as_they_were_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    with verdict_file(path) as file:
        file.add([StagedRow(2, RowVerdict.ACCEPTED, notes=("a", "b"))])
        file.add([StagedRow(3, RowVerdict.INVALID, '=cmd|"/c"', "Zoë, x\ny")])
    assert read(path) == [
        HEADER,
        ("2", "accepted", "", "", "a / b"),
        ("3", "invalid", '\'=cmd|"/c"', "Zoë, x\ny", ""),
    ]
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_is_written_over(tmp_path: Path) -> None:
    path = csv_list(tmp_path, "x")
    with pytest.raises(UsageError, match=r"list\.csv cannot be made \(File exists\)"), verdict_file(path):
        pass
    assert path.read_text() == "x"


@pytest.mark.real_time
async def test_rows_out_of_the_store(store: Store, tmp_path: Path) -> None:
    desk = await desk_in(store)
    path = csv_list(tmp_path, "phone,=x", phone(1), "=1+1", phone(1))
    done = await import_list(store, desk.org, desk.order(path), tmp_path)
    assert await write_verdicts(store, desk.org, done.import_id, tmp_path / "rows.csv") == 3
    assert read(tmp_path / "rows.csv") == [
        HEADER,
        ("2", "accepted", "", "", ""),
        ("3", "invalid", "phone", "It is not a phone number. It says '=1+1'.", ""),
        ("4", "duplicate", "", "Row 2 has the same number.", ""),
    ]


@pytest.mark.real_time
async def test_many_rows_out_of_the_store(store: Store, tmp_path: Path) -> None:
    desk = await desk_in(store)
    done = await import_list(store, desk.org, desk.order(long_list(tmp_path, 2_500)), tmp_path)
    assert await write_verdicts(store, desk.org, done.import_id, tmp_path / "rows.csv") == 2_500
    assert [row[0] for row in read(tmp_path / "rows.csv")[1:]] == [str(n) for n in range(2, 2_502)]
