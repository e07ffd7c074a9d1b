"""Writes a campaign's report, and tells where it is."""

from __future__ import annotations

from typing import Final

from vantum.campaign_command.desk import Desk
from vantum.report.write import write_report

FOLDER: Final = "reports"


async def report(desk: Desk) -> int:
    """``report``."""
    facts = await desk.campaign()
    folder = desk.options.to or desk.settings.data / FOLDER / facts.id
    path = await write_report(desk.store, desk.org.id, facts.id, folder, desk.settings.data, desk.now)
    desk.out.print(str(path))
    return 0
