"""Many rows at once: cut into pieces, added or left, and whatever is in them comes back."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.vantum.store.rows import NOON, new_org, number
from vantum.core.legal.case import LineType
from vantum.store import contacts
from vantum.store.bulk import insert_rows, inserting, pieces
from vantum.store.columns import new_id
from vantum.store.contacts import NewContact
from vantum.store.engine import Store
from vantum.store.models import Campaign


@given(st.lists(st.integers(), max_size=30), st.integers(1, 10))
def test_the_pieces_are_the_whole(items: list[int], size: int) -> None:
    found = [*pieces(items, size)]
    assert [item for piece in found for item in piece] == items
    assert all(len(piece) == size for piece in found[:-1])
    assert all(1 <= len(piece) <= size for piece in found[-1:])


TEXTS = (
    'O\'Brien "x" %s %(name)s :name {} \\ \\u0041 \t\n',
    "Zoë Müller 北京 🎉 \u2028",
    "null",
    "",
)


@pytest.mark.real_time
@pytest.mark.parametrize("text", TEXTS)
async def test_any_text_comes_back_as_it_was(store: Store, text: str) -> None:
    """One database gets them as values and the other as one JSON."""
    custom = {text or "key": [text, None, 1, 1.5, True, {"a": text}]}
    async with store.writing() as session:
        org = await new_org(session, "a")
        contact = NewContact(e164=number(0), source="x", name=text, custom=custom, line_type=LineType.VOIP)
        await contacts.upsert(session, org, [contact])
        (row,) = (await contacts.by_e164(session, org, [number(0)])).values()
        assert (row.name, row.custom, row.line_type) == (text, custom, LineType.VOIP)


@pytest.mark.real_time
async def test_rows_get_defaults_and_moments_stay_moments(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        statement = inserting(session, Campaign).on_conflict_do_nothing()
        row = {"org_id": org, "pipeline": "p", "created_at": NOON, "updated_at": NOON, "end_at": None}
        at = NOON.astimezone(timezone(timedelta(hours=9)))
        rows = [{**row, "id": new_id(), "name": name, "start_at": at} for name in ("x", "y")]
        added = await insert_rows(session, statement, rows, ("name", "start_at"))
        assert sorted(tuple(each) for each in added) == [("x", NOON), ("y", NOON)]
        again = [{**row, "id": new_id(), "name": name, "start_at": at} for name in ("y", "z")]
        assert [tuple(each) for each in await insert_rows(session, statement, again, ("name",))] == [("z",)]
        assert await insert_rows(session, statement, [], ("name",)) == []
        found = (await session.scalars(select(Campaign).where(Campaign.org_id == org))).all()
        assert {(each.max_concurrency, each.start_at, each.end_at) for each in found} == {(5, NOON, None)}
