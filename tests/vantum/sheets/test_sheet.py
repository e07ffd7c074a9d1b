"""Files opened, whatever they are."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from tests.vantum.sheets import books
from vantum.core.errors import UsageError
from vantum.core.outreach.verdict import SheetRow
from vantum.sheets.inspection import Kind
from vantum.sheets.sheet import open_sheet


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes('Name;Größe\r\n"Jürgen\r\nÖ";1\r\n'.encode(encoding))
    with open_sheet(path) as found:
        assert [row.cells for row in found.rows] == [("Name", "Größe"), ("Jürgen\r\nÖ", "1")]
        assert (found.about.kind, found.name, found.names) == (Kind.CSV, "", ())
        assert found.bytes_read == found.about.size == path.stat().st_size


def test_sheets(tmp_path: Path) -> None:
    content = books.parts(books.sheet(books.row("one")), books.sheet(books.row("two")))
    path = books.write(tmp_path / "list.xlsx", content)
    with open_sheet(path) as found:
        assert (found.name, found.names, found.about.kind) == ("Sheet 1", ("Sheet 1", "Sheet 2"), Kind.XLSX)
        assert list(found.rows) == [SheetRow(1, ("one",))]
        assert 0 < found.bytes_read <= found.about.size
    with open_sheet(path, sheet="Sheet 2") as found:
        assert list(found.rows) == [SheetRow(1, ("two",))]
    with (
        pytest.raises(UsageError, match=r"no sheet 'x'\. Its sheets are: Sheet 1, Sheet 2\."),
        open_sheet(path, sheet="x"),
    ):
        pass


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), open_sheet(tmp_path / "none.csv"):
        pass


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    csv = tmp_path / "list.csv"
    csv.write_text("name,phone\n" + "Anna Berg,+12125550100\n" * 20_000)
    rows = [books.row("Anna Berg", "+12125550100")] * 5_000
    xlsx = books.write(tmp_path / "list.xlsx", books.parts(books.sheet(*rows, books.row("unlike"))))
    for path, count in ((csv, 20_001), (xlsx, 5_001)):
        tracemalloc.start()
        try:
            with open_sheet(path) as found:
                assert sum(1 for _ in found.rows) == count
            assert tracemalloc.get_traced_memory()[1] < 2_500_000
        finally:
            tracemalloc.stop()
