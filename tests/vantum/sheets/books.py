"""Workbooks made by hand, as good or as bad as a test needs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"

Cell = str | float | None


def relations(**targets: str) -> str:
    """A part of relations: the kind (with a number behind it where there are several) and the target."""
    entries = "".join(
        f'<Relationship Id="{kind}" Type="{OFFICE}/{kind.rstrip("0123456789")}" Target="{target}"/>'
        for kind, target in targets.items()
    )
    return f'<Relationships xmlns="{RELATIONS}">{entries}</Relationships>'


def book(sheets: Sequence[tuple[str, str]] = (("Leads", ""),), properties: str = "") -> str:
    """The main part: names and states of the sheets."""
    entries = "".join(
        f'<sheet name="{name}" sheetId="{place}" {f"state={state!r}" if state else ""} r:id="worksheet{place}"/>'
        for place, (name, state) in enumerate(sheets, 1)
    )
    inside = f"<workbookPr {properties}/><sheets>{entries}</sheets>"
    return f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{inside}</workbook>'


def sheet(*rows: str) -> str:
    """A sheet of rows that are XML."""
    return (
        f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'
    )


def row(*cells: Cell) -> str:
    """A row of texts and figures, without references."""
    return f"<row>{''.join(_cell(cell) for cell in cells)}</row>"


def texts(*shared: str) -> str:
    """The table of shared texts."""
    return f'<sst xmlns="{MAIN}">{"".join(f"<si><t>{escape(text)}</t></si>" for text in shared)}</sst>'


def styles(*codes: str) -> str:
    """A style of cells for each format code."""
    formats = "".join(
        f'<numFmt numFmtId="{164 + n}" formatCode="{escape(code)}"/>' for n, code in enumerate(codes)
    )
    used = "".join(f'<xf numFmtId="{164 + n}"/>' for n in range(len(codes)))
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        f"<cellXfs>{used}</cellXfs></styleSheet>"
    )


def parts(*sheets: str, main: str = "", **others: str) -> dict[str, str | bytes]:
    """All parts of a workbook; ``others`` are parts under ``xl/`` by their names without ``.xml``."""
    return {
        "_rels/.rels": relations(officeDocument="xl/workbook.xml"),
        "xl/workbook.xml": main or book([(f"Sheet {n}", "") for n in range(1, len(sheets) + 1)]),
        "xl/_rels/workbook.xml.rels": relations(
            **{f"worksheet{n}": f"worksheets/sheet{n}.xml" for n in range(1, len(sheets) + 1)},
            **{name: f"{name}.xml" for name in others},
        ),
        **{f"xl/worksheets/sheet{n}.xml": text for n, text in enumerate(sheets, 1)},
        **{f"xl/{name}.xml": text for name, text in others.items()},
    }


def write(path: Path, content: Mapping[str, str | bytes], packing: int = ZIP_DEFLATED) -> Path:
    """An archive of ``content``."""
    with ZipFile(path, "w", packing) as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return path


def _cell(cell: Cell) -> str:
    if cell is None:
        return "<c/>"
    if isinstance(cell, str):
        return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    return f"<c><v>{cell}</v></c>"
