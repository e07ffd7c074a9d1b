"""Cells with phone numbers, read by a plan in which +49... and 030... with nine digits and more are numbers."""

from __future__ import annotations

import re

import pytest

from vantum.core.legal.case import LineType
from vantum.core.outreach.line import Line, Problem
from vantum.core.outreach.phone_cell import Phone, read_phone


def read(text: str, country: str) -> Line | Problem:
    digits = re.sub("[^0-9]", "", text)
    if not digits:
        return Problem.NOT_A_NUMBER
    if len(digits) < 8:
        return Problem.TOO_SHORT
    if "+" not in text and not country:
        return Problem.NO_COUNTRY
    number = f"+{digits}" if "+" in text else f"+49{digits.lstrip('0')}"
    return Line(number, "DE", LineType.UNKNOWN) if len(digits) < 15 else Problem.TOO_LONG


@pytest.mark.parametrize(
    ("cell", "first", "others"),
    [
        ("030 1234567", "+49301234567", ()),
        ("030/1234567", "+49301234567", ()),
        ("'+49301234567", "+49301234567", ()),
        ("030 1234567 / 0171 1234567", "+49301234567", ("+491711234567",)),
        ("030 1234567/0171 1234567/0172 1234567", "+49301234567", ("+491711234567", "+491721234567")),
        ("030 1234567; 0171 1234567", "+49301234567", ("+491711234567",)),
        ("030 1234567\n0171 1234567", "+49301234567", ("+491711234567",)),
        ("030 1234567 oder 0171 1234567", "+49301234567", ("+491711234567",)),
        ("+49301234567 +491711234567", "+49301234567", ("+491711234567",)),
        ("030 1234567, 030 1234567", "+49301234567", ()),
        ("n/a; 0171 1234567", "+491711234567", ()),
        ("030 1234567, ext 5", "+493012345675", ()),
        ("4930123456.0", "+494930123456", ()),
        ("4930123456,00", "+494930123456", ()),
        ("4.930123456E+9", "+494930123456", ()),
        ("4,930123456e9", "+494930123456", ()),
    ],
)
def test_numbers(cell: str, first: str, others: tuple[str, ...]) -> None:
    found = read_phone(cell, "DE", read)
    assert isinstance(found, Phone)
    assert (found.line.number, found.others) == (first, others)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("", Problem.MISSING),
        (" \n ", Problem.MISSING),
        (" ; ", Problem.MISSING),
        ("none", Problem.NOT_A_NUMBER),
        ("12345", Problem.TOO_SHORT),
        ("n/a; 12345", Problem.NOT_A_NUMBER),
        ("1.55512E+10", Problem.ROUNDED),
        ("2E+10", Problem.ROUNDED),
        ("0" * 201, Problem.NOT_A_NUMBER),
        (" " * 199 + "+49301234567", Problem.NOT_A_NUMBER),
    ],
)
def test_problems(cell: str, problem: Problem) -> None:
    assert read_phone(cell, "DE", read) is problem


def test_without_a_country() -> None:
    assert read_phone("030 1234567", "", read) is Problem.NO_COUNTRY


def test_no_more_than_five_are_looked_at() -> None:
    cell = ";".join(f"030 12345{n:02}" for n in range(9))
    found = read_phone(cell, "DE", read)
    assert isinstance(found, Phone)
    assert len(found.others) == 4
