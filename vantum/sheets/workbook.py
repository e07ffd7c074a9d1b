"""What a workbook says about itself: its sheets, the texts they share, and what their figures stand for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from posixpath import join, normpath
from typing import Final

from vantum.sheets.archive import DAMAGED, Archive
from vantum.sheets.gathered_text import GatheredText
from vantum.sheets.limits import Limits, refuse, too_much
from vantum.sheets.number_format import Format, format_of

MOST_ELEMENTS: Final = 500_000
"""Elements of a part that describes: relations, sheets, styles."""
MOST_SHEETS: Final = 1_000

Attributes = dict[str, str]


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet: its name, and the part of the archive that holds it."""

    name: str
    part: str


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets that can be seen (all, where none can), the shared texts, and a format for each style of cells."""

    sheets: tuple[SheetPart, ...]
    texts: list[str]
    formats: tuple[Format, ...]


def read_workbook(archive: Archive, limits: Limits) -> Workbook:
    """All of it but the cells; raises ``UsageError``."""
    main = next(iter(_relations(archive, "", "/officeDocument").values()), "")
    if not main:
        raise refuse("The workbook does not say where its sheets are.")
    sheets, starts_1904 = _sheets(archive, main)
    texts = next(iter(_relations(archive, main, "/sharedStrings").values()), "")
    styles = next(iter(_relations(archive, main, "/styles").values()), "")
    return Workbook(
        sheets,
        _shared_texts(archive, texts, limits) if archive.has(texts) else [],
        _formats(archive, styles, starts_1904=starts_1904) if archive.has(styles) else (),
    )


def _relations(archive: Archive, part: str, kind: str) -> dict[str, str]:
    """The parts to which ``part`` relates in a way that ends with ``kind``, by the relations' ids."""
    folder, _, name = part.rpartition("/")
    found: dict[str, str] = {}

    def take(element: str, attributes: Attributes) -> None:
        if element == "Relationship" and attributes.get("Type", "").endswith(kind):
            target = attributes.get("Target", "")
            # A leading stroke is the archive's root.
            path = target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))
            found[attributes.get("Id", "")] = path

    relations = f"{folder}/_rels/{name}.rels".lstrip("/")
    if archive.has(relations):
        _describe(archive, relations, take)
    return found


def _sheets(archive: Archive, main: str) -> tuple[tuple[SheetPart, ...], bool]:
    """The sheets in their order, and whether days are counted from 1904."""
    parts = _relations(archive, main, "/worksheet")
    found: list[tuple[SheetPart, str]] = []
    starts: list[str] = []

    def take(element: str, attributes: Attributes) -> None:
        if element == "workbookPr":
            starts.append(attributes.get("date1904", "0"))
        elif element == "sheet" and len(found) < MOST_SHEETS:
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            if relation in parts:
                sheet = SheetPart(attributes.get("name", ""), parts[relation])
                found.append((sheet, attributes.get("state", "visible")))

    _describe(archive, main, take)
    seen = tuple(sheet for sheet, state in found if state == "visible")
    sheets = seen or tuple(sheet for sheet, _ in found)
    if not sheets:
        raise refuse("The workbook has no sheets.")
    return sheets, any(value in ("1", "true") for value in starts)


def _formats(archive: Archive, styles: str, *, starts_1904: bool) -> tuple[Format, ...]:
    codes: dict[str, str] = {}
    ids: list[str] = []
    inside = [False]

    def take(element: str, attributes: Attributes) -> None:
        if element == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif element in ("cellXfs", "cellStyleXfs"):
            inside[0] = element == "cellXfs"
        elif element == "xf" and inside[0]:
            ids.append(attributes.get("numFmtId", "0"))

    _describe(archive, styles, take)
    if not all(each.isdecimal() for each in ids):
        raise refuse(DAMAGED)
    forms = {each: format_of(int(each), codes.get(each, ""), starts_1904=starts_1904) for each in set(ids)}
    return tuple(forms[each] for each in ids)


def _describe(archive: Archive, part: str, take: Callable[[str, Attributes], None]) -> None:
    reader = _Elements(take)
    for _ in archive.read(part, reader):
        if reader.seen > MOST_ELEMENTS:
            raise too_much("elements in a part that describes it", MOST_ELEMENTS)


def _shared_texts(archive: Archive, part: str, limits: Limits) -> list[str]:
    reader = _SharedTexts(limits.cell_chars)
    for _ in archive.read(part, reader):
        if len(reader.found) > limits.strings:
            raise too_much("different texts", limits.strings)
        if reader.chars > limits.string_chars:
            raise too_much("characters in its texts", limits.string_chars)
    return reader.found


class _Elements:
    """Shows each element to a function."""

    def __init__(self, take: Callable[[str, Attributes], None]) -> None:
        self._take = take
        self.seen = 0
        self.depth = 0

    def start(self, name: str, attributes: Attributes) -> None:
        self.seen += 1
        self.depth += 1
        self._take(name, attributes)

    def end(self, _name: str) -> None:
        self.depth -= 1

    def text(self, text: str) -> None:
        """Nothing that is looked for stands between the tags."""


class _SharedTexts:
    """The texts of the table."""

    def __init__(self, most: int) -> None:
        self.found: list[str] = []
        self.chars = 0
        self.depth = 0
        self._gathered = GatheredText(most)
        self.text = self._gathered.take

    def start(self, name: str, _attributes: Attributes) -> None:
        self.depth += 1
        if name == "t":
            self._gathered.open()
        elif name == "si":
            self._gathered.clear()
        elif name == "rPh":
            self._gathered.speak(1)

    def end(self, name: str) -> None:
        self.depth -= 1
        if name == "t":
            self._gathered.close()
        elif name == "si":
            found = str(self._gathered)
            self.found.append(found)
            self.chars += len(found)
        elif name == "rPh":
            self._gathered.speak(-1)
