"""The report on the terminal: a line for each finding, in colour, and how many are bad."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.console import Console

from vantum.doctor.finding import Finding, Mark

COLOURS: Final = {Mark.OK: "green", Mark.WARNING: "yellow", Mark.BROKEN: "red"}


def show(findings: Sequence[Finding], console: Console) -> int:
    """Print the findings, a line each; returns 1 when something is broken, else 0."""
    width = max((len(finding.thing) for finding in findings), default=0)
    for finding in findings:
        remedy = f" -> {finding.remedy}" if finding.remedy else ""
        told = " ".join(f"{finding.found}{remedy}".split())
        console.print(f"{finding.mark:7}", style=COLOURS[finding.mark], end="  ")
        console.print(f"{finding.thing:{width}}  {told}")
    marks = [finding.mark for finding in findings]
    console.print(f"broken: {marks.count(Mark.BROKEN)}, warnings: {marks.count(Mark.WARNING)}")
    return int(Mark.BROKEN in marks)
