"""Columns give back what was put in, in UTC, and take nothing that makes no sense."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from tests.vantum.store.rows import NOON, new_org, new_scene
from vantum.store import campaigns, leads
from vantum.store.columns import new_id
from vantum.store.engine import Store
from vantum.store.models import Campaign
from vantum.store.models.base import table_of

pytestmark = pytest.mark.real_time


@pytest.mark.parametrize(
    "zone", [UTC, timezone(timedelta(hours=5, minutes=45)), timezone(-timedelta(hours=11))], ids=str
)
async def test_a_moment_comes_back_in_utc_to_the_microsecond(store: Store, zone: timezone) -> None:
    moment = datetime(2026, 10, 25, 1, 30, 59, 123456, tzinfo=zone)
    async with store.writing() as session:
        org = await new_org(session, "a")
        session.add(Campaign(org_id=org, name="x", pipeline="p", start_at=moment))
    async with store.reading() as session:
        found = await campaigns.by_name(session, org, "x")
    assert found is not None
    assert found.start_at == moment
    assert found.start_at.tzinfo is UTC
    assert found.end_at is None


async def test_moments_are_compared_as_moments(store: Store) -> None:
    """SQLite compares texts: all of them have to be in one zone."""
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        elsewhere = NOON.astimezone(timezone(timedelta(hours=-11)))
        found = await session.execute(
            text("SELECT count(*) FROM leads WHERE campaign_id = :id"), {"id": scene.campaign}
        )
        assert found.scalar() == 1
        assert len(await leads.due(session, scene.org, scene.campaign, elsewhere, 9)) == 1
        before = elsewhere - timedelta(microseconds=1)
        assert await leads.due(session, scene.org, scene.campaign, before, 9) == []


async def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    async with store.writing() as session:
        org = await new_org(session, "a")
        with pytest.raises(StatementError, match="A moment has a time zone"):
            await session.execute(table_of(Campaign).insert().values(org_id=org, start_at=naive))


async def test_a_word_is_one_of_its_enum_both_ways(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        with pytest.raises(StatementError, match="'flying' is not a valid CampaignState"):
            await session.execute(table_of(Campaign).update().values(state="flying"))
    async with store.writing() as session:
        await session.execute(text("UPDATE campaigns SET state = 'flying'"))
        with pytest.raises(ValueError, match="'flying' is not a valid CampaignState"):
            await campaigns.get(session, scene.org, scene.campaign)


async def test_a_row_tells_when_it_was_made_and_changed(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        session.add(Campaign(org_id=org, name="x", pipeline="p"))
    async with store.writing() as session:
        found = await campaigns.by_name(session, org, "x")
        assert found is not None
        made, changed = found.created_at, found.updated_at
        assert abs(changed - made) < timedelta(seconds=1)
        found.pipeline = "q"
        await session.flush()
        assert (found.created_at, found.updated_at > changed) == (made, True)


def test_ids_are_version_7_and_in_order() -> None:
    ids = [new_id() for _ in range(1000)]
    assert ids == sorted(set(ids))
    assert {(UUID(each).version, len(each)) for each in ids} == {(7, 36)}
