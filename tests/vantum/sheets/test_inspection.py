"""Files known by what is in them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.vantum.sheets.books import parts, row, sheet, write
from vantum.core.errors import UsageError
from vantum.sheets.inspection import CHUNK, Inspection, Kind, inspect
from vantum.sheets.limits import LIMITS, Limits


def inspected(path: Path, content: bytes, limits: Limits = LIMITS) -> Inspection:
    path.write_bytes(content)
    return inspect(path, limits)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"name,tel\nAnna,1", "utf-8"),
        ("Jürgen;Ö".encode(), "utf-8"),
        ("Jürgen;Ö".encode("utf-8-sig"), "utf-8-sig"),
        ("Jürgen;Ö".encode("utf-16"), "utf-16"),
        ("Jürgen;Ö;name;tel".encode("utf-16-le"), "utf-16-le"),
        ("Jürgen;Ö;name;tel".encode("utf-16-be"), "utf-16-be"),
        ("Jürgen;Ö".encode("cp1252"), "cp1252"),
        ("Jürgen".encode("latin-1"), "cp1252"),
        ("Jürgen Größe ".encode() * 9 + b"\xff", "utf-8"),
        (b"a,b\0,c\n" + b"name,tel\n" * 9, "utf-8"),
        (b"a" * (CHUNK - 1) + "ü".encode(), "utf-8"),
    ],
)
def test_texts(tmp_path: Path, content: bytes, encoding: str) -> None:
    found = inspected(tmp_path / "list.xls", content)
    assert found == Inspection(Kind.CSV, len(content), hashlib.sha256(content).hexdigest(), encoding)


def test_a_workbook(tmp_path: Path) -> None:
    path = write(tmp_path / "list.csv", parts(sheet(row("a"))))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert inspect(path, LIMITS) == Inspection(Kind.XLSX, path.stat().st_size, digest)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \r\n\t", "is empty"),
        (b"%PDF-1.7", "is a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"old Excel workbook \(.xls\), or one with a password"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"\x89PNG\r\n", "picture"),
        (b"\n<!doctype html><html>", "web page"),
        (b"<?xml version='1.0'?>", "XML"),
        (b"PK\x05\x06" + b"\0" * 18, "empty archive"),
        ("name".encode("utf-32"), "UTF-32"),
        (bytes(range(1, 32)) * 9, "no text"),
    ],
)
def test_what_is_no_list(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=words) as error:
        inspected(tmp_path / "list.csv", content)
    assert "Save it as CSV" in error.value.remedy


def test_too_large(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has 2\.0 MB; allowed are 1 MB\. Split"):
        inspected(tmp_path / "list.csv", b"a" * 2_000_000, Limits(file_bytes=1_000_000))


def test_too_many_parts(tmp_path: Path) -> None:
    path = write(tmp_path / "list.xlsx", {f"p{n}": "" for n in range(11)})
    with pytest.raises(UsageError, match="more than 10 parts inside"):
        inspect(path, Limits(parts=10))
