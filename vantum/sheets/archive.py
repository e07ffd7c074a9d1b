"""The parts of an XLSX file, unpacked piece by piece and within bounds; nothing is written to disk.

An archive tells the unpacked size of each part, and the zip module unpacks no more than it tells: so what a part
would become is known before it is opened. What the XML parser keeps in memory is looked at after every piece.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO, Final, Protocol
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from vantum.sheets.limits import EXPORT, MEGABYTE, Limits, refuse

PIECE: Final = 1 << 16
SMALL: Final = MEGABYTE
"""A part that stays below this may be packed as well as it likes."""
MOST_DEPTH: Final = 100
MOST_NAMES: Final = 5_000
"""Different names of elements and attributes."""
MOST_TOKEN: Final = MEGABYTE
"""Bytes of one tag or comment, which the parser holds whole."""

_OTHERS: Final = (
    ("mimetype", "The file is an OpenDocument file (.ods)."),
    ("word/", "The file is a Word document."),
    ("ppt/", "The file is a presentation."),
    ("xl/workbook.bin", "The file is a binary Excel workbook (.xlsb)."),
    ("index/", "The file is a Numbers document."),
)
DAMAGED: Final = "The workbook is damaged."
DAMAGES: Final = (
    *(BadZipFile, zlib.error, expat.ExpatError),
    *(EOFError, NotImplementedError, RuntimeError, OSError, ValueError, OverflowError, LookupError),
)
"""What the zip module, the parser and the reading of figures raise for a file that is not as it should be."""


class PartReader(Protocol):
    """Takes what the parser finds in one part. ``depth`` is how many elements are open."""

    @property
    def depth(self) -> int: ...
    def start(self, name: str, attributes: dict[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, text: str) -> None: ...


class Archive:
    """The parts of one workbook. Every method raises ``UsageError`` for what is damaged or beyond a bound."""

    def __init__(self, file: IO[bytes], limits: Limits) -> None:
        try:
            self._zip = ZipFile(file)
        except DAMAGES:
            raise refuse(DAMAGED) from None
        self._limits = limits
        self._parts = {info.filename.lower().lstrip("/"): info for info in self._zip.infolist()}
        if "_rels/.rels" not in self._parts or self._other():
            raise refuse(self._other() or "The file is an archive, and no workbook.")

    def has(self, name: str) -> bool:
        """Whether there is a part of that name."""
        return name.lower() in self._parts

    def read(self, name: str, reader: PartReader) -> Iterator[None]:
        """Give a part to ``reader``; it stops for a moment after every piece, so that what was found can be taken."""
        names: dict[str, str] = {}
        parser = _parser(reader, names)
        fed = 0
        try:
            with self._zip.open(self._checked(name)) as part:
                while piece := part.read(PIECE):
                    parser.Parse(piece, False)
                    fed += len(piece)
                    held = fed - parser.CurrentByteIndex
                    if held > MOST_TOKEN or len(names) > MOST_NAMES or reader.depth > MOST_DEPTH:
                        raise refuse("The workbook is built to exhaust whoever reads it.")
                    yield
            parser.Parse(b"", True)
            yield
        except DAMAGES:
            raise refuse(DAMAGED) from None

    def _checked(self, name: str) -> ZipInfo:
        info = self._parts.get(name.lower())
        if info is None:
            raise refuse(f"The workbook has no part {PurePosixPath(name).name!r}.")
        if info.flag_bits & 1:
            raise refuse("The workbook has a password.", "Save it without one.")
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise refuse(DAMAGED)
        if info.file_size > self._limits.unpacked_bytes:
            allowed = f"{self._limits.unpacked_bytes / MEGABYTE:,g} MB"
            raise refuse(f"A part of the workbook unpacks to more than {allowed}.", EXPORT)
        if info.file_size > SMALL and info.file_size > self._limits.ratio * info.compress_size:
            raise refuse(f"A part of the workbook unpacks to more than {self._limits.ratio} times its size.")
        return info

    def _other(self) -> str:
        found = (words for start, words in _OTHERS if any(name.startswith(start) for name in self._parts))
        return next(found, "")


def _parser(reader: PartReader, names: dict[str, str]) -> expat.XMLParserType:
    """A parser that knows no document types, and therefore no entities: a workbook has none.

    Where the whole part has a prefix for its names ("x:row"), it is taken away.
    """
    parser = expat.ParserCreate(intern=names)
    parser.buffer_text = True

    def refuse_doctype(*_: object) -> None:
        raise refuse("The workbook declares a document type, which no workbook does.")

    def first(name: str, attributes: dict[str, str]) -> None:
        prefix, colon, _ = name.partition(":")
        cut = prefix + colon if colon else ""
        if cut:
            parser.StartElementHandler = lambda name, attributes: reader.start(
                name.removeprefix(cut), attributes
            )
            parser.EndElementHandler = lambda name: reader.end(name.removeprefix(cut))
        else:
            parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
        parser.CharacterDataHandler = reader.text
        reader.start(name.removeprefix(cut), attributes)

    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler = first
    return parser
