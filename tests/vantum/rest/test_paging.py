"""Pages: their links lead through the whole list, once."""

from __future__ import annotations

import base64

import pytest

from tests.vantum.rest.kit import House, flaws
from vantum.store import companies
from vantum.store.companies import NewCompany

pytestmark = pytest.mark.real_time


async def walked(house: House, path: str) -> list[list[str]]:
    """The names on all pages, by following their links."""
    pages: list[list[str]] = []
    following: str | None = path
    while following is not None:
        answer = (await house.ask("GET", following)).json()
        assert answer.keys() == {"items", "next"}
        pages.append([item["name"] for item in answer["items"]])
        following = answer["next"]
        assert len(pages) < 20
    return pages


async def add(house: House, count: int) -> list[str]:
    """Companies, and their names, the newest first."""
    names = [f"Company {index:02}" for index in range(count)]
    async with house.store.writing() as session:
        for name in names:
            await companies.add(session, house.ours.org, NewCompany(name))
    return [*reversed(names), "ours Inc."]


@pytest.mark.parametrize(("limit", "sizes"), [(1, [1] * 7), (3, [3, 3, 1]), (7, [7]), (200, [7])])
async def test_links_lead_through_the_list(house: House, limit: int, sizes: list[int]) -> None:
    names = await add(house, 6)
    pages = await walked(house, f"/api/companies?limit={limit}")
    assert [len(page) for page in pages] == sizes
    assert [name for page in pages for name in page] == names


async def test_without_a_limit_a_page_has_fifty(house: House) -> None:
    await add(house, 60)
    assert [len(page) for page in await walked(house, "/api/companies")] == [50, 11]


async def test_a_link_keeps_the_filters(house: House) -> None:
    await add(house, 12)
    pages = await walked(house, "/api/companies?name=company+0&limit=4")
    assert [len(page) for page in pages] == [4, 4, 2]
    assert pages[0][0] == "Company 09"


async def test_what_is_added_meanwhile_moves_nothing(house: House) -> None:
    names = await add(house, 4)
    first = (await house.ask("GET", "/api/companies?limit=2")).json()
    await add(house, 3)
    second = (await house.ask("GET", first["next"])).json()
    assert [item["name"] for item in (*first["items"], *second["items"])] == names[:4]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "", "9" * 5_000, "1e2"])
async def test_a_limit_has_bounds(house: House, limit: str) -> None:
    assert list(flaws(await house.ask("GET", f"/api/companies?limit={limit}"))) == ["#/limit"]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%00",
        "%20",
        "%C3%A4",
        "a" * 101,
        base64.urlsafe_b64encode(b"019ad5e0").decode(),
        base64.urlsafe_b64encode(b"\xff" * 36).decode(),
        base64.urlsafe_b64encode(b"019ad5e0-0000-7000-8000-000000000000\n").decode(),
    ],
)
async def test_what_is_no_cursor_is_told_so(house: House, cursor: str) -> None:
    answer = await house.ask("GET", f"/api/companies?cursor={cursor}")
    assert list(flaws(answer)) == ["#/cursor"]
    assert answer.json()["errors"][0]["location"] == "query"
