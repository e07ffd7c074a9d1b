"""One row changed by its id: as it is told, and only in its own organisation."""

from __future__ import annotations

import pytest

from tests.vantum.store.rows import new_org, new_scene
from vantum.core.errors import AppendOnlyError
from vantum.store import changes
from vantum.store.engine import Store
from vantum.store.models import AuditEntry, Contact

pytestmark = pytest.mark.real_time


async def test_what_is_told_is_changed(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a", 2), await new_scene(session, "b", 1)
        first, second = scene.contacts
        before = await changes.get(session, scene.org, Contact, first)
        assert before is not None
        changed_before = before.updated_at
        told = {"name": "Anna", "custom": {"size": 40}, "company_id": None}
        row = await changes.change(session, scene.org, Contact, first, told)
        assert row is before
        assert (row.name, row.custom, row.source) == ("Anna", {"size": 40}, "list.csv")
        assert row.updated_at > changed_before
        assert await changes.change(session, other.org, Contact, first, {"name": "X"}) is None
        assert await changes.get(session, other.org, Contact, first) is None
        stays = await changes.get(session, scene.org, Contact, second)
        assert stays is not None
        assert stays.name == "Person 1"


async def test_nothing_told_is_nothing_changed(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        before = await changes.get(session, scene.org, Contact, scene.contacts[0])
        assert before is not None
        moment = before.updated_at
        row = await changes.change(session, scene.org, Contact, scene.contacts[0], {})
        assert row is before
        assert row.updated_at == moment
        assert await changes.change(session, scene.org, Contact, "x", {}) is None


async def test_an_organisation_is_changed_alone(store: Store) -> None:
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        row = await changes.change_org(session, org, {"name": "Acorn", "retention_days": 7})
        assert row is not None
        assert (row.id, row.name, row.retention_days) == (org, "Acorn", 7)
        untouched = await changes.change_org(session, other, {})
        assert untouched is not None
        assert (untouched.name, untouched.retention_days) == ("B", 0)
        assert await changes.change_org(session, "x", {"name": "y"}) is None


async def test_what_is_only_added_is_not_changed(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        with pytest.raises(AppendOnlyError):
            await changes.change(session, org, AuditEntry, "x", {"action": "y"})
