"""Exports: every row once, in lines that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io

import pytest

from tests.vantum.rest.kit import House, problem
from tests.vantum.store.rows import number
from vantum.rest.exports import CONTACTS, csv_lines
from vantum.store import contacts, pages
from vantum.store.contacts import NewContact
from vantum.store.models import AuditEntry, Contact
from vantum.store.words import Role

pytestmark = pytest.mark.real_time


async def exported(house: House, path: str) -> list[dict[str, str]]:
    answer = await house.ask("GET", path, role=Role.MANAGER)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


async def test_contacts_come_as_they_are(house: House) -> None:
    body = {"phone": "+12125550142", "source": "fair", "custom": {"ü": 1}, "sourceAt": "2026-03-01T12:00:00Z"}
    made = await house.made("/api/contacts", **body, name='Berta "B", Berg')
    first, second = await exported(house, "/api/contacts:export")
    assert first["name"] == "ours person"
    assert second == second | {
        "id": made["id"],
        "phone": "+12125550142",
        "name": 'Berta "B", Berg',
        "custom": '{"ü": 1}',
        "source_at": "2026-03-01T12:00:00+00:00",
        "line_type": "unknown",
        "company_id": "",
    }
    assert [row["id"] for row in await exported(house, "/api/contacts:export?source=fair")] == [made["id"]]


@pytest.mark.parametrize("name", ['=HYPERLINK("x")', "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "\uff1d1+1"])
async def test_no_cell_is_a_formula(house: House, name: str) -> None:
    await house.made("/api/contacts", phone="+12125550142", source="x", name=name)
    assert (await exported(house, "/api/contacts:export"))[1]["name"] == f"'{name}"


async def test_suppressions_come_as_they_are(house: House) -> None:
    await house.made("/api/suppressions", scope="domain", value="acorn.example.com", quote="=1")
    first, second = await exported(house, "/api/suppressions:export")
    assert (first["value"], first["expires_at"]) == (number(50), "")
    assert (second["scope"], second["value"], second["quote"]) == ("domain", "acorn.example.com", "'=1")


async def test_many_come_in_pages(house: House) -> None:
    many = [NewContact(e164=f"+1212{2000000 + index}", source="x") for index in range(pages.LARGEST_SIZE * 2)]
    async with house.store.writing() as session:
        await contacts.upsert(session, house.ours.org, many)
    lines = csv_lines(house.store, house.ours.org, Contact, CONTACTS, [])
    texts = [text async for text in lines]
    assert [text.count("\r\n") for text in texts] == [1, 500, 500, 1]
    phones = [row["phone"] for row in csv.DictReader(io.StringIO("".join(texts), newline=""))]
    assert set(phones) == {house.ours.phone, *(contact.e164 for contact in many)}


async def test_who_has_taken_a_list_is_written_down(house: House) -> None:
    await exported(house, "/api/contacts:export")
    async with house.store.reading() as session:
        noted = await pages.page(session, house.ours.org, AuditEntry, pages.Cut())
    assert [entry.action for entry in noted.rows] == ["contact.export"]


async def test_a_viewer_takes_no_list(house: House) -> None:
    for path in ("/api/contacts:export", "/api/suppressions:export"):
        problem(await house.ask("GET", path, role=Role.VIEWER), 403)
