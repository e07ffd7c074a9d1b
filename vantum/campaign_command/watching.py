"""Follows a campaign: asks once a second and shows what came of it, until it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from rich.console import Console
from rich.live import Live

from vantum.campaign_command.table import lines, table
from vantum.campaigns.status import CampaignStatus

EVERY_SECONDS: Final = 1.0

Ask = Callable[[], Awaitable[CampaignStatus]]


async def watch(ask: Ask, console: Console) -> CampaignStatus:
    """Show the status until it is over, and give the last one; a file or a pipe gets lines when some have changed."""
    if not console.is_terminal:
        return await _told(ask, console)
    with Live(console=console, auto_refresh=False, transient=False) as live:
        while True:
            status = await ask()
            live.update(table(status), refresh=True)
            if status.is_over:
                return status
            await asyncio.sleep(EVERY_SECONDS)


async def _told(ask: Ask, console: Console) -> CampaignStatus:
    before = ""
    while True:
        status = await ask()
        told = "\n".join(lines(status))
        if told != before:
            console.print(told)
        if status.is_over:
            return status
        before = told
        await asyncio.sleep(EVERY_SECONDS)
