"""Which column of a list is what: by the user's word, by its header, or by what stands in it.

Law: what the user says holds, and no column is lost: one that nobody knows becomes a custom field of its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from vantum.core.errors import UsageError
from vantum.core.outreach.cells import clean, folded, shown
from vantum.core.outreach.countries import country_code
from vantum.core.outreach.field_values import MOST_NAME, domain, email
from vantum.core.outreach.header_words import Field, field_named, field_of

TOP_ROWS: Final = 10
"""A header stands in one of these; exports put titles and dates above it."""
MOST_NAMED: Final = 30
"""Columns that a message names."""
MOST_KEY: Final = 64
"""Characters of a custom field's name."""

_NUMBER_LIKE: Final = re.compile(r"[+(0-9][0-9 ()./-]{6,30}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4}")
_PERSON: Final = re.compile(r"[^\W\d_][^\s\d_@:/]*(?: [^\s\d_@:/]+)+")
_EXAMPLE: Final = "Say which one it is, such as phone=Telefon."

IsNumber = Callable[[str], bool]
"""Whether a cell holds a number that may be called."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its place from 0, its name, what it is; ``key`` is the name of a custom field, else ""."""

    index: int
    name: str
    field: Field
    key: str = ""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """All columns in their order; ``header_rows`` are the first rows of the file that hold no prospect.

    Several columns may be one field: the first of them that is not empty counts.
    """

    columns: tuple[Column, ...]
    header_rows: int

    def __post_init__(self) -> None:
        if not self.named(Field.PHONE):
            names = ", ".join(shown(column.name) for column in self.columns[:MOST_NAMED])
            more = len(self.columns) - MOST_NAMED
            names += f" and {more} more" if more > 0 else ""
            raise UsageError(f"No column has phone numbers. The columns are: {names}.", _EXAMPLE)

    def named(self, field: Field) -> tuple[str, ...]:
        """The names of the columns of a field."""
        return tuple(column.name for column in self.columns if column.field is field)


def read_choices(text: str) -> dict[str, str]:
    """``"phone=Telefon,custom.budget=Budget"`` as field and column; raises ``UsageError``."""
    found = {}
    for part in text.split(",") if text.strip() else ():
        field, equals, column = (piece.strip() for piece in part.partition("="))
        if not (field and equals and column):
            raise UsageError(f"{shown(part)!r} is no pair of a field and a column.", "Write phone=Telefon.")
        found[field] = column
    return found


def map_columns(
    rows: Sequence[tuple[str, ...]], choices: Mapping[str, str], is_number: IsNumber
) -> ColumnMapping:
    """What the columns of a file are, by its first ``rows``.

    ``choices`` are fields ("phone", "state", "custom.budget", "ignore") with the names of their columns, or the
    columns' numbers from 1. Raises ``UsageError`` where they do not fit, or where no column has phone numbers.
    """
    header = _header_at(rows)
    if not rows:
        raise UsageError(
            "The file has no rows.", "It needs a row of column names, and one row for each prospect."
        )
    sample = rows if header is None else rows[header + 1 :]
    names = _names(rows, header)
    chosen = _chosen(names, choices)
    fields = [chosen.get(index, (None, ""))[0] for index in range(len(names))]
    taken = {field for field in fields if field is not None}
    for index, name in enumerate(names):
        if fields[index] is None and header is not None:
            known = field_of(name)
            fields[index] = None if known in taken else known
    _tell_last_name(names, fields)
    _by_content(names, fields, sample, is_number, None if header is None else _PHONE_ONLY)
    columns = _columns(names, fields, {index: key for index, (_, key) in chosen.items()})
    return ColumnMapping(columns, 0 if header is None else header + 1)


def _header_at(rows: Sequence[tuple[str, ...]]) -> int | None:
    """The place of the header in ``rows``; None where the first row is a prospect."""
    for index, row in enumerate(rows[:TOP_ROWS]):
        if any(_is_data(clean(cell)) for cell in row):
            break
        if any(field_of(cell) is Field.PHONE for cell in row):
            return index
    return None if rows and any(_is_data(clean(cell)) for cell in rows[0]) else 0


def _is_data(cell: str) -> bool:
    if _NUMBER_LIKE.fullmatch(cell):
        return not _DATE.fullmatch(cell) and sum(sign.isdigit() for sign in cell) >= 7
    return "@" in cell and email(cell) is not None


def _names(rows: Sequence[tuple[str, ...]], header: int | None) -> list[str]:
    titles = [] if header is None else [clean(cell) for cell in rows[header]]
    if header is None:
        titles = [""] * max(len(row) for row in rows)
    while titles and header is not None and not titles[-1]:
        # Spreadsheets write empty columns behind the last; what has no name there is found row by row.
        titles.pop()
    return [title or f"column {index + 1}" for index, title in enumerate(titles)]


def _chosen(names: Sequence[str], choices: Mapping[str, str]) -> dict[int, tuple[Field, str]]:
    """The user's choices by column; a later choice of the same column holds."""
    found = {}
    for said, column in choices.items():
        index = _index(names, column)
        head, dot, key = said.partition(".")
        if dot and folded(head) == Field.CUSTOM:
            found[index] = (Field.CUSTOM, _key(key))
            continue
        field = field_named(said)
        if field is None:
            fields = ", ".join(each for each in Field if each is not Field.CUSTOM)
            raise UsageError(f"There is no field {shown(said)!r}.", f"Allowed: {fields}, custom.NAME.")
        found[index] = (field, "")
    return found


def _index(names: Sequence[str], said: str) -> int:
    said = clean(said)
    for match in (said.__eq__, lambda name: folded(name) == folded(said)):
        for index, name in enumerate(names):
            if match(name):
                return index
    if said.isascii() and said.isdigit() and 1 <= int(said[:6]) <= len(names):
        return int(said[:6]) - 1
    known = ", ".join(shown(name) for name in names[:MOST_NAMED])
    raise UsageError(f"There is no column {shown(said)!r}.", f"The columns are: {known}.")


def _tell_last_name(names: Sequence[str], fields: list[Field | None]) -> None:
    """Beside a first name, a column "Name" is the last one."""
    if Field.FIRST_NAME in fields and Field.LAST_NAME not in fields:
        for index, name in enumerate(names):
            if fields[index] is Field.NAME and folded(name) == "name":
                fields[index] = Field.LAST_NAME


def _by_content(
    names: Sequence[str],
    fields: list[Field | None],
    sample: Sequence[tuple[str, ...]],
    is_number: IsNumber,
    only: frozenset[Field] | None,
) -> None:
    """Give the fields that no column has yet to the unknown column whose cells fit best."""
    tests = ((Field.PHONE, is_number, 0.5), *_TESTS)
    for field, test, least in tests:
        if field in fields or (only is not None and field not in only):
            continue
        shares = [
            (_share(sample, index, test), -index)
            for index in range(len(names))
            if fields[index] is None and "fax" not in folded(names[index])
        ]
        share, place = max(shares, default=(0.0, 0))
        if share >= least:
            fields[-place] = field


def _share(sample: Iterable[tuple[str, ...]], index: int, test: Callable[[str], bool]) -> float:
    """The part of a column's cells, those that are not empty, that pass a test."""
    cells = [clean(row[index]) for row in sample if index < len(row)]
    cells = [cell for cell in cells if cell]
    return sum(len(cell) <= MOST_NAME and test(cell) for cell in cells) / len(cells) if cells else 0.0


def _columns(
    names: Sequence[str], fields: Sequence[Field | None], keys: Mapping[int, str]
) -> tuple[Column, ...]:
    found: list[Column] = []
    used: set[str] = set()
    for index, (name, field) in enumerate(zip(names, fields, strict=True)):
        if field is not None and field is not Field.CUSTOM:
            found.append(Column(index, name, field))
            continue
        key = base = keys.get(index) or _key(name)
        copies = 1
        while key in used:
            copies += 1
            key = f"{base}_{copies}"
        used.add(key)
        found.append(Column(index, name, Field.CUSTOM, key))
    return tuple(found)


def _key(name: str) -> str:
    """A custom field's name, of small letters, digits and underscores."""
    return folded(name).replace(" ", "_")[:MOST_KEY] or "column"


_PHONE_ONLY: Final = frozenset({Field.PHONE})
_TESTS: Final[tuple[tuple[Field, Callable[[str], bool], float], ...]] = (
    (Field.EMAIL, lambda cell: "@" in cell and email(cell) is not None, 0.6),
    (Field.DOMAIN, lambda cell: "@" not in cell and domain(cell) is not None, 0.6),
    (Field.COUNTRY, lambda cell: country_code(cell) is not None, 0.8),
    (Field.NAME, lambda cell: _PERSON.fullmatch(cell) is not None, 0.6),
)
