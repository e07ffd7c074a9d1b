"""The figures as tables on a terminal, one for each transport and number of calls, and the verdict."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.figures import FIGURES, LABELS, Ratio, Summary
from benchmarks.verdict import Row

OK = {True: "ok", False: "NO", None: "-"}
WIDTH = 130
"""Where there is no terminal, as in a file or a CI's log."""


def printer() -> Console:
    """What the commands print with."""
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else WIDTH)


def show(summaries: Sequence[Summary], ratios: Sequence[Ratio], console: Console) -> None:
    """Print tables and ratios."""
    for calls, transport in dict.fromkeys((one.calls, one.transport) for one in summaries):
        console.print(_table([one for one in summaries if (one.calls, one.transport) == (calls, transport)]))
    for ratio in ratios:
        console.print(said(ratio), highlight=False)
    if any(summary.saturated for summary in summaries):
        console.print("* does not keep up with the calls: its CPU is a lower bound of what they need")


def show_rows(rows: Sequence[Row], console: Console) -> None:
    """Print what must be, what is, and whether that is enough."""
    table = Table(box=box.SIMPLE_HEAD, title="What must hold", title_justify="left")
    for heading in ("Vantum, one server core", "over", "must", "measured", ""):
        table.add_column(heading)
    for row in rows:
        table.add_row(row.what, row.transport, row.must, row.measured, OK[row.ok])
    console.print(table)


def _table(summaries: Sequence[Summary]) -> Table:
    first = summaries[0]
    table = Table(
        box=box.SIMPLE_HEAD,
        title=f"{first.calls} calls, {first.transport}, {first.rounds} rounds",
        title_justify="left",
    )
    table.add_column("")
    for summary in summaries:
        table.add_column(LABELS[summary.system] + ("*" if summary.saturated else ""), justify="right")
    for figure in FIGURES:
        table.add_row(figure.heading, *(_number(summary.figures[figure.key]) for summary in summaries))
    return table


def said(ratio: Ratio) -> str:
    """A ratio as a sentence."""
    least = "at least " if ratio.lower_bound else ""
    return (
        f"{ratio.calls} calls, {ratio.transport}: {LABELS[ratio.over]} uses {least}{ratio.median:.2f} times"
        f" the CPU of {LABELS[ratio.under]} (rounds: {ratio.least:.2f} to {ratio.most:.2f})"
    )


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
