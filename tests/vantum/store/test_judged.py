"""Leads with all that the law asks, many at a time, and only those of their own organisation."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from tests.vantum.store.rows import NOON, Scene, new_scene, number
from vantum.core.legal.case import Consent, ConsentKind, Method
from vantum.core.outreach.lead import LeadState
from vantum.store import calls, consents, judged
from vantum.store.consents import Proof
from vantum.store.engine import Store
from vantum.store.judged import Judged
from vantum.store.models import Call, Company, Contact, Lead
from vantum.store.words import CallStatus

pytestmark = pytest.mark.real_time


async def scenes(store: Store, count: int = 3) -> tuple[Scene, Scene]:
    async with store.writing() as session:
        return await new_scene(session, "a", count), await new_scene(session, "b", 2)


async def pieces_of(store: Store, scene: Scene) -> list[list[Judged]]:
    async with store.reading() as session:
        return [[*piece] async for piece in judged.streamed(session, scene.org, scene.campaign)]


async def test_leads_come_in_pieces_with_their_companies(store: Store) -> None:
    scene, _ = await scenes(store, judged.PIECE + 2)
    async with store.writing() as session:
        company = Company(
            org_id=scene.org, name="Acorn", domain="acorn.example.com", dnc=True, max_calls_per_day=4
        )
        session.add(company)
        await session.flush()
        ours = update(Contact).where(Contact.id == scene.contacts[0])
        await session.execute(
            ours.values(company_id=company.id, other_zones=["Europe/Rome"], timezone="Europe/Berlin")
        )
        for lead_id, state in zip(scene.leads[1:], (LeadState.DONE, LeadState.WAITING), strict=False):
            await session.execute(update(Lead).where(Lead.id == lead_id).values(state=state))
    first, second = await pieces_of(store, scene)
    assert (len(first), len(second)) == (judged.PIECE, 1)
    found = {lead.contact_id: lead for lead in (*first, *second)}
    assert found.keys() == {*scene.contacts} - {scene.contacts[1]}
    lead = found[scene.contacts[0]]
    assert (lead.number, lead.due_at, lead.timezone, lead.other_zones) == (
        number(0),
        NOON,
        "Europe/Berlin",
        ("Europe/Rome",),
    )
    assert (lead.company_id, lead.domain, lead.dnc, lead.most_a_day) == (
        company.id,
        "acorn.example.com",
        True,
        4,
    )
    other = found[scene.contacts[2]]
    assert (other.company_id, other.domain, other.dnc, other.most_a_day) == ("", "", False, None)


async def test_nobody_sees_the_leads_of_others(store: Store) -> None:
    scene, other = await scenes(store)
    async with store.reading() as session:
        assert [piece async for piece in judged.streamed(session, other.org, scene.campaign)] == []


async def test_consents_are_those_that_stand_there(store: Store) -> None:
    scene, other = await scenes(store)
    given = Consent(ConsentKind.CALL, Method.SPOKEN, NOON)
    withdrawn = Consent(ConsentKind.CALL, Method.SPOKEN, NOON, NOON + timedelta(hours=1))
    async with store.writing() as session:
        for consent in (given, withdrawn):
            await consents.add(session, scene.org, scene.contacts[0], consent, Proof())
        await consents.add(session, scene.org, scene.contacts[2], given, Proof())
    async with store.reading() as session:
        found = await judged.consents_of(session, scene.org, scene.contacts)
        assert found == {scene.contacts[0]: (given, withdrawn), scene.contacts[2]: (given,)}
        assert found == await consents.of_contacts(session, scene.org, scene.contacts)
        assert await judged.consents_of(session, other.org, scene.contacts) == {}


async def test_calls_of_the_last_day_by_number_and_by_company(store: Store) -> None:
    scene, other = await scenes(store)
    async with store.writing() as session:
        company = Company(org_id=scene.org, name="Acorn")
        session.add(company)
        await session.flush()
        own = update(Contact).where(Contact.id.in_(scene.contacts[:2]))
        await session.execute(own.values(company_id=company.id))
        for place, (lead, hours) in enumerate([(0, 1), (0, 30), (1, 2), (2, 3)], 1):
            call = await calls.insert_attempt(session, scene.org, scene.attempt(lead, place))
            _end(call, NOON - timedelta(hours=hours))
        # Given back before it was dialed.
        given_back = await calls.insert_attempt(session, scene.org, scene.attempt(2, 9))
        _end(given_back, None)
        await calls.insert_attempt(session, other.org, other.attempt(0))
    since = NOON - timedelta(hours=24)
    async with store.reading() as session:
        numbers = {number(index) for index in range(4)}
        assert await judged.called(session, scene.org, numbers, since) == {
            number(0): (NOON - timedelta(hours=1),),
            number(1): (NOON - timedelta(hours=2),),
            number(2): (NOON - timedelta(hours=3),),
        }
        assert await judged.companies_called(session, scene.org, {company.id}, since) == {
            company.id: (NOON - timedelta(hours=2), NOON - timedelta(hours=1))
        }
        assert await judged.companies_called(session, other.org, {company.id}, since) == {}


def _end(call: Call, dialed_at: datetime | None) -> None:
    call.dialed_at, call.ended_at, call.status = dialed_at, NOON, CallStatus.ENDED
