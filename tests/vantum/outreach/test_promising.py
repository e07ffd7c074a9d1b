"""What is promised, and what is no promise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.vantum.outreach.test_wishes import a_call
from tests.vantum.store.rows import number
from vantum.outreach.other_end import OtherEnd, other_ends
from vantum.outreach.promising import promise
from vantum.store.columns import new_id
from vantum.store.engine import Store

pytestmark = pytest.mark.real_time


async def test_what_is_no_promise(store: Store) -> None:
    scene, name = await a_call(store)
    now = datetime.now(UTC)
    async with store.writing() as session:
        [end] = await other_ends(session, name, number(0))
        assert await promise(session, end, ("some time", ""), now, now) is None
        assert await promise(session, end, ("in an hour",), now - timedelta(days=3), now) is None
        nobody = OtherEnd(scene.org, new_id(), number(0))
        assert await promise(session, nobody, ("in an hour",), now, now) is None
        assert await promise(session, end, ("in an hour",), now, now) is not None
        assert await promise(session, end, ("in an hour",), now, now) is None
