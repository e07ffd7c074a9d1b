"""The bar of an import: both of its steps, and silence where nobody looks."""

from __future__ import annotations

import io

from rich.console import Console

from vantum.import_progress import counted, progress_bar
from vantum.outreach.list_reading import ImportProgress, Step
from vantum.store.words import RowVerdict

COUNTS = {RowVerdict.ACCEPTED: 1_900, RowVerdict.DUPLICATE: 0, RowVerdict.INVALID: 100}


def shown(*, terminal: bool) -> str:
    text = io.StringIO()
    with progress_bar(Console(file=text, force_terminal=terminal, width=160)) as report:
        report(ImportProgress(Step.READING, 1_000, 50, 100, {}))
        report(ImportProgress(Step.READING, 2_000, 100, 100, COUNTS))
        report(ImportProgress(Step.WRITING, 500, 100, 100, {RowVerdict.ACCEPTED: 500}))
    return text.getvalue()


def test_both_steps_on_a_terminal() -> None:
    text = shown(terminal=True)
    for words in ("reading", "2,000 rows", "100%", "1,900 accepted, 100 invalid"):
        assert words in text
    for words in ("writing", "500 rows", "25%", "500 accepted"):
        assert words in text


def test_nothing_elsewhere() -> None:
    assert shown(terminal=False).strip() == ""


def test_counts_in_a_line() -> None:
    assert counted(COUNTS) == "1,900 accepted, 100 invalid"
    assert counted({}) == ""
