"""A status is told exactly, drawn with bars or in lines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rich.console import Console

from tests.vantum.campaign_command.kit import LEADS, facts, status
from tests.vantum.store.rows import NOON
from vantum.campaign_command.table import NOBODY_DIALS, lines, remarks, table
from vantum.core.outreach.campaign import CampaignState
from vantum.store.figures import Queue


def drawn(about: object, width: int = 150) -> list[str]:
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(about)
    return [line.rstrip() for line in capture.get().splitlines()]


def test_all_figures_are_told() -> None:
    assert list(lines(status(facts(budget_micros=10_000_000)))) == [
        "Autumn: running, since Wed 2026-11-18 12:00 EST",
        "  leads over    72 of 200 (36%)",
        "  waiting       100 due, 25 later, 12 left out",
        "  in call       3 of 5 at a time",
        "  answered      60 of 93 attempts: answered human 60, busy 30",
        "  conversations 60 conversations: interested 20, do not call 40",
        "  abandoned     40 of 60 answered by people (66.7%)",
        "  cost          4.50 USD of 10.00",
        "Over at about Wed 2026-11-18 15:00 EST.",
    ]


def test_the_table_has_the_same_words_and_bars() -> None:
    told, lined = drawn(table(status())), list(lines(status()))
    assert told[0] == lined[0]
    assert told[-1] == lined[-1]
    for row, line in zip(told[1:-1], lined[1:-1], strict=True):
        name, words = line[2:16].strip(), line[16:]
        assert row.startswith(name)
        assert row.endswith(words)
    assert "━" in told[1]


@pytest.mark.parametrize("width", [20, 80])
def test_it_can_be_drawn_on_a_narrow_terminal(width: int) -> None:
    assert max(map(len, drawn(table(status()), width))) <= width


def test_before_anything_has_happened() -> None:
    empty = status(facts(CampaignState.DRAFT), {}, {}, queue=Queue(0, 0, None, None), ends_at=None)
    assert list(lines(empty))[1:6] == [
        "  leads over    0 of 0",
        "  waiting       0 due, 0 later",
        "  in call       0 of 5 at a time",
        "  answered      0 of 0 attempts",
        "  conversations 0 conversations",
    ]
    assert drawn(table(empty))


def test_what_holds_it_up_is_told() -> None:
    assert list(remarks(status(brake="Too many.", dialers=0)))[:2] == ["Too many.", NOBODY_DIALS]
    nobody = {kind: count for kind, count in LEADS.items() if kind.state != "in_call"}
    later = status(leads=nobody, queue=Queue(0, 25, NOON + timedelta(hours=20), NOON + timedelta(days=1)))
    assert next(remarks(later)) == "Nobody may be called now; the next from Thu 2026-11-19 08:00 EST."
    paused = status(facts(CampaignState.PAUSED), dialers=0, ends_at=None)
    assert list(remarks(paused)) == []
