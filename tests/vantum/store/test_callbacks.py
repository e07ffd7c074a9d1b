"""Callbacks: the last promise counts, and it is open until it is kept, missed or taken back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.vantum.store.rows import NOON, new_scene
from vantum.store import callbacks
from vantum.store.callbacks import Promise
from vantum.store.engine import Store
from vantum.store.words import CallbackState

pytestmark = pytest.mark.real_time


async def test_the_last_word_counts(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a", 2), await new_scene(session, "b", 1)
        lead, hour = scene.leads[0], timedelta(hours=1)
        assert await callbacks.first_open(session, scene.org, lead) is None
        await callbacks.add(session, scene.org, lead, Promise(NOON + hour, "UTC", "in an hour"))
        await callbacks.add(session, scene.org, lead, Promise(NOON + 2 * hour, "UTC"))
        await callbacks.add(session, scene.org, scene.leads[1], Promise(NOON, "UTC"))
        assert await callbacks.first_open(session, scene.org, lead) == NOON + 2 * hour
        assert await callbacks.first_open(session, other.org, lead) is None
        assert await callbacks.settle(session, scene.org, lead, CallbackState.KEPT, NOON + hour) == 0
        assert await callbacks.settle(session, scene.org, lead, CallbackState.KEPT, NOON + 2 * hour) == 1
        assert await callbacks.settle(session, scene.org, lead, CallbackState.MISSED) == 0
        told = await callbacks.of_lead(session, scene.org, lead)
        assert [(each.words, each.state) for each in told] == [
            ("in an hour", CallbackState.CANCELED),
            ("", CallbackState.KEPT),
        ]


def test_a_promise_has_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Promise(datetime(2026, 1, 1), "UTC")  # noqa: DTZ001
