"""A piece of a list becomes rows; what has changed since it was read is seen once more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import replace
from typing import TypeVar

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.store.rows import NOON, new_org, number
from tests.vantum.store.trouble import passing
from vantum.core.legal import case as legal
from vantum.core.legal.case import ConsentKind, LineType, Method, Reason, Scope
from vantum.core.outreach.lead import LeadEvent, LeadState
from vantum.core.outreach.prospect import GivenConsent
from vantum.store import contacts, imports, leads, suppressions
from vantum.store.contacts import NewContact
from vantum.store.engine import Store
from vantum.store.imports import NewImport
from vantum.store.models import Campaign, Company, Consent, Contact, ImportRow, Lead
from vantum.store.models.base import Stamped
from vantum.store.publishing import Published, Publisher, Target, not_to_be_called
from vantum.store.staged import KNOWN, StagedRow
from vantum.store.words import RowVerdict

pytestmark = pytest.mark.real_time
ACCEPTED, DUPLICATE, INVALID, SUPPRESSED = RowVerdict
DOMAIN = "acorn.example.com"
Row = TypeVar("Row", bound=Stamped)
Work = Callable[[AsyncSession], Awaitable[object]]


def row(index: int, company: str = "", domain: str = "", verdict: RowVerdict = ACCEPTED) -> StagedRow:
    """Somebody who joins in the row of that number."""
    who = NewContact(e164=number(index), source="list.csv", name=f"Person {index}")
    return StagedRow(index, verdict, number=number(index), contact=who, company=company, domain=domain)


async def target(session: AsyncSession) -> Target:
    """A list of a new organisation, for a campaign."""
    org = await new_org(session, "a")
    campaign = Campaign(org_id=org, name="Autumn", pipeline="outreach")
    session.add(campaign)
    await session.flush()
    import_id = await imports.begin(session, org, NewImport("list.csv", "a" * 64, 1, {}), NOON)
    return Target(org, import_id, campaign.id, NOON)


async def publish(
    store: Store, at: Target, *pieces: list[StagedRow], meanwhile: Work | None = None
) -> Published:
    """What a list of these pieces comes to, when something happens before it is published."""

    async def again(numbers: Collection[int]) -> AsyncIterator[list[StagedRow]]:
        for piece in pieces:
            yield [row for row in piece if row.row in numbers]

    async with store.apart() as session:
        publisher = Publisher(session, at)
        await publisher.begin()
        for piece in pieces:
            await publisher.add(piece)
            await session.commit()
        if meanwhile is not None:
            await store.write(meanwhile)
        return await store.write_apart(session, lambda _: publisher.publish(again))


async def add_company(session: AsyncSession, at: Target, **columns: object) -> Company:
    """A company of the organisation."""
    company = Company(org_id=at.org_id, **columns)
    session.add(company)
    await session.flush()
    return company


async def add_contact(session: AsyncSession, at: Target, index: int, **told: object) -> str:
    """Somebody who was a contact before; gives the id."""
    known = NewContact(e164=number(index), source="before", **told)  # type: ignore[arg-type]
    return (await contacts.upsert(session, at.org_id, [known]))[number(index)]


async def everything(store: Store, model: type[Row]) -> list[Row]:
    """All rows of a table, as they were made."""
    async with store.reading() as session:
        return [*(await session.scalars(select(model).order_by(model.id))).all()]


async def verdicts(store: Store, at: Target) -> list[tuple[int, RowVerdict, str]]:
    """What became of the rows, and why."""
    async with store.reading() as session:
        found = await imports.rows(session, at.org_id, at.import_id)
    return [(each.row, each.verdict, each.reason) for each in found]


async def test_who_is_a_contact_is_a_duplicate(store: Store) -> None:
    at = await store.write(target)
    known = await store.write(lambda session: add_contact(session, at, 1, line_type=LineType.MOBILE))
    assert await publish(store, at, [row(1), row(2)]) == Published({DUPLICATE: 1, ACCEPTED: 1}, 2)
    assert await verdicts(store, at) == [(1, DUPLICATE, KNOWN), (2, ACCEPTED, "")]
    person, other = await everything(store, Contact)
    assert (person.id, other.e164) == (known, number(2))
    assert (person.name, person.source, person.line_type) == ("Person 1", "before", LineType.MOBILE)
    assert [lead.contact_id for lead in await everything(store, Lead)] == [person.id, other.id]


WHEN = pytest.mark.parametrize("late", [False, True], ids=["before", "meanwhile"])


@WHEN
@pytest.mark.parametrize("scope", Scope)
async def test_who_must_not_be_called_is_no_lead_whatever_it_is_about(
    store: Store, scope: Scope, late: bool
) -> None:
    at = await store.write(target)
    company = await store.write(lambda session: add_company(session, at, name="Acorn", domain=DOMAIN))
    known = await store.write(lambda session: add_contact(session, at, 1, company_id=company.id))
    values = {
        Scope.NUMBER: number(1),
        Scope.CONTACT: known,
        Scope.COMPANY: company.id,
        Scope.DOMAIN: "example.com",
    }
    against = legal.Suppression(scope, values[scope], Reason.COMPLAINT)

    async def suppress(session: AsyncSession) -> None:
        await suppressions.add(session, at.org_id, against)

    if not late:
        await store.write(suppress)
    rows = [row(1, domain=DOMAIN if scope is Scope.DOMAIN else ""), row(2)]
    published = await publish(store, at, rows, meanwhile=suppress if late else None)
    assert published == Published({SUPPRESSED: 1, ACCEPTED: 1}, 1)
    assert (await verdicts(store, at))[0] == (1, SUPPRESSED, not_to_be_called(scope, Reason.COMPLAINT))
    (lead,) = await everything(store, Lead)
    assert lead.contact_id != known


@pytest.mark.parametrize("domain", [DOMAIN, "example.com", f"sales.{DOMAIN}"])
async def test_who_speaks_for_a_domain_meanwhile_speaks_for_what_is_below_it(
    store: Store, domain: str
) -> None:
    at = await store.write(target)

    async def suppress(session: AsyncSession) -> None:
        await suppressions.add(session, at.org_id, legal.Suppression(Scope.DOMAIN, domain, Reason.ASKED))

    published = await publish(store, at, [row(1, "Acorn", DOMAIN.upper()), row(2)], meanwhile=suppress)
    assert published.leads == (2 if domain.startswith("sales") else 1)


@WHEN
async def test_nobody_of_a_company_that_is_not_called_joins(store: Store, late: bool) -> None:
    at = await store.write(target)
    acorn = await store.write(
        lambda session: add_company(session, at, name="Acorn", domain=DOMAIN, dnc=not late)
    )

    async def bar(session: AsyncSession) -> None:
        await session.execute(update(Company).where(Company.id == acorn.id).values(dnc=True))

    rows = [row(1, "Acorn", DOMAIN), row(2, "Birch")]
    assert await publish(store, at, rows, meanwhile=bar) == Published({SUPPRESSED: 1, ACCEPTED: 1}, 1)
    assert (await verdicts(store, at))[0][2] == "Nobody of the company is to be called."
    assert sorted(company.name for company in await everything(store, Company)) == ["Acorn", "Birch"]


@WHEN
@pytest.mark.parametrize("told", ["", "Birch"], ids=["nothing", "another company"])
async def test_who_was_known_to_work_where_nobody_is_called_does_not_join(
    store: Store, told: str, late: bool
) -> None:
    """Whatever a newer list tells of their company."""
    at = await store.write(target)

    async def work_there(session: AsyncSession) -> str:
        acorn = await add_company(session, at, name="Acorn", domain=DOMAIN)
        cedar = await add_company(session, at, name="Cedar")
        await add_contact(session, at, 1, company_id=acorn.id)
        await add_contact(session, at, 2, company_id=cedar.id)
        return cedar.id

    cedar = await store.write(work_there)

    async def bar(session: AsyncSession) -> None:
        await session.execute(update(Company).where(Company.id == cedar).values(dnc=True))
        await suppressions.add(
            session, at.org_id, legal.Suppression(Scope.DOMAIN, "example.com", Reason.ASKED)
        )

    if not late:
        await store.write(bar)
    rows = [row(1, told), row(2, told), row(3, told)]
    published = await publish(store, at, rows, meanwhile=bar if late else None)
    assert published == Published({SUPPRESSED: 2, ACCEPTED: 1}, 1)
    reasons = [reason for _, _, reason in await verdicts(store, at)]
    nobody = "Nobody of the company is to be called."
    assert reasons == [not_to_be_called(Scope.DOMAIN, Reason.ASKED), nobody, ""]


async def test_who_became_a_contact_meanwhile_is_a_duplicate(store: Store) -> None:
    at = await store.write(target)
    custom = {"plan": "gold"}
    consent = GivenConsent(ConsentKind.CALL, Method.WRITTEN, NOON, "May we?", "form 7")
    joining = replace(row(1), consent=consent)
    published = await publish(
        store,
        at,
        [joining, row(2)],
        [row(3)],
        meanwhile=lambda session: add_contact(session, at, 1, line_type=LineType.MOBILE, custom=custom),
    )
    assert published == Published({DUPLICATE: 1, ACCEPTED: 2}, 3)
    assert (await verdicts(store, at))[0] == (1, DUPLICATE, KNOWN)
    found = {person.e164: person for person in await everything(store, Contact)}
    person = found[number(1)]
    assert (person.name, person.source, person.line_type, person.custom) == (
        "Person 1",
        "before",
        LineType.MOBILE,
        custom,
    )
    assert [given.contact_id for given in await everything(store, Consent)] == [person.id]
    assert {lead.contact_id for lead in await everything(store, Lead)} == {each.id for each in found.values()}


async def test_what_was_told_of_a_contact_meanwhile_stays_beside_the_list(store: Store) -> None:
    at = await store.write(target)
    await store.write(lambda session: add_contact(session, at, 1, custom={"plan": "gold"}))
    listed = replace(row(1), contact=NewContact(e164=number(1), source="list.csv", custom={"seats": 3}))
    newer = {"plan": "gold", "since": 2020}
    await publish(store, at, [listed], meanwhile=lambda session: add_contact(session, at, 1, custom=newer))
    (person,) = await everything(store, Contact)
    assert person.custom == {"plan": "gold", "since": 2020, "seats": 3}


async def test_who_was_erased_meanwhile_is_somebody_new(store: Store) -> None:
    at = await store.write(target)
    known = await store.write(lambda session: add_contact(session, at, 1))

    async def erase(session: AsyncSession) -> None:
        await session.execute(update(Contact).where(Contact.id == known).values(e164=None))

    assert await publish(store, at, [row(1)], meanwhile=erase) == Published({ACCEPTED: 1}, 1)
    (_, person) = await everything(store, Contact)
    assert (person.e164, person.source) == (number(1), "list.csv")


@pytest.mark.parametrize(("name", "domain"), [("Acorn", DOMAIN), ("Acorn", None)])
async def test_a_company_that_came_meanwhile_is_not_made_again(
    store: Store, name: str, domain: str | None
) -> None:
    at = await store.write(target)
    company = await publish(
        store,
        at,
        [row(1, name, domain or ""), row(2, "Birch", "birch.example.com")],
        [row(3, name, domain or ""), row(4, "Birch")],
        meanwhile=lambda session: add_company(session, at, name=name, domain=domain),
    )
    assert company == Published({ACCEPTED: 4}, 4)
    companies = {company.id: company.name for company in await everything(store, Company)}
    assert sorted(companies.values()) == ["Acorn", "Birch"]
    employers = {
        person.e164: companies[str(person.company_id)] for person in await everything(store, Contact)
    }
    assert employers == {number(1): "Acorn", number(2): "Birch", number(3): "Acorn", number(4): "Birch"}


async def test_a_company_that_went_meanwhile_is_made_again(store: Store) -> None:
    at = await store.write(target)
    acorn = await store.write(lambda session: add_company(session, at, name="Acorn", domain=DOMAIN))

    async def remove(session: AsyncSession) -> None:
        await session.execute(delete(Company).where(Company.id == acorn.id))

    await publish(store, at, [row(1, "Acorn", DOMAIN)], meanwhile=remove)
    (again,) = await everything(store, Company)
    (person,) = await everything(store, Contact)
    assert (again.domain, person.company_id) == (DOMAIN, again.id)
    assert again.id != acorn.id


async def test_a_lead_that_is_there_stays_as_it_is(store: Store) -> None:
    at = await store.write(target)
    campaign_id = at.campaign_id or ""

    async def blocked(session: AsyncSession) -> None:
        known = await add_contact(session, at, 1)
        await leads.add(session, at.org_id, campaign_id, [known], NOON)
        (lead,) = (await session.scalars(select(Lead))).all()
        assert await leads.move(session, at.org_id, lead.id, LeadState.PENDING, LeadEvent.BLOCKED)

    await store.write(blocked)
    assert await publish(store, at, [row(1, verdict=DUPLICATE)]) == Published({DUPLICATE: 1}, 0)
    async with store.reading() as session:
        assert (await leads.counts(session, at.org_id, campaign_id))[LeadState.SKIPPED] == 1


@pytest.mark.parametrize("campaign", ["", "of another"])
async def test_without_a_campaign_of_its_own_there_are_no_leads(store: Store, campaign: str) -> None:
    at = await store.write(target)

    async def elsewhere(session: AsyncSession) -> str:
        org = await new_org(session, "b")
        other = Campaign(org_id=org, name="Spring", pipeline="outreach")
        session.add(other)
        await session.flush()
        return other.id

    other = await store.write(elsewhere)
    assert await publish(store, replace(at, campaign_id=other if campaign else None), [row(1)]) == Published(
        {ACCEPTED: 1}, 0
    )


async def test_rows_that_add_nothing_are_listed(store: Store) -> None:
    at = await store.write(target)
    rows = [
        StagedRow(2, INVALID, "c" * 150, "r" * 600, ("note",)),
        StagedRow(3, DUPLICATE, reason="Row 1 has the same number.", number=number(1)),
        StagedRow(4, SUPPRESSED, number=number(9)),
    ]
    published = await publish(store, at, [], [row(1)], rows)
    assert published == Published({ACCEPTED: 1, INVALID: 1, DUPLICATE: 1, SUPPRESSED: 1}, 1)
    found = sorted(await everything(store, ImportRow), key=lambda each: each.row)
    (person,) = await everything(store, Contact)
    assert [each.contact_id for each in found] == [person.id, None, person.id, None]
    assert (found[1].column, found[1].reason, found[1].notes) == ("c" * 100, "r" * 500, ["note"])


async def test_a_domain_too_long_for_a_company_is_none(store: Store) -> None:
    at = await store.write(target)
    long = f"{'d' * 300}.example.com"
    assert await publish(store, at, [row(1, "Acorn", long), row(2, "", long)]) == Published({ACCEPTED: 2}, 2)
    assert [(each.name, each.domain) for each in await everything(store, Company)] == [("Acorn", None)]


async def test_while_a_list_is_got_ready_others_write(store: Store) -> None:
    at = await store.write(target)
    async with store.apart() as session:
        publisher = Publisher(session, at)
        await publisher.begin()
        await publisher.add([row(1)])
        # Within the same transaction, as it were: nothing is committed yet.
        await store.write(lambda other: add_contact(other, at, 2))
        await session.rollback()
    assert [person.e164 for person in await everything(store, Contact)] == [number(2)]


async def test_a_list_is_published_again_with_companies_that_came_to_it_late(store: Store) -> None:
    """What the first try learned of them went with it."""
    at = await store.write(target)
    runs: list[int] = []

    async def again(numbers: Collection[int]) -> AsyncIterator[list[StagedRow]]:
        yield [row(1, "Acorn", "acorn.example.com")]

    async with store.apart() as session:
        publisher = Publisher(session, at)
        await publisher.begin()
        await publisher.add([row(1, "Acorn", "acorn.example.com")])
        await session.commit()
        # Whoever is in the list has become a contact, so that their row is looked at again.
        await store.write(lambda other: add_contact(other, at, 1))

        async def work(_: AsyncSession) -> Published:
            published = await publisher.publish(again)
            runs.append(published.leads)
            if len(runs) == 1:
                raise passing(session)
            return published

        assert await store.write_apart(session, work) == Published({DUPLICATE: 1}, 1)
    assert len(runs) == 2
    assert [each.domain for each in await everything(store, Company)] == ["acorn.example.com"]
