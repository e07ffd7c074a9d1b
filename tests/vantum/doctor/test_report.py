"""The report: a line for each finding, and whether something is broken."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from tests.vantum.doctor.kit import BROKEN, OK, WARNING
from vantum.doctor import report
from vantum.doctor.finding import Finding, Mark


@pytest.mark.parametrize(
    ("marks", "code"), [([], 0), ([OK], 0), ([OK, WARNING], 0), ([WARNING, BROKEN, OK], 1)]
)
def test_a_line_for_each_finding(marks: list[Mark], code: int) -> None:
    written = io.StringIO()
    console = Console(file=written, width=30, soft_wrap=True, highlight=False, markup=False)
    findings = [Finding(mark, "thing", "two\nlines [bold]of it[/]", "Do it.") for mark in marks]
    assert report.show(findings, console) == code
    lines = written.getvalue().splitlines()
    assert lines[:-1] == [f"{mark:7}  thing  two lines [bold]of it[/] -> Do it." for mark in marks]
    assert lines[-1] == f"broken: {marks.count(BROKEN)}, warnings: {marks.count(WARNING)}"


def test_a_finding_that_is_well_has_no_remedy() -> None:
    written = io.StringIO()
    console = Console(file=written, width=30, soft_wrap=True, highlight=False, markup=False)
    report.show([Finding(OK, "port", "free"), Finding(OK, "data folder", "there")], console)
    assert written.getvalue().splitlines()[:2] == [
        "ok       port         free",
        "ok       data folder  there",
    ]
