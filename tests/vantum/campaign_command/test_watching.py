"""A campaign is followed once a second until it is over."""

from __future__ import annotations

import asyncio
from io import StringIO

import pytest
from rich.console import Console

from tests.vantum.campaign_command.kit import facts, status
from vantum.campaign_command.watching import watch
from vantum.campaigns.status import CampaignStatus
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import LeadState
from vantum.core.outreach.progress import LeadKind


def course() -> list[CampaignStatus]:
    """Nothing happens for a second; then it is stopped with somebody in a call, who hangs up."""
    held, done = {LeadKind(LeadState.IN_CALL): 1}, {LeadKind(LeadState.DONE): 1}
    stopped = facts(CampaignState.COMPLETED)
    return [
        status(leads=held),
        status(leads=held),
        status(stopped, held, ends_at=None),
        status(stopped, done, ends_at=None),
    ]


@pytest.mark.parametrize("terminal", [True, False])
async def test_it_ends_when_the_campaign_ends(terminal: bool) -> None:
    told, asked, loop = course(), list[float](), asyncio.get_running_loop()

    async def ask() -> CampaignStatus:
        asked.append(loop.time())
        return told[len(asked) - 1]

    begin = loop.time()
    console = Console(file=StringIO(), force_terminal=terminal, width=120, _environ={"TERM": "xterm"})
    assert await watch(ask, console) is told[-1]
    assert [at - begin for at in asked] == [0.0, 1.0, 2.0, 3.0]


async def test_a_pipe_gets_what_has_changed_and_nothing_twice() -> None:
    told = iter(course())

    async def ask() -> CampaignStatus:
        return next(told)

    out = StringIO()
    await watch(ask, Console(file=out, width=120))
    heads = [line for line in out.getvalue().splitlines() if line.startswith("Autumn")]
    assert [head.split(",")[0] for head in heads] == [
        "Autumn: running",
        "Autumn: completed",
        "Autumn: completed",
    ]
