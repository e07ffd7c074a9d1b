"""Rows that are only ever added are neither changed nor removed, in whatever way somebody tries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.store.rows import NOON, Scene, new_scene
from vantum.core.errors import AppendOnlyError
from vantum.core.legal import case as legal
from vantum.core.legal.case import ConsentKind, Method
from vantum.store import consents
from vantum.store.append_only import APPEND_ONLY, erasing
from vantum.store.engine import Store
from vantum.store.models import AuditEntry, Base, CallEvent, Consent, DialDecision
from vantum.store.models.base import table_of

pytestmark = pytest.mark.real_time
GIVEN = legal.Consent(ConsentKind.CALL, Method.SPOKEN, NOON)


async def consent(session: AsyncSession) -> tuple[Scene, Consent]:
    scene = await new_scene(session, "a", 1)
    return scene, await consents.add(session, scene.org, scene.contacts[0], GIVEN, consents.Proof())


async def change(session: AsyncSession, row: Consent) -> None:
    row.proof = "forged"
    await session.flush()


async def remove(session: AsyncSession, row: Consent) -> None:
    await session.delete(row)
    await session.flush()


async def change_by_statement(session: AsyncSession, row: Consent) -> None:
    await session.execute(update(Consent).where(Consent.id == row.id).values(proof="forged"))


async def remove_by_statement(session: AsyncSession, row: Consent) -> None:
    await session.execute(delete(Consent).where(Consent.id == row.id))


async def change_the_table(session: AsyncSession, row: Consent) -> None:
    table = table_of(Consent)
    await session.execute(table.update().where(table.c.id == row.id).values(proof="forged"))


WAYS = (change, remove, change_by_statement, remove_by_statement, change_the_table)


@pytest.mark.parametrize("way", WAYS)
async def test_it_is_refused(store: Store, way: Callable[[AsyncSession, Consent], Awaitable[None]]) -> None:
    async with store.writing() as session:
        _, row = await consent(session)
        await session.commit()
    async with store.writing() as session:
        again = await session.get_one(Consent, row.id)
        with pytest.raises(AppendOnlyError, match="Rows of consents are only ever added"):
            await way(session, again)
        await session.rollback()
    async with store.reading() as session:
        assert (await session.get_one(Consent, row.id)).proof == ""


@pytest.mark.parametrize("way", WAYS)
async def test_who_is_erased_is_erased(
    store: Store, way: Callable[[AsyncSession, Consent], Awaitable[None]]
) -> None:
    async with store.writing() as session:
        _, row = await consent(session)
        with erasing(session):
            await way(session, row)
        if "change" in way.__name__:
            await session.refresh(row)
            assert row.proof == "forged"
        else:
            assert await session.scalar(select(func.count()).select_from(Consent)) == 0


async def test_erasing_ends_where_it_ends(store: Store) -> None:
    async with store.writing() as session:
        _, row = await consent(session)
        with pytest.raises(KeyError), erasing(session):
            raise KeyError
        with pytest.raises(AppendOnlyError):
            await change(session, row)
        await session.rollback()


async def test_to_set_what_is_there_is_no_change(store: Store) -> None:
    async with store.writing() as session:
        scene, row = await consent(session)
        row.proof = str(row.proof)
        await session.flush()
        assert await consents.of_contact(session, scene.org, scene.contacts[0]) == (GIVEN,)


@pytest.mark.parametrize("model", [Consent, DialDecision, CallEvent, AuditEntry])
async def test_all_that_the_law_wants_kept_is_kept(store: Store, model: type[Base]) -> None:
    assert model in APPEND_ONLY
    async with store.writing() as session:
        with pytest.raises(AppendOnlyError):
            await session.execute(delete(model))
