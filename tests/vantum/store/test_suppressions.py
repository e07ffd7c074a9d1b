"""Suppressions: found by whatever they are about, never shortened, and ended only by who lifts them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests.vantum.store.rows import NOON, new_org, number
from vantum.core.legal import case as legal
from vantum.core.legal.case import Callee, Jurisdiction, Reason, Scope
from vantum.core.legal.suppression import suppression_finding
from vantum.store import suppressions
from vantum.store.engine import Store
from vantum.store.hidden_numbers import hidden
from vantum.store.models import Suppression
from vantum.store.suppressions import Origin, keys_of

pytestmark = pytest.mark.real_time
ASKED = legal.Suppression(Scope.NUMBER, number(0), Reason.ASKED)
LATER, LATEST = NOON + timedelta(days=1), NOON + timedelta(days=2)
CALLEE = Callee(
    number(0), Jurisdiction("US", "NY"), contact_id="k", company_id="c", domain="Shop.Example.com"
)


async def test_those_of_many_that_are_suppressed_are_found(store: Store) -> None:
    many = [(Scope.NUMBER, f"+1212{2000000 + index}") for index in range(2_500)]
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        wanted = [many[0], many[1_700], (Scope.DOMAIN, "example.com")]
        for scope, value in wanted:
            await suppressions.add(session, org, legal.Suppression(scope, value, Reason.MANUAL))
        await suppressions.add(session, other, legal.Suppression(*many[1], Reason.MANUAL))
        keys = [*many, (Scope.DOMAIN, "example.com"), (Scope.COMPANY, many[0][1])]
        found = await suppressions.in_force(session, org, keys, NOON)
        assert found == {key: (legal.Suppression(*key, Reason.MANUAL),) for key in wanted}
        assert await suppressions.in_force(session, org, [], NOON) == {}


@pytest.mark.parametrize(
    ("scope", "value", "holds"),
    [
        (Scope.NUMBER, number(0), True),
        (Scope.NUMBER, number(1), False),
        (Scope.CONTACT, "k", True),
        (Scope.COMPANY, "c", True),
        (Scope.COMPANY, "k", False),
        (Scope.DOMAIN, "shop.example.com", True),
        (Scope.DOMAIN, "EXAMPLE.com", True),
        (Scope.DOMAIN, "com", True),
        (Scope.DOMAIN, "ample.com", False),
        (Scope.DOMAIN, "a.shop.example.com", False),
    ],
)
async def test_all_that_the_legal_gate_would_count_is_found(
    store: Store, scope: Scope, value: str, holds: bool
) -> None:
    suppression = legal.Suppression(scope, value, Reason.COMPLAINT)
    async with store.writing() as session:
        org = await new_org(session, "a")
        await suppressions.add(session, org, suppression)
        found = await suppressions.about(session, org, CALLEE, NOON)
    assert bool(found) is holds
    plan = legal.Plan(
        legal.Purpose.MARKETING, legal.Audience.BUSINESS, "en", CALLEE.at, legal.RecordingWish.WANTED
    )
    asked = legal.Case(CALLEE, plan, NOON, suppressions=(suppression,))
    assert (
        suppression_finding(asked).verdict == suppression_finding(replace(asked, suppressions=found)).verdict
    )


def test_who_has_no_company_is_asked_for_by_number_only() -> None:
    assert [*keys_of(Callee(number(0), Jurisdiction()))] == [(Scope.NUMBER, number(0))]


@pytest.mark.parametrize(
    ("first", "second", "until"),
    [
        (None, LATER, None),
        (LATER, None, None),
        (LATER, LATEST, LATEST),
        (LATEST, LATER, LATEST),
        (LATER, LATER, LATER),
        (None, None, None),
    ],
)
async def test_to_add_it_again_never_shortens_it(
    store: Store, first: datetime | None, second: datetime | None, until: datetime | None
) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        for end in (first, second):
            await suppressions.add(session, org, replace(ASKED, expires_at=end))
        assert await suppressions.about(session, org, CALLEE, NOON) == (replace(ASKED, expires_at=until),)


async def test_the_first_words_stay_and_missing_ones_are_added(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        said = Origin("call-1", "Take me off your list.", 12_340)
        for origin in (suppressions.NO_CALL, said, Origin("call-2", "Stop.", 1)):
            await suppressions.add(session, org, ASKED, origin)
        row = (await session.scalars(select(Suppression).where(Suppression.org_id == org))).one()
        assert Origin(row.source_call_id, row.quote, row.quote_ms) == said


async def test_reasons_stand_beside_each_other(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        listed = replace(ASKED, reason=Reason.NATIONAL_DNC, expires_at=LATER)
        for suppression in (ASKED, listed):
            await suppressions.add(session, org, suppression)
        assert set(await suppressions.about(session, org, CALLEE, NOON)) == {ASKED, listed}
        assert await suppressions.about(session, org, CALLEE, LATER) == (ASKED,)


async def test_it_ends_when_it_is_lifted_and_begins_again_when_it_is_asked_for(store: Store) -> None:
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        await suppressions.add(session, org, ASKED)
        found = (await session.scalars(select(Suppression.id).where(Suppression.org_id == org))).one()
        assert not await suppressions.lift(session, other, found, NOON)
        assert await suppressions.lift(session, org, found, NOON)
        assert not await suppressions.lift(session, org, found, NOON)
        assert await suppressions.about(session, org, CALLEE, NOON) == ()
        before = NOON - timedelta(microseconds=1)
        assert await suppressions.about(session, org, CALLEE, before) == (replace(ASKED, expires_at=NOON),)
        await suppressions.add(session, org, ASKED)
        assert await suppressions.about(session, org, CALLEE, LATEST) == (ASKED,)


async def values(store: Store, org: str) -> set[tuple[str, str, str]]:
    async with store.reading() as session:
        rows = await session.scalars(select(Suppression).where(Suppression.org_id == org))
        return {(row.value, row.reason.value, row.quote) for row in rows}


async def test_a_number_that_is_hidden_is_still_found_and_nowhere_to_be_read(store: Store) -> None:
    complaint = legal.Suppression(Scope.NUMBER, number(0), Reason.COMPLAINT, LATER)
    other = legal.Suppression(Scope.NUMBER, number(1), Reason.ASKED)
    async with store.writing() as session:
        org = await new_org(session, "a")
        for each in (ASKED, complaint, other):
            await suppressions.add(session, org, each, Origin("c", "Never again.", 7))
        assert await suppressions.hide(session, org, [number(0)]) == 2
        assert await suppressions.hide(session, org, [number(0)]) == 2
        assert await suppressions.hide(session, org, [number(2)]) == 0
    code = hidden(org, number(0))
    assert await values(store, org) == {
        (code, "asked", ""),
        (code, "complaint", ""),
        (number(1), "asked", "Never again."),
    }
    async with store.reading() as session:
        key = (Scope.NUMBER, number(0))
        found = await suppressions.in_force(session, org, [key, (Scope.NUMBER, number(3))], NOON)
        assert {*found} == {key}
        assert {*found[key]} == {ASKED, complaint}
        assert await suppressions.about(session, org, CALLEE, LATEST) == (ASKED,)


async def test_what_is_hidden_twice_is_kept_once_for_the_longer_time(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        for until in (LATER, LATEST, NOON):
            await suppressions.add(session, org, replace(ASKED, expires_at=until))
            assert await suppressions.hide(session, org, [number(0)]) == 1
    async with store.reading() as session:
        (row,) = await session.scalars(select(Suppression).where(Suppression.org_id == org))
        assert row.expires_at == LATEST
    async with store.writing() as session:
        await suppressions.add(session, org, ASKED)
        await suppressions.hide(session, org, [number(0)])
        (row,) = await session.scalars(select(Suppression).where(Suppression.org_id == org))
        assert row.expires_at is None
