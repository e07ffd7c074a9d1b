"""Refusals name what is wrong and what is allowed."""

from __future__ import annotations

from vantum.sheets.limits import refuse, too_much


def test_sentences() -> None:
    assert (
        str(too_much("rows", 250_000)) == "The file has more than 250,000 rows. Split it into several files."
    )
    assert str(refuse("The file is a PDF.")).endswith(
        "Save it as CSV (UTF-8) or as an Excel workbook (.xlsx)."
    )
