"""What workbooks say about themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vantum.sheets import books
from vantum.core.errors import UsageError
from vantum.sheets import workbook
from vantum.sheets.archive import Archive
from vantum.sheets.limits import LIMITS, Limits
from vantum.sheets.number_format import Dated, Padded
from vantum.sheets.workbook import SheetPart, Workbook, read_workbook


def read(path: Path, content: dict[str, str | bytes], limits: Limits = LIMITS) -> Workbook:
    with books.write(path / "list.xlsx", content).open("rb") as file:
        return read_workbook(Archive(file, limits), limits)


def test_sheets_texts_and_formats(tmp_path: Path) -> None:
    content = books.parts(
        books.sheet(),
        books.sheet(),
        main=books.book([("A", "hidden"), ("B", "")]),
        sharedStrings=books.texts("x", "", "ä & b"),
        styles=books.styles("00000", "dd.mm.yyyy"),
    )
    found = read(tmp_path, content)
    assert found.sheets == (SheetPart("B", "xl/worksheets/sheet2.xml"),)
    assert found.texts == ["x", "", "ä & b"]
    assert [type(each) for each in found.formats] == [Padded, Dated]


def test_hidden_sheets_are_better_than_none(tmp_path: Path) -> None:
    main = books.book([("A", "hidden"), ("B", "veryHidden")])
    found = read(tmp_path, books.parts(books.sheet(), books.sheet(), main=main))
    assert [sheet.name for sheet in found.sheets] == ["A", "B"]
    assert (found.texts, found.formats) == ([], ())


def test_days_since_1904(tmp_path: Path) -> None:
    content = books.parts(
        books.sheet(), main=books.book(properties='date1904="1"'), styles=books.styles("yyyy")
    )
    (form,) = read(tmp_path, content).formats
    assert isinstance(form, Dated)
    assert form.day_zero.year == 1904


def test_rich_texts_and_their_pronunciation(tmp_path: Path) -> None:
    table = (
        f'<sst xmlns="{books.MAIN}"><si><r><t>課</t></r><r><t>きく</t></r><rPh><t>カ</t></rPh></si>'
        "<si/><si><t>b</t></si></sst>"
    )
    assert read(tmp_path, books.parts(books.sheet(), sharedStrings=table)).texts == ["課きく", "", "b"]


def test_names_with_a_prefix_and_targets_from_the_root(tmp_path: Path) -> None:
    content = books.parts(books.sheet())
    content["xl/workbook.xml"] = (
        f'<x:workbook xmlns:x="{books.MAIN}" xmlns:rel="{books.OFFICE}"><x:sheets>'
        '<x:sheet name="A" rel:id="worksheet1"/></x:sheets></x:workbook>'
    )
    content["xl/_rels/workbook.xml.rels"] = books.relations(worksheet1="/xl/worksheets/sheet1.xml")
    assert read(tmp_path, content).sheets == (SheetPart("A", "xl/worksheets/sheet1.xml"),)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("_rels/.rels", books.relations(other="x"), "does not say where its sheets are"),
        ("xl/workbook.xml", books.book([]), "has no sheets"),
        ("xl/_rels/workbook.xml.rels", books.relations(), "has no sheets"),
        ("xl/workbook.xml", "<workbook>", "is damaged"),
        ("xl/workbook.xml", "", "is damaged"),
        ("xl/styles.xml", '<styleSheet><cellXfs><xf numFmtId="x"/></cellXfs></styleSheet>', "is damaged"),
    ],
)
def test_refused(tmp_path: Path, name: str, text: str, words: str) -> None:
    content = books.parts(books.sheet(), styles=books.styles("0")) | {name: text}
    with pytest.raises(UsageError, match=words):
        read(tmp_path, content)


def test_bounds_of_the_texts(tmp_path: Path) -> None:
    content = books.parts(books.sheet(), sharedStrings=books.texts(*"abcdef"))
    with pytest.raises(UsageError, match="more than 5 different texts"):
        read(tmp_path, content, Limits(strings=5))
    with pytest.raises(UsageError, match="more than 5 characters in its texts"):
        read(tmp_path, content, Limits(string_chars=5))
    assert read(tmp_path, content, Limits(cell_chars=0)).texts == list("abcdef")


def test_bound_of_the_elements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ELEMENTS", 3)
    with pytest.raises(UsageError, match="more than 3 elements in a part that describes it"):
        read(tmp_path, books.parts(books.sheet(), books.sheet()))


def test_a_workbook_that_relates_to_nothing(tmp_path: Path) -> None:
    content = books.parts(books.sheet())
    del content["xl/_rels/workbook.xml.rels"]
    with pytest.raises(UsageError, match="has no sheets"):
        read(tmp_path, content)
