"""A first look at a file, from end to end: its size and fingerprint, and what it is.

A file is believed by its first bytes, never by its name. One pass finds what reading needs to know beforehand: in
which encoding a text is written as a whole, and how many parts an archive claims to have.
"""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from vantum.sheets.limits import MEGABYTE, SPLIT, Limits, refuse, too_much

CHUNK: Final = 1 << 18
HEAD: Final = 4096
"""First bytes by which a file is known."""
MOST_STRANGE: Final = 0.05
"""The share of control characters from which a file is no text."""

ZIP: Final = b"PK\x03\x04"
PART: Final = b"PK\x01\x02"
"""The signature before each entry of an archive's directory."""

_TEXT_MARKS: Final = (
    (codecs.BOM_UTF32_LE, ""),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_REFUSED: Final = (
    (b"%PDF", "The file is a PDF."),
    (b"\xd0\xcf\x11\xe0", "The file is an old Excel workbook (.xls), or one with a password."),
    (b"\x1f\x8b", "The file is packed (gzip)."),
    (b"BZh", "The file is packed (bzip2)."),
    (b"7z\xbc\xaf", "The file is packed (7z)."),
    (b"Rar!", "The file is packed (RAR)."),
    (b"PK\x05\x06", "The file is an empty archive."),
    (b"\x89PNG", "The file is a picture."),
    (b"\xff\xd8\xff", "The file is a picture."),
    (b"GIF8", "The file is a picture."),
    (b"{\\rtf", "The file is a text document (RTF)."),
    (b"<?xml", "The file is XML."),
    (b"<!DOCTYPE", "The file is a web page."),
    (b"<html", "The file is a web page."),
    (b"\x7fELF", "The file is a program."),
    (b"MZ\x90", "The file is a program."),
)
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b")) + b"\x7f"


class Kind(StrEnum):
    """What a file is read as."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class Inspection:
    """What is known of a file before it is read; ``encoding`` is "" for a workbook."""

    kind: Kind
    size: int
    sha256: str
    encoding: str = ""


def inspect(path: Path, limits: Limits) -> Inspection:
    """Look at a whole file; raises ``UsageError`` for one that cannot be a list."""
    size = path.stat().st_size
    if size > limits.file_bytes:
        allowed = limits.file_bytes // MEGABYTE
        raise refuse(f"The file has {size / MEGABYTE:,.1f} MB; allowed are {allowed:,} MB.", SPLIT)
    digest, text, parts, head = hashlib.sha256(), _Utf8(), 0, b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            head = head or chunk[:HEAD]
            digest.update(chunk)
            if head.startswith(ZIP):
                parts += chunk.count(PART)
            else:
                text.feed(chunk)
    if not head.strip():
        raise refuse("The file is empty.")
    if head.startswith(ZIP):
        if parts > limits.parts:
            raise too_much("parts inside", limits.parts)
        return Inspection(Kind.XLSX, size, digest.hexdigest())
    return Inspection(Kind.CSV, size, digest.hexdigest(), _encoding(head, text))


def _encoding(head: bytes, text: _Utf8) -> str:
    """The encoding of a text; raises ``UsageError`` for what is none."""
    for signature, words in _REFUSED:
        if head.lstrip()[: len(signature)].lower() == signature.lower():
            raise refuse(words)
    for mark, encoding in _TEXT_MARKS:
        if head.startswith(mark):
            if not encoding:
                raise refuse("The file is a text in UTF-32.")
            return encoding
    wide = _wide(head)
    if wide:
        return wide
    if len(head) - len(head.translate(None, _CONTROLS)) > MOST_STRANGE * len(head):
        raise refuse("The file is no text.")
    # One broken sign in a long text does not make it an old one, in which every accent would be broken.
    return "utf-8" if text.good >= text.bad else "cp1252"


def _wide(head: bytes) -> str:
    """UTF-16 without its mark: every other byte of Western text is zero."""
    half = len(head) / 2
    if head[1::2].count(0) > 0.4 * half > head[0::2].count(0):
        return "utf-16-le"
    return "utf-16-be" if head[0::2].count(0) > 0.4 * half > head[1::2].count(0) else ""


class _Utf8:
    """Counts the letters beyond ASCII that are good UTF-8, and the bytes that are not."""

    def __init__(self) -> None:
        self.good = 0
        self.bad = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, chunk: bytes) -> None:
        if chunk.isascii():
            return
        text = self._decoder.decode(chunk)
        bad = text.count("\ufffd")
        beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
        self.bad += bad
        self.good += beyond_ascii - bad
