"""What a server does with its calls beside serving them: hear who wants none, keep a row of each, and analyse it."""

from __future__ import annotations

from contextlib import AsyncExitStack

from vantum.analysts import staff_of
from vantum.calls import Calls
from vantum.outreach.analyst import Analysing, open_analyst
from vantum.outreach.call_index import CallIndex, indexing
from vantum.outreach.wishes import Wishes
from vantum.role import Role
from vantum.services import Services
from vantum.store.engine import Store


async def open_aftercare(
    store: Store, calls: Calls, services: Services, closing: AsyncExitStack, role: Role
) -> None:
    """Watch the calls from here on; ``closing`` ends it, and what is being written then is written to its end.

    Of several processes that share a folder one looks through it, and analyses.
    """
    data, is_open = services.settings.data, services.writer.is_open
    if role.tidies:
        staff = staff_of(services.settings, services.openai, calls.pipeline)
        analysing = Analysing(store, data, staff, is_open)
        await closing.enter_async_context(open_analyst(analysing))
    index = CallIndex(store, data, is_open)
    await closing.enter_async_context(indexing(index, sweeps=role.tidies))
    wishes = Wishes(store, calls.live_call, index.ended)
    closing.push_async_callback(wishes.close)
    calls.observed_by(wishes.observe)
