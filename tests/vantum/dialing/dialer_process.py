"""A dialer in a process of its own, for tests that kill it: DATABASE_URL FILE_OF_THE_CARRIER CALLS_A_SECOND.

It is in a hurry: what takes others for dead, and what settles a lost answer, takes seconds.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from unittest import mock

from sqlalchemy import URL, make_url

from tests.vantum.dialing.file_placer import FilePlacer
from vantum.core.outreach.bucket import Rate
from vantum.dialing import attempts, dialer, janitor
from vantum.dialing.means import Trunk
from vantum.dialing.opening import dial
from vantum.dialing.tariff import FREE
from vantum.store.engine import open_store
from vantum.store.words import Transport

HURRY = (
    (janitor, "SILENT", timedelta(seconds=2)),
    (attempts, "SETTLE", timedelta(seconds=2)),
    (attempts, "LOOK_UP_SECONDS", 0.2),
    (dialer, "BEAT_SECONDS", 0.3),
    (dialer, "BURY_SECONDS", 0.5),
    (dialer, "RECONCILE_SECONDS", 1.0),
)


async def run(url: URL, trunk: Trunk, placer: FilePlacer) -> None:
    """Dial on a store of its own."""
    async with open_store(url) as store:
        await dial(store, url, trunk, placer)


def main() -> None:
    """Dial until killed."""
    url, path, rate = sys.argv[1:]
    trunk = Trunk("file", Transport.LOCAL, Rate(float(rate)), 50, FREE)
    with ExitStack() as patches:
        for module, name, value in HURRY:
            patches.enter_context(mock.patch.object(module, name, value))
        asyncio.run(run(make_url(url), trunk, FilePlacer(Path(path))))


if __name__ == "__main__":
    main()
