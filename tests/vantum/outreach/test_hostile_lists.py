"""Lists that were made to do harm, or by accident: refused with a sentence, or the harm ends with the row."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.vantum.outreach.lists import count, desk_in, phone, rows_of
from tests.vantum.sheets import books
from vantum.core.errors import UsageError
from vantum.outreach.importer import Imported, import_list
from vantum.store.engine import Store
from vantum.store.models import Company, Consent, Contact, Import, ImportRow, Lead
from vantum.store.words import ImportState, RowVerdict

pytestmark = pytest.mark.real_time
ACCEPTED, DUPLICATE, INVALID, SUPPRESSED = RowVerdict
ONE, TWO = phone(1).encode(), phone(2).encode()
GOOD = books.row(phone(1), "Anna")
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


def workbook(inside: str) -> Callable[[Path], Path]:
    """A workbook whose only sheet is this text."""
    return lambda folder: books.write(folder / "list.xlsx", books.parts(inside))


def content(data: bytes) -> Callable[[Path], Path]:
    """A file of these bytes."""

    def make(folder: Path) -> Path:
        path = folder / "list.csv"
        path.write_bytes(data)
        return path

    return make


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(workbook(books.sheet(books.row("phone"), " " * 20_000_000)), id="a bomb of spaces"),
        pytest.param(workbook(books.sheet(books.row("phone"), "<row/>" * 300_000)), id="empty rows"),
        pytest.param(workbook(DOCTYPE + books.sheet(GOOD)), id="entities"),
        pytest.param(workbook("<worksheet>"), id="no end"),
        pytest.param(content(gzip.compress(b"phone\n" + ONE)), id="packed"),
        pytest.param(content(b""), id="nothing"),
        pytest.param(content(b"\x00" * 5_000), id="nulls only"),
        pytest.param(content(b"name,city\nAnna,Berlin\n"), id="no numbers"),
        pytest.param(content(b"phone" + b",x" * 300 + b"\n" + ONE), id="too many columns"),
        pytest.param(content(b"<html><table><tr><td>+1</td></tr></table></html>"), id="a page"),
    ],
)
async def test_what_is_no_list_is_refused_and_leaves_nothing(
    store: Store, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    desk = await desk_in(store)
    with pytest.raises(UsageError):
        await import_list(store, desk.org, desk.order(make(tmp_path)), tmp_path / "scratch")
    for table in (Contact, Company, Consent, Lead, ImportRow):
        assert await count(store, table) == 0
    assert all(row.state is ImportState.FAILED for row in await rows_of(store, Import))


@pytest.mark.parametrize(
    ("make", "counts", "names"),
    [
        pytest.param(
            content(b"phone,name," + b"remark" * 40 + b"\n" + ONE + b",A\x00nna\x07\n"),
            {ACCEPTED: 1},
            ["Anna"],
            id="nulls",
        ),
        pytest.param(
            content(b"phone,name\n" + ONE + b",J\xfcrgen\n" + TWO + b",Zo\xc3\xab\n"),
            {ACCEPTED: 2},
            None,
            id="two encodings",
        ),
        pytest.param(
            content("phone\tname\n".encode("utf-16") + f"{phone(1)}\tZoë\n".encode("utf-16-le")),
            {ACCEPTED: 1},
            ["Zoë"],
            id="UTF-16",
        ),
        pytest.param(
            content(b"phone,phone,name,name\n," + ONE + b",Anna,Bert\nx," + TWO + b",,Carl\n"),
            {ACCEPTED: 2},
            ["Anna", "Carl"],
            id="headers twice",
        ),
        pytest.param(
            content(b'phone,name\n=1+1,Anna\n"=HYPERLINK(""http://x"")",Bert\n' + ONE + b",=cmd|' /c'!A1\n"),
            {INVALID: 2, ACCEPTED: 1},
            None,
            id="formulas",
        ),
        pytest.param(
            content(b"phone,name\n" + ONE + b"," + b"x" * 200_000 + b"\n" + TWO + b",Bert\n"),
            {INVALID: 1, ACCEPTED: 1},
            ["Bert"],
            id="a huge cell",
        ),
        pytest.param(
            content(b'phone,name\n"' + ONE + b",Anna\n" + TWO + b",Bert\n"),
            {INVALID: 1, ACCEPTED: 1},
            ["Bert"],
            id="an open quotation mark",
        ),
        pytest.param(
            workbook(books.sheet(books.row("phone", "name"), GOOD, books.row(12122000002.0, None))),
            {ACCEPTED: 2},
            ["", "Anna"],
            id="figures",
        ),
        pytest.param(
            workbook(
                books.sheet(
                    books.row("phone", "name"),
                    f'<row><c><f>HYPERLINK("x")</f><v>{phone(1)}</v></c><c t="e"><v>#REF!</v></c></row>',
                )
            ),
            {ACCEPTED: 1},
            None,
            id="formulas and errors of a workbook",
        ),
    ],
)
async def test_a_bad_cell_costs_at_most_its_row(
    store: Store,
    tmp_path: Path,
    make: Callable[[Path], Path],
    counts: dict[RowVerdict, int],
    names: list[str] | None,
) -> None:
    desk = await desk_in(store)
    done = await import_list(store, desk.org, desk.order(make(tmp_path)), tmp_path / "scratch")
    assert isinstance(done, Imported)
    assert done.counts == counts
    assert await count(store, ImportRow) == sum(counts.values())
    people = await rows_of(store, Contact)
    assert len(people) == counts[ACCEPTED] == await count(store, Lead)
    if names is not None:
        assert sorted(person.name for person in people) == names
    assert not any("\x00" in repr(person) for person in people)
