"""A process that imports, erases or forgets, and kills itself with SIGKILL at a point that it is told.

python -m tests.vantum.outreach.killed URL POINT (FILE ORG/CAMPAIGN | NUMBER ORG | DAYS ORG) DATA
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from tests.vantum.outreach.lists import WISH
from tests.vantum.store.rows import NOON
from vantum.outreach import call_folders, eraser, retention
from vantum.outreach.importer import import_list
from vantum.outreach.list_reading import Order
from vantum.outreach.spool import Spool
from vantum.retention import Keep
from vantum.store import erasure, imports, waiting_list
from vantum.store.engine import open_store
from vantum.store.publishing import Publisher

POINTS: dict[str, tuple[Any, str, int]] = {
    "reading": (Spool, "add", 2),
    "getting ready": (Publisher, "add", 3),
    "writing": (waiting_list, "pour", 1),
    "before the commit": (imports, "finish", 1),
    "before the files": (call_folders, "remove", 1),
    "amid the files": (call_folders, "_remove", 1),
    "before the rows": (eraser, "_finish", 1),
    "before the rows' commit": (erasure, "finish", 1),
    "before the calls' commit": (erasure, "forget_calls", 1),
}
"""What is called when the process dies: after that, for the so-manieth time, or before it where files go."""
BEFORE = ("before the files", "amid the files", "before the rows")


def deadly(point: str) -> None:
    """Make a call of that point the last thing that happens."""
    owner, name, times = POINTS[point]
    real: Callable[..., Any] = getattr(owner, name)
    calls = 0

    def die() -> None:
        nonlocal calls
        calls += 1
        if calls == times:
            os.kill(os.getpid(), signal.SIGKILL)

    def plain(*arguments: Any, **named: Any) -> Any:
        if point in BEFORE:
            die()
        result = real(*arguments, **named)
        die()
        return result

    async def waiting(*arguments: Any, **named: Any) -> Any:
        if point in BEFORE:
            die()
        result = await real(*arguments, **named)
        die()
        return result

    setattr(owner, name, waiting if asyncio.iscoroutinefunction(real) else plain)


async def main(url: str, point: str, what: str, campaign: str, data: str) -> None:
    """Import, erase or forget, up to the point."""
    org, _, campaign_id = campaign.partition("/")
    deadly(point)
    async with open_store(make_url(url)) as store:
        if campaign_id:
            await import_list(store, org, Order(Path(what), WISH, campaign_id), Path(data))
        elif what.isdigit():
            later = NOON + timedelta(days=int(what))
            await retention.forget(store, Path(data), Keep(int(what), 0), later)
        else:
            await eraser.erase(store, org, what, Path(data), NOON)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
