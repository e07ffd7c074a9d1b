"""Single contacts: added, archived with what was planned for them, and traced to their lists."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.store.rows import NOON, new_org, new_scene, number
from vantum.core.outreach.lead import LeadState
from vantum.store import contact_book, leads
from vantum.store.contact_book import ARCHIVED, Mention
from vantum.store.contacts import NewContact
from vantum.store.engine import Store
from vantum.store.models import Import, ImportRow, Lead
from vantum.store.words import ContactState, RowVerdict

pytestmark = pytest.mark.real_time
ANNA = NewContact(e164=number(0), source="fair", other_zones=("America/Detroit",), custom={"size": 40})


async def test_one_is_added(store: Store) -> None:
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        row = await contact_book.add(session, org, ANNA)
        await contact_book.add(session, other, ANNA)
        await session.refresh(row)
        assert (row.e164, row.other_zones, row.custom) == (number(0), ["America/Detroit"], {"size": 40})
        assert (row.state, row.org_id) == (ContactState.ACTIVE, org)


async def test_a_number_is_one_contacts(store: Store) -> None:
    async def add_twice(session: AsyncSession) -> None:
        org = await new_org(session, "a")
        for _ in range(2):
            await contact_book.add(session, org, ANNA)

    with pytest.raises(IntegrityError):
        await store.write(add_twice)


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (LeadState.PENDING, LeadState.SKIPPED),
        (LeadState.WAITING, LeadState.SKIPPED),
        (LeadState.LEASED, LeadState.SKIPPED),
        (LeadState.IN_CALL, LeadState.IN_CALL),
        (LeadState.DONE, LeadState.DONE),
        (LeadState.SKIPPED, LeadState.SKIPPED),
    ],
)
async def test_who_is_archived_is_called_no_more(store: Store, state: LeadState, after: LeadState) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 2)
        await session.execute(update(Lead).values(state=state))
        session.expunge_all()
        row = await contact_book.archive(session, scene.org, scene.contacts[0])
        assert row is not None
        assert row.state is ContactState.ARCHIVED
        session.expunge_all()
        mine, other = [await leads.get(session, scene.org, lead) for lead in scene.leads]
        assert mine is not None
        assert other is not None
        assert (mine.state, other.state) == (after, state)
        is_open = state in (LeadState.PENDING, LeadState.WAITING, LeadState.LEASED)
        assert (mine.state_reason, other.state_reason) == (ARCHIVED if is_open else "", "")


async def test_nobody_archives_what_is_not_theirs(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a", 1), await new_scene(session, "b", 1)
        assert await contact_book.archive(session, other.org, scene.contacts[0]) is None
        found = await leads.get(session, scene.org, scene.leads[0])
        assert found is not None
        assert found.state is LeadState.PENDING


async def test_lists_that_told_of_somebody_are_told(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a", 1), await new_scene(session, "b", 1)
        contact = scene.contacts[0]
        ids = []
        for place, name in enumerate(("fair.csv", "web.xlsx")):
            listed = Import(org_id=scene.org, filename=name, sha256="0" * 64)
            session.add(listed)
            await session.flush()
            session.add(
                ImportRow(
                    org_id=scene.org,
                    import_id=listed.id,
                    contact_id=contact,
                    row=place + 7,
                    verdict=RowVerdict.ACCEPTED,
                    created_at=NOON,
                )
            )
            await session.flush()
            ids.append(listed.id)
        assert await contact_book.mentions(session, scene.org, contact) == [
            Mention(ids[0], "fair.csv", 7, NOON),
            Mention(ids[1], "web.xlsx", 8, NOON),
        ]
        assert await contact_book.mentions(session, other.org, contact) == []
