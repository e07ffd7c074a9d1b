"""`vantum import`: what it says, and what it leaves."""

from __future__ import annotations

import asyncio
import csv
import re
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.vantum.outreach.lists import count, csv_list, phone, rows_of
from tests.vantum.store.command_kit import Run, runner
from vantum.import_command import main
from vantum.store.engine import open_store
from vantum.store.models import Campaign, Contact, Lead
from vantum.store.models.base import Base
from vantum.store.orgs import DEFAULT_ORG_ID


@pytest.fixture
def run(url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command, with a campaign that is there."""

    async def campaign() -> None:
        async with open_store(url) as store, store.writing() as session:
            session.add(Campaign(org_id=DEFAULT_ORG_ID, name="Autumn", pipeline="outreach"))

    asyncio.run(campaign())
    monkeypatch.setenv("VANTUM_DATA", str(tmp_path / "data"))
    return runner(main, url, monkeypatch, capsys)


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A list."""
    rows = (f"{phone(1)};Anna;x@example.com", f"{phone(1)};;", "abc;Bert;", f"{phone(2)};Carl;x")
    return str(csv_list(tmp_path, "Nummer;Wer;E-Mail", *rows))


def counted(url: URL, model: type[Base]) -> int:
    async def look() -> int:
        async with open_store(url) as store:
            return await count(store, model)

    return asyncio.run(look())


REASONS = [
    "  2 accepted",
    "  1 duplicate",
    "    1 An earlier row has the same number. (row 3 (row 2))",
    "  1 invalid",
    "    1 It is not a phone number. (row 4: 'abc')",
    "  0 suppressed",
    "  fields that were left out or are worth a look:",
    "    1 E-Mail: It is no e-mail address, and left out. (row 5: 'x')",
]
MAP = ("--map", "phone=Nummer,name=Wer", "--country", "US")


def test_a_list(run: Run, url: URL, path: str, tmp_path: Path) -> None:
    rows = str(tmp_path / "rows.csv")
    code, lines = run(path, "--campaign", "Autumn", *MAP, "--rows", rows)
    assert (code, lines) == (
        0,
        [
            "list.csv: 4 rows: 2 accepted, 1 duplicate, 1 invalid; 2 new leads in 'Autumn'",
            *REASONS,
            f"{rows}: 4 verdicts",
        ],
    )
    assert (counted(url, Contact), counted(url, Lead)) == (2, 2)
    with Path(rows).open(encoding="utf-8-sig", newline="") as file:
        assert [row[:2] for row in csv.reader(file)][1:] == [
            ["2", "accepted"],
            ["3", "duplicate"],
            ["4", "invalid"],
            ["5", "accepted"],
        ]


def test_a_dry_run_changes_nothing(run: Run, url: URL, path: str, tmp_path: Path) -> None:
    rows = str(tmp_path / "rows.csv")
    code, lines = run(path, *MAP, "--dry-run", "--rows", rows)
    assert (code, lines) == (0, ["list.csv: 4 rows, and nothing was changed", *REASONS])
    assert counted(url, Contact) == 0
    assert len(Path(rows).read_text(encoding="utf-8").splitlines()) == 5
    assert run(path, *MAP, "--dry-run")[0] == 0


def test_the_same_file_again(run: Run, url: URL, path: str, tmp_path: Path) -> None:
    run(path, "--campaign", "Autumn", *MAP)
    code, lines = run(path, "--campaign", "Autumn", *MAP, "--rows", str(tmp_path / "rows.csv"))
    assert code == 0
    when = r"\d{4}-\d\d-\d\d \d\d:\d\d\+00:00"
    assert re.fullmatch(rf"list\.csv: imported before, on {when} \(4 rows\), and nothing was added", lines[0])
    assert lines[1:] == ["To import it again, add --again.", f"{tmp_path / 'rows.csv'}: 4 verdicts"]
    assert (counted(url, Contact), counted(url, Lead)) == (2, 2)
    again = run(path, "--campaign", "Autumn", *MAP, "--again")[1]
    assert again[0] == "list.csv: 4 rows: 3 duplicate, 1 invalid; 0 new leads in 'Autumn'"


def test_contacts_only_with_their_source(run: Run, url: URL, path: str) -> None:
    code, lines = run(path, *MAP, "--source", "Trade fair")
    assert (code, lines[0]) == (0, "list.csv: 4 rows: 2 accepted, 1 duplicate, 1 invalid")

    async def look() -> set[str]:
        async with open_store(url) as store:
            return {row.source for row in await rows_of(store, Contact)}

    assert asyncio.run(look()) == {"Trade fair"}
    assert counted(url, Lead) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--campaign", "Winter"), "There is no campaign 'Winter'. "),
        (("--org", "x"), "There is no organisation 'x'."),
        (("--map", "phone"), "'phone' is no pair of a field and a column."),
        (("--map", "phone=Tel"), "There is no column 'Tel'."),
        (("--country", "Atlantis"), "'Atlantis' is no country."),
        (("--rows", "{path}"), "{path} is there already."),
        (("--dry-run", "--rows", "{path}"), "{path} is there already."),
    ],
)
def test_mistakes(run: Run, url: URL, path: str, arguments: tuple[str, ...], words: str) -> None:
    code, lines = run(path, *(each.format(path=path) for each in arguments))
    assert code == 2
    assert lines[-1].startswith(f"vantum: {words.format(path=path)}")
    assert counted(url, Contact) == 0
