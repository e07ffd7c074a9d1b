"""Whose call it is, and by which clock they live."""

from __future__ import annotations

import pytest

from tests.vantum.outreach.test_wishes import a_call
from tests.vantum.store.rows import number
from vantum.outreach.other_end import UTC_NAME, OtherEnd, other_ends, zone_of
from vantum.store.columns import new_id
from vantum.store.engine import Store
from vantum.store.orgs import DEFAULT_ORG_ID

pytestmark = pytest.mark.real_time


async def test_whose_call_it_is(store: Store) -> None:
    scene, name = await a_call(store)
    async with store.writing() as session:
        [end] = await other_ends(session, name, number(0))
        assert (end.org_id, end.number, end.contact_id, end.lead_id) == (
            scene.org,
            number(0),
            scene.contacts[0],
            scene.leads[0],
        )
        assert end.call is not None
        end.call.contact_id = None
        await session.flush()
        [end] = await other_ends(session, name, number(0))
        assert end.contact_id == scene.contacts[0]
        [nobody] = await other_ends(session, new_id(), "")
        assert (nobody.org_id, nobody.contact_id, nobody.lead_id) == (DEFAULT_ORG_ID, None, None)


@pytest.mark.parametrize(
    ("phone", "zone"),
    [
        (number(0), "America/New_York"),
        ("+493012345678", "Europe/Berlin"),
        ("+88300000000", UTC_NAME),
        ("", UTC_NAME),
    ],
)
def test_by_which_clock_somebody_lives(phone: str, zone: str) -> None:
    name, found = zone_of(OtherEnd(DEFAULT_ORG_ID, new_id(), phone))
    assert (name, str(found)) == (zone, zone)
