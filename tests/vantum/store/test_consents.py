"""Consents: every one that was ever said, in its order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.vantum.store.rows import NOON, new_scene
from vantum.core.legal.case import Consent, ConsentKind, Method
from vantum.store import consents
from vantum.store.consents import Proof
from vantum.store.engine import Store
from vantum.store.words import ConsentStatus

pytestmark = pytest.mark.real_time
GIVEN = Consent(ConsentKind.AI_VOICE_MARKETING, Method.WRITTEN, NOON)
WITHDRAWN = Consent(ConsentKind.CALL, Method.SPOKEN, None, NOON + timedelta(days=1))
BOTH = Consent(ConsentKind.RECORDING, Method.SPOKEN, NOON, NOON + timedelta(days=2))


async def test_they_come_back_as_they_were_given(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a", 2), await new_scene(session, "b", 1)
        first, second = scene.contacts
        for said in (GIVEN, WITHDRAWN, BOTH):
            await consents.add(session, scene.org, first, said, Proof())
        await consents.add(session, other.org, other.contacts[0], GIVEN, Proof())
    async with store.reading() as session:
        assert await consents.of_contact(session, scene.org, first) == (GIVEN, WITHDRAWN, BOTH)
        assert await consents.of_contact(session, scene.org, second) == ()
        assert await consents.of_contact(session, other.org, first) == ()
        ids = [*scene.contacts, *other.contacts]
        assert await consents.of_contacts(session, scene.org, ids) == {first: (GIVEN, WITHDRAWN, BOTH)}


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (GIVEN, ConsentStatus.GRANTED),
        (WITHDRAWN, ConsentStatus.REVOKED),
        (BOTH, ConsentStatus.REVOKED),
    ],
)
async def test_a_row_says_how_it_can_be_shown(store: Store, said: Consent, status: ConsentStatus) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        proof = Proof("May we call you?", "form 12", "call-1")
        row = await consents.add(session, scene.org, scene.contacts[0], said, proof)
        assert (row.status, row.text_shown, row.proof, row.call_id) == (
            status,
            "May we call you?",
            "form 12",
            "call-1",
        )


async def test_one_without_a_date_is_refused_by_the_database_too(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        await consents.add(session, scene.org, scene.contacts[0], GIVEN, Proof())
        with pytest.raises(IntegrityError):
            await session.execute(text("UPDATE consents SET granted_at = NULL"))
