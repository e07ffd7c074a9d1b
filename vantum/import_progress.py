"""The bar that shows how far an import is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

from vantum.outreach.list_reading import ImportProgress, Report, Step
from vantum.store.words import RowVerdict


@contextmanager
def progress_bar(console: Console) -> Iterator[Report]:
    """A bar for each step, on a terminal only: rows, share of the file or of the rows, rows a second, verdicts."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} rows, {task.fields[rate]:,.0f}/s"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[verdicts]}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield _Bars(progress).report


class _Bars:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[Step, TaskID] = {}
        self._rows = 0

    def report(self, told: ImportProgress) -> None:
        """Show how far it is. Reading is measured by the bytes of the file, writing by the rows that were read."""
        if told.step is Step.READING:
            self._rows = told.rows
            done, total = told.bytes_read, told.size
        else:
            done, total = told.rows, self._rows
        task = self._task(told.step)
        elapsed = self._progress.tasks[task].elapsed or 0.0
        self._progress.update(
            task,
            completed=done,
            total=total,
            rows=told.rows,
            rate=told.rows / elapsed if elapsed else 0.0,
            verdicts=counted(told.counts),
        )

    def _task(self, step: Step) -> TaskID:
        if step not in self._tasks:
            self._tasks[step] = self._progress.add_task(step.value, rows=0, rate=0.0, verdicts="")
        return self._tasks[step]


def counted(counts: Mapping[RowVerdict, int]) -> str:
    """How many rows have which verdict, in a line."""
    return ", ".join(f"{count:,} {kind}" for kind, count in counts.items() if count)
