"""The audit log: what was done to something, in its order, and never changed."""

from __future__ import annotations

import pytest

from tests.vantum.store.rows import new_org
from vantum.core.errors import AppendOnlyError
from vantum.store import audit
from vantum.store.audit import Actor, Deed
from vantum.store.engine import Store
from vantum.store.words import ActorKind

pytestmark = pytest.mark.real_time
ANNA = Actor(ActorKind.KEY, "k")


async def test_deeds_are_told_in_their_order(store: Store) -> None:
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        await audit.add(session, org, ANNA, Deed("contact.create", "contact", "c", {"fields": ["name"]}))
        await audit.add(session, org, Actor(ActorKind.SYSTEM), Deed("contact.archive", "contact", "c"))
        await audit.add(session, org, ANNA, Deed("contact.create", "contact", "d"))
        await audit.add(session, other, ANNA, Deed("contact.create", "contact", "c"))
    async with store.reading() as session:
        found = await audit.about(session, org, "c")
    assert [(entry.actor_kind, entry.actor_id, entry.action, entry.details) for entry in found] == [
        (ActorKind.KEY, "k", "contact.create", {"fields": ["name"]}),
        (ActorKind.SYSTEM, None, "contact.archive", {}),
    ]


async def test_a_deed_is_never_changed(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        await audit.add(session, org, ANNA, Deed("contact.create", "contact", "c"))
        [entry] = await audit.about(session, org, "c")
        entry.action = "nothing.happened"
        with pytest.raises(AppendOnlyError):
            await session.flush()
        session.expunge_all()
