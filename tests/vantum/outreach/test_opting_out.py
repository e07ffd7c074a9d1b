"""A wish is written with all that follows from it, once, however often it is found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.vantum.outreach.aftercall import endpoint, told
from tests.vantum.store.rows import new_scene, number
from vantum.core.analysis.quote import Found
from vantum.core.legal.case import ConsentKind
from vantum.core.outreach.delivery import EventType
from vantum.core.outreach.settlement import Voice
from vantum.outreach.opting_out import opt_out, proof, withdraw
from vantum.outreach.other_end import OtherEnd, end_of
from vantum.store import callbacks, calls
from vantum.store.callbacks import Promise
from vantum.store.columns import new_id
from vantum.store.engine import Store
from vantum.store.models import Consent, Suppression
from vantum.store.words import CallbackState

pytestmark = pytest.mark.real_time

NOW = datetime.now(UTC)
SAID = Found(3, "take me off your list", 12_345, 14_000)


async def test_it_is_written_once_and_takes_back_what_was_promised(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        await endpoint(session, scene.org)
        call = await calls.insert_attempt(session, scene.org, scene.attempt())
        lead = scene.leads[0]
        await callbacks.add(session, scene.org, lead, Promise(NOW + timedelta(hours=1), "UTC"))
        end = await end_of(session, call)
        assert await opt_out(session, end, None, Voice.TOOL, NOW)
        assert not await opt_out(session, end, SAID, Voice.CALLER, NOW)
        assert [each.state for each in await callbacks.of_lead(session, scene.org, lead)] == [
            CallbackState.CANCELED
        ]
        rows = (await session.scalars(select(Suppression).order_by(Suppression.scope.desc()))).all()
        assert [(row.value, row.quote, row.quote_ms) for row in rows] == [
            (number(0), SAID.quote, 12_345),
            (scene.contacts[0], SAID.quote, 12_345),
        ]
        [consent] = (await session.scalars(select(Consent))).all()
        assert (consent.kind, consent.proof, consent.call_id) == (
            ConsentKind.CALL,
            "The bot wrote it down.",
            call.id,
        )
    kinds = await told(store, scene.org)
    assert kinds.count(EventType.CONTACT_DO_NOT_CALL) == kinds.count(EventType.CONTACT_CONSENT_CHANGED) == 1


async def test_who_has_no_number_and_who_is_nobody(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        assert not await opt_out(session, OtherEnd(scene.org, new_id(), ""), SAID, Voice.CALLER, NOW)
        stranger = OtherEnd(scene.org, new_id(), number(7))
        assert await opt_out(session, stranger, SAID, Voice.CALLER, NOW)
        assert not await opt_out(session, stranger, SAID, Voice.CALLER, NOW)
        assert not await withdraw(session, stranger, ConsentKind.CALL, SAID, NOW)
        assert (await session.scalars(select(Consent))).all() == []


def test_words_are_proof_with_their_second() -> None:
    assert proof(SAID) == "At 12.345 s of the call: take me off your list"
