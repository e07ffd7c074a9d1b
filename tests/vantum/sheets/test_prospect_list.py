"""Lists of prospects from the file to the counts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.vantum.sheets import books
from vantum.core.errors import UsageError
from vantum.core.legal.case import Reason
from vantum.core.outreach.line import Problem
from vantum.core.outreach.rows import Known
from vantum.core.outreach.verdict import Accepted, Invalid
from vantum.sheets.limits import Limits
from vantum.sheets.prospect_list import Progress, Wish, dry_run, open_list

WISH = Wish(datetime(2026, 11, 21, tzinfo=UTC), "US")


def text(path: Path, *lines: str) -> Path:
    file = path / "list.csv"
    file.write_text("\n".join(lines))
    return file


def read(path: Path, wish: Wish = WISH) -> list[Accepted | Invalid]:
    with open_list(path, wish) as found:
        return [row for batch in found.batches() for row in batch]


def test_batches_and_progress(tmp_path: Path) -> None:
    path = text(tmp_path, "Name,Phone", *(f"P{n},(212) 555-01{n:02}" for n in range(70)))
    reports: list[Progress] = []
    with open_list(path, WISH) as found:
        sizes = [len(batch) for batch in found.batches(reports.append, 30)]
        assert found.mapping.header_rows == 1
    size = path.stat().st_size
    assert sizes == [30, 30, 10]
    assert reports == [Progress(rows, size, size) for rows in (30, 60, 70)]


def test_every_row_in_its_order(tmp_path: Path) -> None:
    path = text(tmp_path, "Leads", "Phone,Name", '"x', "(212) 555-0100,Anna", "", "12,Bert")
    found = read(path)
    assert [row.row for row in found] == [3, 4, 6]
    assert [row.problem for row in found if isinstance(row, Invalid)] == [
        Problem.UNREADABLE,
        Problem.TOO_SHORT,
    ]


def test_without_a_header(tmp_path: Path) -> None:
    found = read(text(tmp_path, "Anna Berg,(212) 555-0100", "Bert Tal,(212) 555-0101"))
    assert [row.prospect.person.name for row in found if isinstance(row, Accepted)] == [
        "Anna Berg",
        "Bert Tal",
    ]


def test_an_unreadable_row_above_the_header_is_skipped_with_it(tmp_path: Path) -> None:
    path = text(tmp_path, "x" * 40_000, "Phone", "(212) 555-0100")
    assert [row.row for row in read(path)] == [3]


def test_only_a_header(tmp_path: Path) -> None:
    assert read(text(tmp_path, "Phone,Name")) == []


def test_a_workbook_with_figures(tmp_path: Path) -> None:
    content = books.parts(books.sheet(books.row("Telefon"), books.row(12125550100.0), books.row("=1+1")))
    found = read(books.write(tmp_path / "list.xlsx", content))
    assert isinstance(found[0], Accepted)
    assert found[0].prospect.number == "+12125550100"
    assert found[1] == Invalid(3, "Telefon", Problem.NOT_A_NUMBER, "=1+1")


def test_other_sheets_are_named_where_this_one_has_no_phones(tmp_path: Path) -> None:
    content = books.parts(books.sheet(books.row("Hello")), books.sheet(books.row("Phone")))
    path = books.write(tmp_path / "list.xlsx", content)
    with pytest.raises(
        UsageError, match=r"The columns are: Hello.*This is sheet 'Sheet 1'; others are: Sheet 2\."
    ):
        read(path)
    assert read(path, Wish(WISH.now, sheet="Sheet 2")) == []


def test_the_user_decides(tmp_path: Path) -> None:
    path = text(tmp_path, "Nr;Wer", "030 2312512;Anna")
    (found,) = read(path, Wish(WISH.now, "DE", {"phone": "Nr", "name": "Wer"}))
    assert isinstance(found, Accepted)
    assert (found.prospect.number, found.prospect.person.name) == ("+49302312512", "Anna")


def test_countries(tmp_path: Path) -> None:
    (found,) = read(text(tmp_path, "Phone", "030 2312512"), Wish(WISH.now, "Germany"))
    assert isinstance(found, Accepted)
    with pytest.raises(UsageError, match="'Atlantis' is no country"):
        read(text(tmp_path, "Phone"), Wish(WISH.now, "Atlantis"))


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="The columns are: Name, Firma"):
        read(text(tmp_path, "Name,Firma", "Anna,X"))
    with (
        pytest.raises(UsageError, match="more than 3 columns"),
        open_list(text(tmp_path, "a,b,c,Phone"), WISH, Limits(columns=3)),
    ):
        pass


def test_a_dry_run(tmp_path: Path) -> None:
    path = text(
        tmp_path,
        *(
            "Phone,Email",
            "(212) 555-0100,anna@example.com",
            "212-555-0100,",
            "(212) 555-0101,",
            "(212) 555-0102,",
        ),
        *("911,", "(212) 555-0103,x"),
    )
    known = Known({"+12125550101": "c1"}, {"+12125550102": Reason.ASKED})
    reports: list[Progress] = []
    found = dry_run(path, WISH, known, reports.append)
    assert (found.accepted, found.duplicate, found.invalid, found.suppressed, found.rows) == (2, 2, 1, 1, 6)
    assert found.invalid_by == {"emergency_number": 1}
    assert found.notes["Email: It is no e-mail address, and left out."] == 1
    assert [report.rows for report in reports] == [6]
    assert dry_run(path, WISH).accepted == 4
