"""The dialer inside a server: opened when there is something to dial for, and again when it fails."""

from __future__ import annotations

import asyncio
import sys
from types import ModuleType, SimpleNamespace
from typing import cast

import pytest
from sqlalchemy import URL, update

from tests.vantum.dialing.kit import many, new_scene
from vantum.core.outreach.campaign import CampaignState
from vantum.dialing import inside
from vantum.dialing.inside import dialing_inside
from vantum.dialing.means import Trunk
from vantum.dialing.phone_placer import PhonePlacer
from vantum.phone.phone import Phone
from vantum.settings import Settings, load_settings
from vantum.store.address import is_sqlite
from vantum.store.engine import Store
from vantum.store.models import Campaign
from vantum.store.words import Transport

PHONE = cast("Phone", SimpleNamespace())


class Opened:
    """Stands for what opens a dialer: fails at first, and then dials until it is canceled."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.ended = False

    async def dial(self, _store: Store, url: URL, trunk: Trunk, placer: PhonePlacer) -> None:
        assert is_sqlite(url)
        assert trunk.transport is Transport.LOCAL
        assert placer.name == "here"
        self.times.append(asyncio.get_running_loop().time())
        if len(self.times) == 1:
            raise RuntimeError("no")
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self.ended = True


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    found = Opened()
    module = ModuleType("opening_of_the_test")
    vars(module)["dial"] = found.dial
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(inside, "OPENING", module.__name__)
    return found


def settings_of(**given: str) -> Settings:
    return load_settings({"VANTUM_DATA": "data", **given}, None)


async def test_it_is_opened_for_a_campaign_and_again_when_it_fails(store: Store, opened: Opened) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, many(1), state=CampaignState.DRAFT)
    async with dialing_inside(settings_of(), store, PHONE, lambda _: False):
        await asyncio.sleep(10.0)
        assert opened.times == []
        async with store.writing() as session:
            running = update(Campaign).where(Campaign.id == scene.campaign)
            await session.execute(running.values(state=CampaignState.RUNNING))
        await asyncio.sleep(10.0)
        first, second = opened.times
        assert 10.0 <= first <= 10.5
        assert second == first + inside.REST_SECONDS
    assert opened.ended


async def test_one_that_was_stopped_is_brought_to_its_end(store: Store, opened: Opened) -> None:
    async with store.writing() as session:
        await new_scene(session, many(1), state=CampaignState.COMPLETED)
    async with dialing_inside(settings_of(), store, PHONE, lambda _: False):
        await asyncio.sleep(1.0)
        assert len(opened.times) == 1


@pytest.mark.parametrize(
    ("phone", "given"),
    [(None, {}), (PHONE, {"VANTUM_DATABASE_URL": "postgresql://vantum@db.example/vantum"})],
)
async def test_elsewhere_the_server_does_not_dial(
    store: Store, opened: Opened, phone: Phone | None, given: dict[str, str]
) -> None:
    async with store.writing() as session:
        await new_scene(session, many(1))
    async with dialing_inside(settings_of(**given), store, phone, lambda _: False):
        await asyncio.sleep(10.0)
    assert opened.times == []
