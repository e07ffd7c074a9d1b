"""Figures by their formats."""

from __future__ import annotations

from datetime import datetime

import pytest

from vantum.sheets.number_format import PLAIN, Dated, Format, Padded, figure, format_of

DATE = Dated(datetime(1899, 12, 30))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("format_id", "code", "expected"),
    [
        (0, "", PLAIN),
        (1, "0", PLAIN),
        (164, "General", PLAIN),
        (164, "#,##0.00", PLAIN),
        (164, '0 "days"', PLAIN),
        (164, "[Red]0", PLAIN),
        (164, "[<=9999999]###-####;(###) ###-####", PLAIN),
        (164, "00000", Padded(5)),
        (14, "", DATE),
        (22, "", DATE),
        (164, "dd.mm.yyyy", DATE),
        (164, "[h]:mm", DATE),
        (164, '[$-409]d" of "mmm', DATE),
    ],
)
def test_format_of(format_id: int, code: str, expected: Format) -> None:
    assert format_of(format_id, code, starts_1904=False) == expected


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("15551234567", PLAIN, "15551234567"),
        ("15551234567.0", PLAIN, "15551234567"),
        ("1.5551234567E10", PLAIN, "15551234567"),
        ("4915228817386", PLAIN, "4915228817386"),
        ("0.1", PLAIN, "0.1"),
        ("0.30000000000000004", PLAIN, "0.3"),
        ("-7", PLAIN, "-7"),
        ("1E300", PLAIN, "1e+300"),
        ("2134", Padded(5), "02134"),
        ("123456", Padded(5), "123456"),
        ("1.5", Padded(5), "1.5"),
        ("46082", DATE, "2026-03-01"),
        ("46082.4375", DATE, "2026-03-01 10:30:00"),
        ("0.5", DATE, "12:00:00"),
        ("15551234567", DATE, "15551234567"),
        ("-1", DATE, "-1"),
        ("44620", Dated(datetime(1904, 1, 1)), "2026-03-01"),  # noqa: DTZ001
    ],
)
def test_figure(text: str, form: Format, expected: str) -> None:
    assert figure(text, form) == expected


def test_what_is_no_figure() -> None:
    with pytest.raises(ValueError, match="float"):
        figure("x", PLAIN)
