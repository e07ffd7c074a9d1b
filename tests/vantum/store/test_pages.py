"""Pages: together they are the list, whatever their size, and none begins with what another has."""

from __future__ import annotations

import pytest

from tests.vantum.store.rows import new_scene, people
from vantum.store import contacts
from vantum.store.engine import Store
from vantum.store.models import Contact
from vantum.store.pages import LARGEST_SIZE, Cut, Order, page

pytestmark = pytest.mark.real_time


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize(("size", "pages"), [(1, 7), (3, 3), (6, 2), (7, 1), (500, 1)])
async def test_all_pages_are_the_whole(store: Store, order: Order, size: int, pages: int) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 7)
        await new_scene(session, "b", 2)
        found: list[str] = []
        after: str | None = None
        for _ in range(pages):
            part = await page(session, scene.org, Contact, Cut(size, after, order))
            found += [row.id for row in part.rows]
            after = part.after
            assert (after is None) is (len(found) == 7)
    assert found == sorted(scene.contacts, reverse=order is Order.NEWEST_FIRST)


async def test_only_what_is_asked_for(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 5)
        found = await page(session, scene.org, Contact, Cut(2), Contact.name.in_(["Person 1", "Person 3"]))
        assert [row.name for row in found.rows] == ["Person 3", "Person 1"]
        assert found.after is None


async def test_what_comes_meanwhile_moves_nothing(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 4)
        first = await page(session, scene.org, Contact, Cut(2))
        await contacts.upsert(session, scene.org, people(6))
        second = await page(session, scene.org, Contact, Cut(2, first.after))
        assert [row.name for row in (*first.rows, *second.rows)] == [f"Person {i}" for i in (3, 2, 1, 0)]


@pytest.mark.parametrize("size", [0, -1, LARGEST_SIZE + 1])
def test_a_page_has_a_bound(size: int) -> None:
    with pytest.raises(ValueError, match="A page has 1 to 500 rows"):
        Cut(size)
