"""The figures as tables on a terminal, one for each number of calls."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.figures import FIGURES, LABELS, Ratio, Summary


def show(summaries: Sequence[Summary], ratios: Sequence[Ratio], console: Console) -> None:
    """Print tables and ratios."""
    for calls in dict.fromkeys(summary.calls for summary in summaries):
        console.print(_table([summary for summary in summaries if summary.calls == calls]))
    for ratio in ratios:
        console.print(said(ratio), highlight=False)
    if any(summary.saturated for summary in summaries):
        console.print("* does not keep up with the calls: its CPU is a lower bound of what they need")


def _table(summaries: Sequence[Summary]) -> Table:
    first = summaries[0]
    table = Table(
        box=box.SIMPLE_HEAD, title=f"{first.calls} calls, {first.rounds} rounds", title_justify="left"
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
        f"{ratio.calls} calls: stock pipecat uses {least}{ratio.median:.1f} times the CPU of"
        f" {LABELS[ratio.system]} (rounds: {ratio.least:.1f} to {ratio.most:.1f})"
    )


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
