"""Looks ahead, starts, holds, ends and follows a campaign."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from vantum.campaign_command.desk import Desk
from vantum.campaign_command.json_view import facts_view, outlook_view, status_view
from vantum.campaign_command.table import lines, table
from vantum.campaign_command.watching import watch
from vantum.campaign_command.words import clock, foreseen
from vantum.campaigns import control
from vantum.campaigns.facts import CampaignFacts
from vantum.campaigns.preflighting import Outlook, Report, look_ahead
from vantum.campaigns.status import CampaignStatus, status
from vantum.core.errors import NotReadyError
from vantum.core.outreach.campaign import CampaignState

MOVES: Final = {
    "pause": control.pause,
    "resume": control.resume,
    "stop": control.stop,
    "archive": control.archive,
}
NEXT: Final = {
    CampaignState.RUNNING: "`vantum run` dials; `vantum campaign status --watch` follows it.",
    CampaignState.PAUSED: "Calls under way end by themselves; nobody else is called.",
    CampaignState.COMPLETED: "Who was not called yet is not called any more.",
}


async def preflight(desk: Desk) -> int:
    """``preflight``: 1 when the campaign cannot start."""
    facts = await desk.campaign()
    with progress(desk.err) as report:
        outlook = await look_ahead(desk.store, desk.org.id, facts.id, desk.terms, desk.now, report)
    desk.tell(foreseen(outlook), lambda: outlook_view(outlook))
    return 0 if outlook.answer.may_start else 1


async def start(desk: Desk) -> int:
    """``start``: 1 when something is missing, and then nothing was started."""
    facts = await desk.campaign()
    with progress(desk.err) as report:
        try:
            after, outlook = await control.start(
                desk.store, desk.org.id, facts.id, desk.terms, desk.now, report=report
            )
        except NotReadyError as error:
            told = (
                f"vantum: {facts.name!r} cannot start. {error} `vantum campaign preflight` tells what to do."
            )
            desk.err.print(told, soft_wrap=True)
            return 1
    desk.tell(_started(after, outlook), lambda: facts_view(after))
    return 0


async def move(desk: Desk) -> int:
    """``pause``, ``resume``, ``stop`` and ``archive``."""
    facts = await desk.campaign()
    after = await MOVES[desk.options.action](desk.store, desk.org.id, facts.id, desk.now)
    desk.tell(_moved(after), lambda: facts_view(after))
    return 0


async def show_status(desk: Desk) -> int:
    """``status``."""
    facts = await desk.campaign()

    async def ask() -> CampaignStatus:
        return await status(desk.store, desk.org.id, facts.id, desk.terms, desk.now)

    if desk.options.watch and not desk.options.json:
        await watch(ask, desk.out)
        return 0
    told = await ask()
    if desk.out.is_terminal and not desk.options.json:
        desk.out.print(table(told))
    else:
        desk.tell(lines(told), lambda: status_view(told))
    return 0


@contextmanager
def progress(console: Console) -> Iterator[Report]:
    """A line that tells how many leads were judged, on a terminal only."""
    columns = (
        TextColumn("judging leads"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("", total=0)
        yield lambda judged, total: bar.update(task, completed=judged, total=total)


def _started(facts: CampaignFacts, outlook: Outlook) -> Iterator[str]:
    yield from _moved(facts)
    answer = outlook.answer
    yield (
        f"{answer.allowed:,} can be called now, {answer.deferred:,} later, {answer.human_only:,} only by a person, "
        f"{answer.blocked:,} not at all."
    )
    if answer.ends_at is not None and answer.calls:
        yield f"Over at about {clock(answer.ends_at, outlook.timezone)}."


def _moved(facts: CampaignFacts) -> Iterator[str]:
    yield f"{facts.name}: {facts.state}"
    if facts.state in NEXT:
        yield NEXT[facts.state]
