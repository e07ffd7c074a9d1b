"""A campaign's status as a table with bars, for a terminal that is drawn anew each second."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from vantum.campaign_command.words import MICROS, clock, count, money
from vantum.campaigns.status import CampaignStatus
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import LeadState

BAR: Final = 40
"""Characters."""
NOBODY_DIALS: Final = "Nobody dials: start `vantum run`, or `vantum dial` on Postgres."


def table(status: CampaignStatus) -> Group:
    """All of it."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column()
    grid.add_column()
    for name, bar, words in _rows(status):
        grid.add_row(name, bar, Text(words))
    return Group(Text(headline(status), style="bold"), grid, *(Text(line) for line in remarks(status)))


def lines(status: CampaignStatus) -> Iterator[str]:
    """The same for a terminal that cannot draw."""
    yield headline(status)
    for name, _, words in _rows(status):
        yield f"  {name:<14}{words}"
    yield from remarks(status)


def headline(status: CampaignStatus) -> str:
    """Name and state."""
    facts = status.campaign
    since = "" if facts.started_at is None else f", since {clock(facts.started_at, status.timezone)}"
    reason = f": {facts.state_reason}" if facts.state_reason else ""
    return f"{facts.name}: {facts.state}{since}{reason}"


def remarks(status: CampaignStatus) -> Iterator[str]:
    """What is worth a sentence."""
    running = status.campaign.state is CampaignState.RUNNING
    if status.brake:
        yield status.brake
    if running and not status.dialers:
        yield NOBODY_DIALS
    if running and not status.in_call and not status.queue.due and status.queue.first is not None:
        yield f"Nobody may be called now; the next from {clock(status.queue.first, status.timezone)}."
    if status.ends_at is not None and running:
        yield f"Over at about {clock(status.ends_at, status.timezone)}."


def _rows(status: CampaignStatus) -> Iterator[tuple[str, RenderableType, str]]:
    figures, facts = status.figures, status.campaign
    states, limit = figures.by_state, facts.plan.max_concurrency
    yield "leads over", _bar(figures.over, figures.total), _share(figures.over, figures.total)
    waiting = f"{status.queue.due:,} due, {status.queue.later:,} later"
    skipped = f", {states[LeadState.SKIPPED]:,} left out" if states[LeadState.SKIPPED] else ""
    yield "waiting", _bar(figures.left - status.in_call, figures.total), f"{waiting}{skipped}"
    yield "in call", _bar(status.in_call, limit), f"{status.in_call:,} of {limit:,} at a time"
    yield "answered", _bar(figures.answered, figures.attempts), _attempts(status)
    talks = f"{count(figures.conversations, 'conversation')}{_named(figures.by_disposition)}"
    yield "conversations", _bar(figures.conversations, figures.attempts), talks
    abandoned = (
        f"{figures.abandoned:,} of {figures.picked_up:,} answered by people ({figures.abandoned_share:.1%})"
    )
    yield "abandoned", _bar(figures.abandoned, figures.picked_up), abandoned
    spent = status.spent.final + status.spent.estimated
    budget = facts.plan.budget_micros
    of = "" if budget is None else f" of {budget / MICROS:,.2f}"
    yield "cost", _bar(spent, budget or 0), f"{money(spent, status.currency)}{of}"


def _attempts(status: CampaignStatus) -> str:
    figures = status.figures
    return f"{figures.answered:,} of {count(figures.attempts, 'attempt')}{_named(figures.by_outcome)}"


def _named(counts: Mapping[Any, int]) -> str:
    named = [f"{_words(kind)} {number:,}" for kind, number in counts.items() if number]
    return f": {', '.join(named)}" if named else ""


def _words(kind: StrEnum) -> str:
    return kind.value.replace("_", " ")


def _share(part: int, total: int) -> str:
    return f"{part:,} of {total:,}" + (f" ({part / total:.0%})" if total else "")


def _bar(part: int, total: int) -> RenderableType:
    if total <= 0:
        return Text("")
    return ProgressBar(total=total, completed=min(part, total), width=BAR)
