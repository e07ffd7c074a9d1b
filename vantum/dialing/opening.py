"""Opens a dialer with all that it needs, and closes it again in the reverse order."""

from __future__ import annotations

import os

from sqlalchemy import URL

from vantum.dialing.dbos_engine import VERSION, open_engine
from vantum.dialing.dialer import Dialer
from vantum.dialing.means import Means, Trunk
from vantum.dialing.neighbours import this_host
from vantum.dialing.outcomes import AfterCall
from vantum.dialing.placer import Placer
from vantum.outreach.aftermath import settled
from vantum.store.columns import new_id
from vantum.store.engine import Store


async def dial(store: Store, url: URL, trunk: Trunk, placer: Placer, told: AfterCall = settled) -> None:
    """Dial until canceled, or until others have taken this dialer for dead. ``store`` is that at ``url``.

    ``told`` is what follows the end of a call, in the same transaction.
    """
    dialer_id = new_id()
    means = Means(store, dialer_id, trunk)
    async with open_engine(url, dialer_id) as new_engine:
        dialer = Dialer(means, placer, new_engine, told)
        await dialer.start(this_host(), os.getpid(), VERSION)
        try:
            await dialer.run()
        finally:
            await dialer.stop()
