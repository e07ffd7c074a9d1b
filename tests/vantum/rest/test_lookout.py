"""The lookout: one look a second for all who follow a campaign, and none for what nobody follows."""

from __future__ import annotations

import asyncio

import pytest

from tests.vantum.rest.test_campaign_events import RUNNING
from vantum.rest.campaign_figures import StatusView
from vantum.rest.lookout import Look, Lookout

OURS, THEIRS = ("ours", "campaign"), ("theirs", "campaign")


class Eyes:
    """Looks, which takes a while, and counts how often."""

    def __init__(self, seconds: float = 0.25, view: StatusView | None = RUNNING) -> None:
        self.looks = 0
        self._seconds = seconds
        self._view = view

    async def look(self) -> StatusView | None:
        self.looks += 1
        await asyncio.sleep(self._seconds)
        return self._view


async def test_many_at_the_same_time_see_what_one_has_seen() -> None:
    lookout, eyes = Lookout(), Eyes()
    seen = await asyncio.gather(*(lookout.at(OURS, eyes.look, 1.0) for _ in range(50)))
    assert (seen, eyes.looks) == ([RUNNING] * 50, 1)


async def test_what_is_old_is_looked_at_again() -> None:
    lookout, eyes = Lookout(), Eyes(0.0)
    for looks, seconds in ((1, 0.0), (1, 0.9), (2, 0.1), (2, 0.5), (3, 0.5)):
        await asyncio.sleep(seconds)
        await lookout.at(OURS, eyes.look, 1.0)
        assert eyes.looks == looks


async def test_each_campaign_is_looked_at_by_itself() -> None:
    lookout, ours, gone = Lookout(), Eyes(), Eyes(view=None)
    looks: list[tuple[tuple[str, str], Look]] = [(OURS, ours.look), (THEIRS, gone.look)]
    seen = await asyncio.gather(*(lookout.at(name, look, 1.0) for name, look in looks))
    assert (seen, ours.looks, gone.looks) == ([RUNNING, None], 1, 1)


async def test_what_nobody_follows_any_more_is_forgotten() -> None:
    lookout, eyes = Lookout(), Eyes()
    await lookout.at(OURS, eyes.look, 1.0)
    await asyncio.sleep(5.0)
    await lookout.at(THEIRS, eyes.look, 1.0)
    assert list(lookout._spots) == [THEIRS]


async def test_who_fails_to_look_leaves_it_to_the_next() -> None:
    lookout, eyes = Lookout(), Eyes()

    async def broken() -> StatusView | None:
        raise OSError("the database is gone")

    with pytest.raises(OSError, match="gone"):
        await lookout.at(OURS, broken, 1.0)
    assert await lookout.at(OURS, eyes.look, 1.0) == RUNNING
