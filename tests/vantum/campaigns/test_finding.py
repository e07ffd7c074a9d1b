"""Campaigns are found by what people call them."""

from __future__ import annotations

import pytest

from tests.vantum.campaigns.kit import scene_of
from tests.vantum.store.rows import NOON
from vantum.campaigns import control
from vantum.campaigns.finding import find, labelled
from vantum.campaigns.plan import CampaignPlan
from vantum.core.errors import CampaignError, NoCampaignError
from vantum.store.engine import Store

pytestmark = pytest.mark.real_time
NAMES = ("Autumn", "Autumn North", "Winter 2026", "Spring", "Spring in the South")


async def org_of(store: Store) -> str:
    scene = await scene_of(store, 0)
    for name in NAMES[1:]:
        await control.create(store, scene.org, CampaignPlan(name, "outreach"), NOON)
    return scene.org


async def test_by_its_name_or_how_it_begins(store: Store) -> None:
    org = await org_of(store)
    for called, name in (
        ("Autumn", "Autumn"),
        ("autumn", "Autumn"),
        ("AUTUMN N", "Autumn North"),
        ("winter", "Winter 2026"),
        ("Spring in", "Spring in the South"),
    ):
        found = await find(store, org, called)
        assert found.name == name
        assert await find(store, org, found.id) == found


async def test_what_is_not_found_is_told_with_what_there_is(store: Store) -> None:
    org = await org_of(store)
    for called, words in (
        ("Autum", "'Autum' begins the names of 2 campaigns. Name one of them: 'Autumn North', 'Autumn'."),
        ("Wintr 2026", "There is no campaign 'Wintr 2026'. There are: 'Winter 2026'"),
        ("x", "There is no campaign 'x'. There are: 'Spring in the South', 'Spring', 'Winter 2026'"),
        ("", "There is no campaign ''. There are: "),
    ):
        with pytest.raises(NoCampaignError) as told:
            await find(store, org, called)
        assert str(told.value).startswith(words)


async def test_many_names_are_not_all_told(store: Store) -> None:
    org = await org_of(store)
    for number in range(3):
        await control.create(store, org, CampaignPlan(f"Autumn {number}", "outreach"), NOON)
    with pytest.raises(NoCampaignError, match="'Autumn 2', 'Autumn 1', 'Autumn 0', 'Autumn North', 'Autumn'"):
        await find(store, org, "aut")
    await control.create(store, org, CampaignPlan("Autumn 3", "outreach"), NOON)
    with pytest.raises(NoCampaignError, match="'Autumn North' and 1 more"):
        await find(store, org, "aut")


async def test_nobody_finds_those_of_others(store: Store) -> None:
    org, other = await org_of(store), (await scene_of(store, 0, name="Mine")).org
    theirs = await find(store, org, "Winter 2026")
    for called in (theirs.id, theirs.name):
        with pytest.raises(NoCampaignError, match="There are: 'Mine'"):
            await find(store, other, called)
    assert [label.name for label in await labelled(store, other)] == ["Mine"]
    assert [label.name for label in await labelled(store, org)] == [*reversed(NAMES)]


async def test_before_there_is_any_the_first_step_is_told(store: Store) -> None:
    scene = await scene_of(store, 0)
    with pytest.raises(NoCampaignError, match="`vantum campaign create` makes one"):
        await find(store, "no such organisation", "Autumn")
    assert scene.org


async def test_a_row_that_makes_no_sense_is_told(store: Store) -> None:
    scene = await scene_of(store, 0, max_concurrency=0)
    with pytest.raises(CampaignError, match="'Autumn' cannot be read: There are 1 to"):
        await find(store, scene.org, "autumn")
