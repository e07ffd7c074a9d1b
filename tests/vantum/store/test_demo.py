"""The demo: people who do not exist, once and for all."""

from __future__ import annotations

import phonenumbers
import pytest
from sqlalchemy import func, select

from tests.vantum.store.rows import NOON
from vantum.core.legal.case import LineType
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import LeadState
from vantum.store import campaigns, leads, orgs
from vantum.store.demo import CAMPAIGN, Sown, sow
from vantum.store.demo_people import COMPANIES, PLACES, domain_of, people
from vantum.store.engine import Store
from vantum.store.models import Base, Consent, Contact, Lead, Suppression
from vantum.store.models.base import table_of

PEOPLE = people({name: name for name in COMPANIES})
RESERVED = (
    *((f"+1{area}55501", 12) for area in (212, 617, 404, 305, 312, 512, 615, 303, 602, 415, 206, 702)),
    *(("+442079460", 13), ("+441614960", 13), ("+447700900", 13)),
    *(("+493023125", 13), ("+498999998", 13), ("+3319900", 12), ("+3363998", 12)),
)
"""Blocks that are reserved for fiction, by what their numbers begin with and how long they are."""


def test_there_are_two_hundred_with_numbers_that_nobody_has() -> None:
    assert len({person.e164 for person in PEOPLE}) == sum(place.count for place in PLACES) == 200
    for person in PEOPLE:
        assert any(person.e164.startswith(start) for start, _ in RESERVED), person.e164
        assert len(person.e164) in {length for start, length in RESERVED if person.e164.startswith(start)}


def test_their_countries_are_those_of_their_numbers() -> None:
    for person in PEOPLE:
        parsed = phonenumbers.parse(person.e164, None)
        assert parsed.country_code == {"US": 1, "GB": 44, "DE": 49, "FR": 33}[person.country]
        assert person.email.endswith(".example.com")


def test_there_is_every_kind_of_line() -> None:
    kinds = [person.line_type for person in PEOPLE]
    assert {kind: kinds.count(kind) for kind in LineType} == {
        LineType.LANDLINE: 140,
        LineType.MOBILE: 50,
        LineType.VOIP: 0,
        LineType.UNKNOWN: 10,
    }


@pytest.mark.real_time
async def test_to_do_it_twice_is_to_do_it_once(store: Store) -> None:
    first = await store.write(lambda session: sow(session, "demo", NOON))
    assert (first.orgs, first.companies, first.contacts, first.campaigns, first.leads) == (1, 20, 200, 2, 400)
    assert first.suppressions == 4
    assert 20 < first.consents < 100
    assert 150 < first.calls < 300
    assert await store.write(lambda session: sow(session, "demo", NOON)) == Sown(0, 0, 0, 0, 0, 0, 0, 0)
    async with store.reading() as session:
        org = (await orgs.named(session, "demo")).id
        found = {model: await count(store, model, org) for model in (Contact, Consent, Suppression, Lead)}
        assert found == {Contact: 200, Consent: first.consents, Suppression: 4, Lead: 400}
        campaign = await campaigns.by_name(session, org, CAMPAIGN)
        assert campaign is not None
        assert campaign.state is CampaignState.DRAFT
        assert (await leads.counts(session, org, campaign.id))[LeadState.PENDING] == 200


async def count(store: Store, model: type[Base], org: str) -> int:
    table = table_of(model)
    async with store.reading() as session:
        found = await session.scalar(select(func.count()).select_from(table).where(table.c.org_id == org))
        assert found is not None
        return found


@pytest.mark.real_time
async def test_it_can_stand_in_an_organisation_that_is_there(store: Store) -> None:
    sown = await store.write(lambda session: sow(session, "default", NOON))
    assert (sown.orgs, sown.contacts) == (0, 200)


@pytest.mark.real_time
async def test_what_somebody_removed_comes_back(store: Store) -> None:
    await store.write(lambda session: sow(session, "demo", NOON))
    async with store.writing() as session:
        await session.execute(table_of(Suppression).delete())
        await session.execute(table_of(Lead).delete())
    again = await store.write(lambda session: sow(session, "demo", NOON))
    assert again == Sown(0, 0, 0, 0, suppressions=4, campaigns=0, leads=200, calls=0)


def test_a_company_has_a_domain_that_is_reserved_for_examples() -> None:
    assert domain_of("Elm and Oak") == "elm-oak.example.com"
    assert len({domain_of(name) for name in COMPANIES}) == len(COMPANIES)
