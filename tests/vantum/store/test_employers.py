"""Companies of a list: one for each domain, or for each name without one."""

from __future__ import annotations

import pytest

from tests.vantum.store.rows import new_org
from vantum.store.employers import Employer, Employers, Firm
from vantum.store.engine import Store
from vantum.store.models import Company


@pytest.mark.parametrize(
    ("name", "domain", "expected"),
    [
        ("Acorn", "acorn.example.com", Firm("Acorn", "acorn.example.com")),
        ("", "acorn.example.com", Firm("acorn.example.com", "acorn.example.com")),
        ("Acorn", "", Firm("Acorn", "")),
        ("", "", None),
        ("n" * 300, "d" * 254, Firm("n" * 200, "")),
        ("", "d" * 254, None),
    ],
)
def test_a_firm(name: str, domain: str, expected: Firm | None) -> None:
    assert Firm.of(name, domain) == expected


def test_a_name_that_looks_like_a_domain_is_none() -> None:
    assert Firm("x.example.com", "").key != Firm("x.example.com", "x.example.com").key


@pytest.mark.real_time
async def test_found_or_named_once(store: Store) -> None:
    acorn, birch, cedar = Firm("Acorn", "acorn.example.com"), Firm("Birch", ""), Firm("Cedar", "")
    async with store.writing() as session:
        org, other = await new_org(session, "a"), await new_org(session, "b")
        rows = [
            Company(org_id=org, name="Acorn Inc.", domain="acorn.example.com", dnc=True),
            Company(org_id=org, name="Birch"),
            Company(org_id=org, name="Birch"),
            Company(org_id=other, name="Cedar"),
        ]
        for row in rows:
            session.add(row)
            await session.flush()
        employers = Employers(org)
        found = await employers.find(session, [acorn, birch, cedar])
        assert found == [Employer(rows[0].id, dnc=True), Employer(rows[1].id)]
        assert [employers.of(acorn), employers.of(birch)] == found
        assert employers.of(cedar) is None
        assert employers.of(None) is None
        many = [Firm(f"Firm {n}", "" if n % 2 else f"f{n}.example.com") for n in range(2_500)]
        named = employers.name([acorn, birch, cedar, cedar, *many])
        assert [firm for firm, _ in named] == [cedar, *many]
        assert employers.name([cedar, *many]) == []
        assert await employers.find(session, [acorn, cedar, *many]) == []
        assert [employers.of(firm) for firm, _ in named] == [employer for _, employer in named]
        assert len({employer.id for _, employer in named}) == 2_501


def test_whoever_names_a_new_one_without_its_domain_means_the_same() -> None:
    employers = Employers("org")
    (named,) = employers.name([Firm("Acorn", "acorn.example.com"), Firm("Acorn", "")])
    assert employers.of(Firm("Acorn", "")) == employers.of(Firm("Acorn", "acorn.example.com")) == named[1]


def test_one_that_is_forgotten_is_looked_for_again() -> None:
    employers = Employers("org")
    acorn, birch = Firm("Acorn", "acorn.example.com"), Firm("Birch", "")
    (_, first), (_, second) = employers.name([acorn, birch])
    employers.forget([first.id])
    assert (employers.of(acorn), employers.of(Firm("Acorn", "")), employers.of(birch)) == (None, None, second)
