"""Imports: lists that are sent as files, each row with its verdict; all of a list comes in, or nothing."""

from __future__ import annotations

import asyncio
import csv
import io
import os
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.vantum.rest.kit import NOBODY, House, flaws, problem
from tests.vantum.store.rows import number
from vantum.core.outreach.campaign import CampaignState
from vantum.outreach.importer import try_list
from vantum.rest import imports as rest_imports
from vantum.rest.uploads import FOLDER, OLD_SECONDS, PIECE
from vantum.store import campaigns, pages
from vantum.store.models import Contact, Import
from vantum.store.words import Role

pytestmark = pytest.mark.real_time
LIST = (
    f"name,phone\nBerta,{number(20)}\nCarl,{number(21)}\nNobody,12\nAgain,{number(20)}\nStop,{number(50)}\n"
)
CSV = {"Content-Type": "text/csv"}
COUNTS = {"accepted": 2, "duplicate": 1, "invalid": 1, "suppressed": 1}


async def post(house: House, query: str = "", content: Any = LIST, **more: Any) -> httpx.Response:
    headers = {**CSV, **more.pop("headers", {})}
    return await house.ask("POST", f"/api/imports{query}", content=content, headers=headers, **more)


async def count(house: House, model: type[Contact | Import]) -> int:
    async with house.store.reading() as session:
        return len((await pages.page(session, house.ours.org, model, pages.Cut())).rows)


def left(data: Path) -> list[Path]:
    return list((data / FOLDER).iterdir())


async def test_a_list_comes_in_with_a_verdict_for_each_row(house: House, tmp_path: Path) -> None:
    ids = house.ours.ids
    answer = await post(
        house, f"?campaignId={ids['campaign_id']}&filename=fair.csv&source=fair", role=Role.MANAGER
    )
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["location"] == f"/api/imports/{made['id']}"
    assert made == made | COUNTS | {
        "state": "finished",
        "rows": 5,
        "leads": 2,
        "filename": "fair.csv",
        "error": "",
    }
    assert made["findings"]["counts"] == COUNTS
    [why] = made["findings"]["reasons"]["invalid"]
    assert (why["count"], why["examples"]) == (1, ["row 4: '12'"])
    told = (await house.ask("GET", f"/api/imports/{made['id']}", role=Role.VIEWER)).json()
    assert told == {name: value for name, value in made.items() if name not in ("leads", "findings")}
    leads = (await house.ask("GET", f"/api/leads?campaignId={ids['campaign_id']}")).json()["items"]
    assert len(leads) == 3
    people = (await house.ask("GET", "/api/contacts?source=fair")).json()["items"]
    assert {person["e164"] for person in people} == {number(20), number(21)}
    assert await house.deeds(made["id"]) == [("import.create", {"leads": 2})]
    assert left(tmp_path) == []


async def test_what_became_of_each_row_is_told_as_csv(house: House) -> None:
    made = (await post(house)).json()
    path = f"/api/imports/{made['id']}/verdicts"
    answer = await house.ask("GET", path, role=Role.VIEWER)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["verdict"] for row in rows] == ["accepted", "accepted", "invalid", "duplicate", "suppressed"]
    assert [row["row"] for row in rows] == ["2", "3", "4", "5", "6"]
    assert (await house.deeds(made["id"]))[-1] == ("import.verdicts", {})
    only = await house.ask("GET", f"{path}?verdict=invalid")
    assert only.text.count("\r\n") == 2
    ours = await house.ask("GET", f"/api/imports/{house.ours.ids['import_id']}/verdicts?verdict=invalid")
    assert "'=It says 'ours'." in ours.text


async def test_the_same_file_is_told_so_unless_it_is_wanted_again(house: House) -> None:
    first = (await post(house)).json()
    again = await post(house)
    assert again.status_code == 200
    assert again.json() == first | {"leads": 0, "findings": None}
    assert "location" not in again.headers
    wanted = await post(house, "?repeat=import")
    assert (wanted.status_code, wanted.json()["duplicate"]) == (201, 3)
    assert await count(house, Import) == 3


async def test_a_trial_changes_nothing_and_says_the_same(house: House, tmp_path: Path) -> None:
    tried = await post(house, ":try?country=US")
    assert (tried.status_code, await count(house, Contact), await count(house, Import)) == (200, 1, 1)
    assert tried.json() == (await post(house, "?country=US")).json()["findings"]
    assert left(tmp_path) == []


async def test_a_list_is_imported_once_with_one_key(house: House) -> None:
    key = {"Idempotency-Key": "list-1"}
    first = await post(house, headers=key)
    again = await post(house, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    for other in (
        await post(house, content=LIST + "x", headers=key),
        await post(house, "?country=DE", headers=key),
        await post(house, ":try", headers=key),
    ):
        assert problem(other, 422)["type"].endswith("key-reused")


async def test_columns_are_what_they_are_said_to_be(house: House) -> None:
    content = f"wer,wohin,budget\nBerta,{number(20)},12\n"
    answer = await post(house, "?map=name%3Dwer%2Cphone%3Dwohin%2Ccustom.money%3Dbudget", content)
    assert answer.json()["accepted"] == 1
    [person] = (await house.ask("GET", "/api/contacts?source=list")).json()["items"]
    assert (person["name"], person["custom"]) == ("Berta", {"money": "12"})


@pytest.mark.parametrize(
    ("query", "content", "pointer"),
    [
        ("", "", "#"),
        ("", "name,city\nBerta,Berlin\n", "#"),
        ("", b"%PDF-1.7", "#"),
        ("", b"PK\x03\x04" + b"\x00" * 100, "#"),
        ("", b"\x00" * 1_000, "#"),
        ("?map=phone%3Dnothing", LIST, "#"),
        ("?map=phone", LIST, "#/map"),
        ("?country=USA", LIST, "#/country"),
        ("?campaignId=x", LIST, "#/campaignId"),
        (f"?campaignId={NOBODY}", LIST, "#/campaignId"),
        ("?campaignId={theirs}", LIST, "#/campaignId"),
        ("?filename=%00", LIST, "#/filename"),
        ("?repeat=always", LIST, "#/repeat"),
    ],
)
async def test_what_is_no_list_is_refused_and_leaves_nothing(
    house: House, tmp_path: Path, query: str, content: str | bytes, pointer: str
) -> None:
    for what in ("", ":try"):
        answer = await post(house, what + query.format(theirs=house.theirs.ids["campaign_id"]), content)
        assert list(flaws(answer)) == [pointer]
    assert await count(house, Contact) == 1
    assert not (tmp_path / FOLDER).exists() or left(tmp_path) == []


async def test_a_form_is_no_file(house: House) -> None:
    answer = await house.ask("POST", "/api/imports", files={"file": ("list.csv", LIST)})
    assert list(flaws(answer)) == ["#/content-type"]
    assert answer.json()["errors"][0]["location"] == "header"


async def test_nothing_joins_what_is_put_away(house: House) -> None:
    campaign_id = house.ours.ids["campaign_id"]
    async with house.store.writing() as session:
        row = await campaigns.get(session, house.ours.org, campaign_id)
        assert row is not None
        row.state = CampaignState.ARCHIVED
    problem(await post(house, f"?campaignId={campaign_id}"), 409)


async def test_large_files_are_taken_in_pieces(house: House) -> None:
    rows = "".join(f"Person {index},+1212{2_000_000 + index},{'x' * 30_000}\n" for index in range(110))
    content = f"name,phone,notes\n{rows}".encode()
    assert len(content) > 3 * PIECE

    async def pieces(size: int = 70_000) -> object:
        for start in range(0, len(content), size):
            yield content[start : start + size]

    answer = await post(house, content=pieces())
    assert answer.status_code == 201, answer.text
    assert (answer.json()["bytes"], answer.json()["accepted"]) == (len(content), 110)


async def test_what_a_dead_process_left_is_removed(house: House, tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    old, new = folder / "old.part", folder / "new.part"
    for path in (old, new):
        path.write_text("x")
    long_ago = time.time() - OLD_SECONDS - 1
    os.utime(old, (long_ago, long_ago))
    await post(house)
    assert left(tmp_path) == [new]


async def test_files_are_their_owners_alone(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []

    async def looked(*_: object) -> None:
        modes.extend(path.stat().st_mode & 0o777 for path in (tmp_path / FOLDER, *left(tmp_path)))
        raise ValueError("enough was seen")

    monkeypatch.setattr(rest_imports, "try_list", looked)
    problem(await post(house, ":try"), 500)
    assert modes == [0o700, 0o600]
    assert left(tmp_path) == []


async def test_only_so_many_are_read_at_a_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    going, held = asyncio.Event(), asyncio.Event()

    async def slow(*asked: Any) -> object:
        held.set()
        await going.wait()
        return await try_list(*asked)

    monkeypatch.setattr(rest_imports, "try_list", slow)
    monkeypatch.setattr(house.app.state.reading, "_most", 1)
    first = asyncio.create_task(post(house, ":try"))
    await held.wait()
    refused = await post(house)
    assert problem(refused, 429)["detail"].startswith("1 lists are read already")
    assert refused.headers["retry-after"] == "30"
    going.set()
    assert (await first).status_code == 200
    assert (await post(house)).status_code == 201


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 1),
        ("state=finished", 1),
        ("state=running", 0),
        ("campaignId={campaign_id}", 1),
        (f"campaignId={NOBODY}", 0),
    ],
)
async def test_they_are_found(house: House, query: str, found: int) -> None:
    answer = await house.ask("GET", f"/api/imports?{query.format(**house.ours.ids)}")
    assert len(answer.json()["items"]) == found


async def test_a_viewer_sends_nothing(house: House) -> None:
    for what in ("", ":try"):
        problem(await post(house, what, role=Role.VIEWER), 403)
