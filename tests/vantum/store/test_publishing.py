"""A piece of a list becomes rows; what has changed since it was read is seen once more."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.store.rows import NOON, new_org, number
from vantum.core.legal import case as legal
from vantum.core.legal.case import LineType, Reason, Scope
from vantum.core.outreach.lead import LeadEvent, LeadState
from vantum.store import contacts, imports, leads, suppressions
from vantum.store.contacts import NewContact
from vantum.store.engine import Store
from vantum.store.imports import NewImport
from vantum.store.models import Campaign, Company, Contact, ImportRow, Lead
from vantum.store.publishing import Published, Publisher, Target, not_to_be_called
from vantum.store.staged import KNOWN, StagedRow
from vantum.store.words import RowVerdict

pytestmark = pytest.mark.real_time
ACCEPTED, DUPLICATE, INVALID, SUPPRESSED = RowVerdict
DOMAIN = "acorn.example.com"


def row(index: int, company: str = "", domain: str = "", verdict: RowVerdict = ACCEPTED) -> StagedRow:
    """Somebody who joins in the row of that number."""
    who = NewContact(e164=number(index), source="list.csv", name=f"Person {index}")
    return StagedRow(index, verdict, number=number(index), contact=who, company=company, domain=domain)


async def target(session: AsyncSession) -> Target:
    org = await new_org(session, "a")
    campaign = Campaign(org_id=org, name="Autumn", pipeline="outreach")
    session.add(campaign)
    await session.flush()
    import_id = await imports.begin(session, org, NewImport("list.csv", "a" * 64, 1, {}), NOON)
    return Target(org, import_id, campaign.id, NOON)


async def verdicts(session: AsyncSession, at: Target) -> list[tuple[int, RowVerdict, str]]:
    found = await imports.rows(session, at.org_id, at.import_id)
    return [(each.row, each.verdict, each.reason) for each in found]


async def test_who_became_a_contact_meanwhile_is_a_duplicate(store: Store) -> None:
    async with store.writing() as session:
        at = await target(session)
        known = NewContact(e164=number(1), source="before", line_type=LineType.MOBILE)
        ids = await contacts.upsert(session, at.org_id, [known])
        publisher = Publisher(session, at)
        await publisher.add([row(1), row(2)])
        assert publisher.published == Published({DUPLICATE: 1, ACCEPTED: 1}, 2)
        assert await verdicts(session, at) == [(1, DUPLICATE, KNOWN), (2, ACCEPTED, "")]
        person = await contacts.get(session, at.org_id, ids[number(1)])
        assert person is not None
        assert (person.name, person.source, person.line_type) == ("Person 1", "before", LineType.MOBILE)


@pytest.mark.parametrize("scope", Scope)
async def test_who_must_not_be_called_is_no_lead_whatever_it_is_about(store: Store, scope: Scope) -> None:
    async with store.writing() as session:
        at = await target(session)
        company = Company(org_id=at.org_id, name="Acorn", domain=DOMAIN)
        session.add(company)
        await session.flush()
        known = NewContact(e164=number(1), source="before", company_id=company.id)
        ids = await contacts.upsert(session, at.org_id, [known])
        values = {
            Scope.NUMBER: number(1),
            Scope.CONTACT: ids[number(1)],
            Scope.COMPANY: company.id,
            Scope.DOMAIN: "example.com",
        }
        against = legal.Suppression(scope, values[scope], Reason.COMPLAINT)
        await suppressions.add(session, at.org_id, against)
        publisher = Publisher(session, at)
        await publisher.add([row(1, domain=DOMAIN if scope is Scope.DOMAIN else ""), row(2)])
        assert publisher.published == Published({SUPPRESSED: 1, ACCEPTED: 1}, 1)
        assert (await verdicts(session, at))[0] == (1, SUPPRESSED, not_to_be_called(scope, Reason.COMPLAINT))
        (lead,) = (await session.scalars(select(Lead))).all()
        assert lead.contact_id != ids[number(1)]


async def test_nobody_of_a_company_that_is_not_called_joins(store: Store) -> None:
    async with store.writing() as session:
        at = await target(session)
        session.add(Company(org_id=at.org_id, name="Acorn", domain=DOMAIN, dnc=True))
        await session.flush()
        publisher = Publisher(session, at)
        await publisher.add([row(1, "Acorn", DOMAIN), row(2, "Birch")])
        assert publisher.published == Published({SUPPRESSED: 1, ACCEPTED: 1}, 1)
        assert (await verdicts(session, at))[0][2] == "Nobody of the company is to be called."
        names = (await session.scalars(select(Company.name).order_by(Company.name))).all()
        assert names == ["Acorn", "Birch"]


@pytest.mark.parametrize("told", ["", "Birch"], ids=["nothing", "another company"])
async def test_who_was_known_to_work_where_nobody_is_called_does_not_join(store: Store, told: str) -> None:
    """Whatever a newer list tells of their company."""
    async with store.writing() as session:
        at = await target(session)
        acorn = Company(org_id=at.org_id, name="Acorn", domain=DOMAIN)
        cedar = Company(org_id=at.org_id, name="Cedar", dnc=True)
        session.add_all([acorn, cedar])
        await session.flush()
        people = [
            NewContact(e164=number(1), source="before", company_id=acorn.id),
            NewContact(e164=number(2), source="before", company_id=cedar.id),
        ]
        await contacts.upsert(session, at.org_id, people)
        against = legal.Suppression(Scope.DOMAIN, "example.com", Reason.ASKED)
        await suppressions.add(session, at.org_id, against)
        publisher = Publisher(session, at)
        await publisher.add([row(1, told), row(2, told), row(3, told)])
        assert publisher.published == Published({SUPPRESSED: 2, ACCEPTED: 1}, 1)
        reasons = [reason for _, _, reason in await verdicts(session, at)]
        nobody = "Nobody of the company is to be called."
        assert reasons == [not_to_be_called(Scope.DOMAIN, Reason.ASKED), nobody, ""]


async def test_a_lead_that_is_there_stays_as_it_is(store: Store) -> None:
    async with store.writing() as session:
        at = await target(session)
        ids = await contacts.upsert(session, at.org_id, [NewContact(e164=number(1), source="x")])
        assert at.campaign_id is not None
        await leads.add(session, at.org_id, at.campaign_id, [*ids.values()], NOON)
        (lead,) = (await session.scalars(select(Lead))).all()
        assert await leads.move(session, at.org_id, lead.id, LeadState.PENDING, LeadEvent.BLOCKED)
        publisher = Publisher(session, at)
        await publisher.add([row(1, verdict=DUPLICATE)])
        assert publisher.published == Published({DUPLICATE: 1}, 0)
        assert (await leads.counts(session, at.org_id, at.campaign_id))[LeadState.SKIPPED] == 1


async def test_rows_that_add_nothing_are_listed(store: Store) -> None:
    async with store.writing() as session:
        at = await target(session)
        publisher = Publisher(session, at)
        await publisher.add([])
        await publisher.add([row(1)])
        rows = [
            StagedRow(2, INVALID, "c" * 150, "r" * 600, ("note",)),
            StagedRow(3, DUPLICATE, reason="Row 1 has the same number.", number=number(1)),
            StagedRow(4, SUPPRESSED, number=number(9)),
        ]
        await publisher.add(rows)
        assert publisher.published == Published({ACCEPTED: 1, INVALID: 1, DUPLICATE: 1, SUPPRESSED: 1}, 1)
        found = (await session.scalars(select(ImportRow).order_by(ImportRow.row))).all()
        (person,) = (await session.scalars(select(Contact))).all()
        assert [each.contact_id for each in found] == [person.id, None, person.id, None]
        assert (found[1].column, found[1].reason, found[1].notes) == ("c" * 100, "r" * 500, ["note"])
