"""What a figure in a workbook stands for by its format: a date, a number, or digits with zeros before them.

Source: ECMA-376 part 1, 18.8.30 (built-in formats) and 18.17.4 (dates and times).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

_BUILT_IN_DATES: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_CODE: Final = re.compile(r'"[^"]*"|\[(?!h+\]|m+\]|s+\])[^\]]*\]|\\.|_.|\*.', re.IGNORECASE)
_DATE_CODE: Final = re.compile(r"[ymdhs]", re.IGNORECASE)
_ZEROS: Final = re.compile(r"0{2,15}")
_WHOLE: Final = re.compile(r"-?[0-9]{1,15}")

_DAY_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a workbook's dates have no time zone
_DAY_ZERO_1904: Final = datetime(1904, 1, 1)  # noqa: DTZ001
_LAST_DAY: Final = 2_958_465
"""9999-12-31; a phone number that was formatted as a date lies far beyond."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A number as it is."""


@dataclass(frozen=True, slots=True)
class Padded:
    """Digits, as many as ``width`` at least: a ZIP code."""

    width: int


@dataclass(frozen=True, slots=True)
class Dated:
    """Days since ``day_zero``."""

    day_zero: datetime


Format = Plain | Padded | Dated
PLAIN: Final = Plain()


def format_of(format_id: int, code: str, *, starts_1904: bool) -> Format:
    """The format by its number, and by its code where it is not built in (else "")."""
    bare = _NOT_CODE.sub("", code)
    if format_id in _BUILT_IN_DATES or (bare.lower() != "general" and _DATE_CODE.search(bare)):
        return Dated(_DAY_ZERO_1904 if starts_1904 else _DAY_ZERO)
    return Padded(len(code)) if _ZEROS.fullmatch(code) else PLAIN


def figure(text: str, form: Format) -> str:
    """The text of a figure; raises ValueError for what is none."""
    if isinstance(form, Dated):
        days = float(text)
        if 0 <= days <= _LAST_DAY:
            return _date(days, form.day_zero)
    digits = _digits(text)
    if isinstance(form, Padded) and digits.isdigit():
        return digits.zfill(form.width)
    return digits


def _digits(text: str) -> str:
    """A number without the traces of its arithmetic: 15551234567.0 and 1.5551234567E10 are 15551234567."""
    if _WHOLE.fullmatch(text):
        return text
    value = float(text)
    # Excel keeps 15 digits; what is beyond them was never there.
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"


def _date(days: float, day_zero: datetime) -> str:
    moment = day_zero + timedelta(seconds=round(days * 86_400))
    if days < 1:
        return moment.strftime("%H:%M:%S")
    return moment.strftime("%Y-%m-%d") if days.is_integer() else moment.strftime("%Y-%m-%d %H:%M:%S")
