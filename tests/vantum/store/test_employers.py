"""Companies of a list: one for each domain, or for each name without one."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.vantum.store.rows import NOON, new_org
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
async def test_found_or_added_once(store: Store) -> None:
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
        employers = Employers(session, org)
        await employers.find([acorn, birch, cedar])
        assert employers.of(acorn) == Employer(rows[0].id, dnc=True)
        assert employers.of(birch) == Employer(rows[1].id, dnc=False)
        assert employers.of(cedar) is None
        assert employers.of(None) is None
        many = [Firm(f"Firm {n}", "" if n % 2 else f"f{n}.example.com") for n in range(2_500)]
        for _ in range(2):
            await employers.add([acorn, birch, cedar, cedar, *many], NOON)
        ids = {(employers.of(firm) or Employer("", dnc=False)).id for firm in (acorn, birch, cedar, *many)}
        assert len(ids - {""}) == 2_503
        fresh = Employers(session, org)
        await fresh.find([cedar, *many])
        assert [fresh.of(firm) for firm in (cedar, *many)] == [employers.of(firm) for firm in (cedar, *many)]
        total = select(func.count()).select_from(Company).where(Company.org_id == org)
        assert await session.scalar(total) == 2_504
