"""Contacts: a list is added whole, and a second one tells what is new without taking anything away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.vantum.store.rows import NOON, new_org, number, people
from vantum.core.legal.case import LineType, ZoneSource
from vantum.store import contacts
from vantum.store.contacts import LONGEST, NewContact
from vantum.store.engine import Store
from vantum.store.models import Company
from vantum.store.words import ContactState

pytestmark = pytest.mark.real_time
ANNA = NewContact(
    e164=number(0),
    source="fair.csv",
    source_detail="row 7",
    source_at=NOON,
    raw_phone="(212) 555-0100",
    line_type=LineType.LANDLINE,
    country="US",
    region="NY",
    timezone="America/New_York",
    timezone_source=ZoneSource.POSTAL_CODE,
    other_zones=("America/Detroit",),
    name="Anna",
    custom={"size": 40, "tags": ["a", "b"]},
)


async def test_what_is_added_is_found(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        ids = await contacts.upsert(session, org, [ANNA, *people(3)[1:]])
        assert list(ids) == [number(0), number(1), number(2)]
        found = await contacts.by_e164(session, org, [number(0), number(2), number(9)])
        assert {key: row.id for key, row in found.items()} == {
            key: ids[key] for key in (number(0), number(2))
        }
        assert await contacts.ids_by_e164(session, org, [number(1), number(9)]) == {number(1): ids[number(1)]}
        anna = await contacts.get(session, org, ids[number(0)])
    assert anna is not None
    assert (anna.name, anna.custom, anna.state) == ("Anna", ANNA.custom, ContactState.ACTIVE)
    assert (anna.source, anna.source_detail, anna.source_at) == ("fair.csv", "row 7", NOON)
    assert (anna.line_type, anna.timezone_source, anna.other_zones) == (
        LineType.LANDLINE,
        ZoneSource.POSTAL_CODE,
        ["America/Detroit"],
    )


async def test_many_are_added_in_pieces(store: Store) -> None:
    many = [NewContact(e164=f"+1212{2000000 + index}", source="x") for index in range(2_345)]
    async with store.writing() as session:
        org = await new_org(session, "a")
        ids = await contacts.upsert(session, org, many)
        assert len(set(ids.values())) == len(many)
        assert await contacts.ids_by_e164(session, org, [each.e164 for each in many]) == ids
        assert len(await contacts.by_e164(session, org, [each.e164 for each in many])) == len(many)
        assert await contacts.upsert(session, org, []) == {}


NOTHING_NEW = NewContact(e164=number(0), source="other.csv")


@pytest.mark.parametrize(
    ("new", "changed"),
    [
        (NOTHING_NEW, {}),
        (replace(NOTHING_NEW, name="Anna B."), {"name": "Anna B."}),
        (replace(NOTHING_NEW, line_type=LineType.MOBILE), {"line_type": LineType.MOBILE}),
        (
            replace(NOTHING_NEW, timezone="America/Chicago", timezone_source=ZoneSource.EXPLICIT),
            {
                "timezone": "America/Chicago",
                "timezone_source": ZoneSource.EXPLICIT,
                "other_zones": [],
            },
        ),
        (replace(NOTHING_NEW, custom={"size": 41}), {"custom": {"size": 41}}),
    ],
)
async def test_a_known_one_is_told_what_is_new(
    store: Store, new: NewContact, changed: dict[str, object]
) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        first = await contacts.upsert(session, org, [ANNA])
        before = contact_of(await contacts.get(session, org, first[number(0)]))
        session.expunge_all()
        assert await contacts.upsert(session, org, [new]) == first
        after = contact_of(await contacts.get(session, org, first[number(0)]))
    assert {key: value for key, value in after.items() if before[key] != value} == changed


def contact_of(row: object) -> dict[str, object]:
    """What is known of somebody, but for when it was changed."""
    assert row is not None
    return {key: value for key, value in vars(row).items() if key not in ("_sa_instance_state", "updated_at")}


async def test_a_company_stays_unless_there_is_another(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        company = Company(org_id=org, name="Acorn", domain="acorn.example.com")
        session.add(company)
        await session.flush()
        ids = await contacts.upsert(session, org, [replace(ANNA, company_id=company.id)])
        await contacts.upsert(session, org, [NOTHING_NEW])
        anna = await contacts.get(session, org, ids[number(0)])
        assert anna is not None
        assert anna.company_id == company.id


async def test_of_two_with_one_number_the_last_counts(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        ids = await contacts.upsert(session, org, [ANNA, replace(ANNA, name="Berta")])
        found = await contacts.get(session, org, ids[number(0)])
    assert found is not None
    assert found.name == "Berta"


async def test_one_number_is_somebody_else_in_another_organisation(store: Store) -> None:
    async with store.writing() as session:
        one, other = await new_org(session, "a"), await new_org(session, "b")
        ids = await contacts.upsert(session, one, [ANNA])
        others = await contacts.upsert(session, other, [replace(ANNA, name="Berta")])
        assert ids != others
        assert await contacts.get(session, other, ids[number(0)]) is None
        mine = await contacts.by_e164(session, one, [number(0)])
        assert mine[number(0)].name == "Anna"


@pytest.mark.parametrize("bad", ["", "12125550100", "+0212", "+1212555010x", "+1234567890123456"])
def test_a_number_is_e164(bad: str) -> None:
    with pytest.raises(ValueError, match=r"A contact's number is E\.164"):
        NewContact(e164=bad, source="x")


@pytest.mark.parametrize("name", LONGEST)
def test_every_text_has_a_bound(name: str) -> None:
    def told(length: int) -> NewContact:
        return replace(ANNA, **{name: "x" * length})  # type: ignore[arg-type]

    assert told(LONGEST[name])
    with pytest.raises(ValueError, match=f"{name} is longer than {LONGEST[name]} characters"):
        told(LONGEST[name] + 1)


def test_when_a_number_was_found_is_a_moment() -> None:
    with pytest.raises(ValueError, match="A moment has a time zone"):
        replace(ANNA, source_at=datetime(2026, 1, 1))  # noqa: DTZ001
