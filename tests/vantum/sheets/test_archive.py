"""Archives that want to exhaust whoever opens them, and those that are no workbooks."""

from __future__ import annotations

import random
import tracemalloc
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_STORED

import pytest

from tests.vantum.sheets import books
from vantum.core.errors import UsageError
from vantum.sheets.archive import Archive
from vantum.sheets.limits import LIMITS, Limits

NAME = "xl/worksheets/sheet1.xml"


class Seen:
    """A reader that counts."""

    def __init__(self) -> None:
        self.depth = 0
        self.names: list[str] = []

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self.depth += 1
        self.names.append(name)

    def end(self, _name: str) -> None:
        self.depth -= 1

    def text(self, text: str) -> None:
        pass


def read(path: Path, limits: Limits = LIMITS, name: str = NAME) -> list[str]:
    seen = Seen()
    with path.open("rb") as file:
        for _ in Archive(file, limits).read(name, seen):
            pass
    return seen.names


def sheet(path: Path, text: str, packing: int = ZIP_STORED) -> Path:
    return books.write(path / "list.xlsx", books.parts(text), packing)


def refused(path: Path, words: str, limits: Limits = LIMITS) -> None:
    with pytest.raises(UsageError, match=words):
        read(path, limits)


def test_a_part(tmp_path: Path) -> None:
    path = sheet(tmp_path, books.sheet(books.row(1)))
    assert read(path) == ["worksheet", "sheetData", "row", "c", "v"]
    assert read(path, name=NAME.upper()) == ["worksheet", "sheetData", "row", "c", "v"]
    with pytest.raises(UsageError, match=r"no part 'x\.xml'"):
        read(path, name="xl/x.xml")


def test_a_bomb(tmp_path: Path) -> None:
    path = books.write(tmp_path / "list.xlsx", books.parts(f"<a>{' ' * 20_000_000}</a>"))
    assert path.stat().st_size < 50_000
    refused(path, "more than 200 times its size")
    refused(path, "unpacks to more than 1.5 MB", Limits(unpacked_bytes=1_500_000))


def test_an_archive_that_lies_about_its_size(tmp_path: Path) -> None:
    path = sheet(tmp_path, f"<a>{'x' * 5_000}</a>", packing=ZIP_STORED)
    content = path.read_bytes()
    size = (5_007).to_bytes(4, "little")
    assert size in content
    path.write_bytes(content.replace(size, (100).to_bytes(4, "little")))
    refused(path, "is damaged")


def test_entities(tmp_path: Path) -> None:
    inner = '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    refused(sheet(tmp_path, f"<!DOCTYPE x [{inner}]><x>&b;</x>"), "declares a document type")
    outer = '<!ENTITY a SYSTEM "file:///etc/passwd">'
    refused(sheet(tmp_path, f"<!DOCTYPE x [{outer}]><x>&a;</x>"), "declares a document type")
    refused(sheet(tmp_path, "<x>&a;</x>"), "is damaged")


@pytest.mark.parametrize(
    "text",
    [
        "<a>" * 30_000,
        "<a>" + "".join(f"<b{n}/>" for n in range(30_000)),
        "<a>" + "".join(f'<b c{n}=""/>' for n in range(30_000)),
        f'<a b="{"x" * 2_000_000}"/>',
        f"<a><!--{'x' * 2_000_000}--></a>",
    ],
    ids=["depth", "names of elements", "names of attributes", "a long attribute", "a long comment"],
)
def test_what_would_fill_the_memory(tmp_path: Path, text: str) -> None:
    path = sheet(tmp_path, text)
    tracemalloc.start()
    try:
        refused(path, "built to exhaust")
        assert tracemalloc.get_traced_memory()[1] < 12_000_000
    finally:
        tracemalloc.stop()


def test_a_long_text_is_no_harm(tmp_path: Path) -> None:
    assert read(sheet(tmp_path, f"<a>{'x' * 3_000_000}</a>")) == ["a"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mimetype", "OpenDocument"),
        ("word/document.xml", "Word document"),
        ("ppt/presentation.xml", "presentation"),
        ("xl/workbook.bin", "binary Excel workbook"),
        ("Index/Document.iwa", "Numbers document"),
        ("a.txt", "an archive, and no workbook"),
    ],
)
def test_other_archives(tmp_path: Path, name: str, words: str) -> None:
    refused(books.write(tmp_path / "list.xlsx", {name: "x"}), words)
    if name != "a.txt":
        refused(books.write(tmp_path / "list.xlsx", {name: "x", "_rels/.rels": "x"}), words)


def test_a_password(tmp_path: Path) -> None:
    path = sheet(tmp_path, books.sheet())
    content = bytearray(path.read_bytes())
    place = content.index(b"PK\x01\x02", content.rindex(NAME.encode()) - 60)
    content[place + 8] |= 1
    path.write_bytes(content)
    refused(path, "has a password")


def test_other_packings(tmp_path: Path) -> None:
    refused(sheet(tmp_path, books.sheet(), packing=ZIP_BZIP2), "is damaged")


def test_damaged_archives_are_refused(tmp_path: Path) -> None:
    content = books.write(
        tmp_path / "good.xlsx", books.parts(books.sheet(*[books.row("a", 1)] * 50))
    ).read_bytes()
    dice = random.Random(7)
    refusals = 0
    for turn in range(300):
        broken = bytearray(content[: dice.randrange(len(content))] if turn % 3 == 0 else content)
        for _ in range(dice.randrange(1, 4) if broken else 0):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        path = tmp_path / "bad.xlsx"
        path.write_bytes(broken)
        try:
            read(path)
        except UsageError:
            refusals += 1
    assert refusals > 150
