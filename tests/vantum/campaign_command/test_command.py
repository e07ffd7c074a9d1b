"""`vantum campaign`, as people use it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.vantum.store.command_kit import Run

HOURS = ("--hours", "daily 8:00-21:00")
CALLER = ("--legal-name", "Larkfield Inc.", "--callback-number", "(212) 555-0199", "--country", "us")


def read(run: Run, *arguments: str) -> Any:
    code, lines = run(*arguments, "--json")
    assert code == 0, lines
    return json.loads("\n".join(lines))


@pytest.fixture
def ready(run: Run, tmp_path: Path) -> Run:
    """A campaign that may start."""
    assert run("create", "Autumn", *HOURS)[0] == 0
    assert run("caller", *CALLER)[0] == 0
    assert run("sample", str(tmp_path / "people.csv"))[0] == 0
    assert run("import", "Autumn", str(tmp_path / "people.csv"))[0] == 0
    return run


def test_from_the_first_lead_to_the_start(run: Run, tmp_path: Path) -> None:
    code, lines = run("create", "Autumn", "--hours", "daily 8-21", "--concurrency", "3", "--budget", "20")
    assert code == 0
    assert re.fullmatch(r"Autumn: draft, [0-9a-f-]{36}", lines[0])
    assert lines[1:] == [
        "  calls through pipelines/outreach.py, in en, hours: daily 08:00-21:00",
        "  at most 3 calls at a time, 1 a second; budget 20.00",
    ]
    code, lines = run("start", "Autumn")
    assert code == 1
    assert lines[0].startswith(
        "vantum: 'Autumn' cannot start. The campaign has no leads to call. The organisation has no"
    )
    code, lines = run("preflight", "aut")
    assert code == 1
    assert "Missing: The campaign has no leads to call. (vantum campaign import CAMPAIGN FILE)" in lines
    assert lines[-1] == "It cannot start."
    assert "callbackNumber: +12125550199" in run("caller", *CALLER)[1]

    people = tmp_path / "people.csv"
    assert run("sample", str(people)) == (0, [f"{people}: 13 prospects of the local carrier; nobody is real"])
    code, lines = run("import", "Autumn", str(people), "--dry-run")
    assert (code, lines[0]) == (0, "people.csv: 13 rows, and nothing was changed")
    assert (
        run("import", "Autumn", str(people))[1][0]
        == "people.csv: 13 rows: 13 accepted; 13 new leads in 'Autumn'"
    )
    assert "imported before" in run("import", "Autumn", str(people))[1][0]

    code, lines = run("preflight", "Autumn")
    assert (code, lines[1], lines[-1]) == (0, "         13 can be called now", "It can start.")
    assert any(line.startswith("About 13 calls for about 0.00 USD; over at about ") for line in lines)
    code, lines = run("start", "Autumn")
    assert (code, lines[0]) == (0, "Autumn: running")
    assert lines[2] == "13 can be called now, 0 later, 0 only by a person, 0 not at all."
    assert "  leads over    0 of 13 (0%)" in run("status", "Autumn")[1]


def test_a_campaigns_life(ready: Run) -> None:
    assert ready("start", "Autumn")[0] == 0
    assert ready("pause", "Autumn")[1][0] == "Autumn: paused"
    told = "vantum: The campaign is paused: pause is not possible. What can be done now: resume, stop."
    assert ready("pause", "Autumn") == (2, [told])
    assert ready("resume", "Autumn")[1][0] == "Autumn: running"
    assert ready("change", "Autumn", "--concurrency", "9", "--name", "Late autumn")[0] == 0
    code, lines = ready("change", "Late", "--language", "de")
    assert (code, lines[0].split(".")[0]) == (
        2,
        "vantum: The campaign is running: a change of language is not possible",
    )
    assert ready("stop", "Late")[1][0] == "Late autumn: completed"
    code, lines = ready("status", "Late", "--watch")
    assert (code, lines[0].split(",")[0]) == (0, "Late autumn: completed")
    assert "  leads over    13 of 13 (100%)" in lines
    assert ready("start", "Late")[0] == 1
    assert ready("archive", "Late") == (0, ["Late autumn: archived"])


def test_programs_get_json(ready: Run) -> None:
    (label,) = read(ready, "list")
    assert (label["name"], label["state"], label["pipeline"]) == ("Autumn", "draft", "pipelines/outreach.py")
    outlook = read(ready, "preflight", label["id"])
    assert (outlook["mayStart"], outlook["allowed"], outlook["total"], outlook["missing"]) == (
        True,
        13,
        13,
        [],
    )
    started = read(ready, "start", "Autumn")
    assert (started["id"], started["state"], started["possible"]) == (
        label["id"],
        "running",
        ["pause", "stop"],
    )
    told = read(ready, "status", "Autumn")
    assert (told["leads"]["total"], told["leads"]["pending"], told["attempts"]) == (13, 13, 0)
    assert told["outcomes"]["busy"] == 0
    assert read(ready, "pause", "Autumn")["state"] == "paused"
    changed = read(ready, "change", "Autumn", "--var", "product=Paper", "--start-at", "2030-01-01 09:00")
    assert changed["variables"] == {"product": "Paper"}
    assert changed["startAt"] == "2030-01-01T09:00:00+00:00"
    assert len(changed["windows"]) == 7
    assert read(ready, "caller", "--timezone", "America/New_York")["timezone"] == "America/New_York"
    assert read(ready, "create", "Winter")["state"] == "draft"


def test_the_report_is_written_and_its_path_is_told(ready: Run, tmp_path: Path) -> None:
    code, (path,) = ready("report", "Autumn", "--to", str(tmp_path / "out"))
    assert (code, Path(path)) == (0, tmp_path / "out" / "report.html")
    assert "Autumn" in Path(path).read_text(encoding="utf-8")
    code, (path,) = ready("report", "Autumn")
    assert Path(path).is_file()
    assert Path(path).is_relative_to(tmp_path / "data" / "reports")


def test_lists_are_told_in_columns(run: Run) -> None:
    assert run("list") == (0, ["There is no campaign yet: `vantum campaign create` makes one."])
    for name in ("A", "Long name"):
        assert run("create", name)[0] == 0
    _, lines = run("list")
    assert [line[38:] for line in lines] == [
        "draft      Long name  pipelines/outreach.py",
        "draft      A          pipelines/outreach.py",
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("create", "Autumn"), "There is a campaign 'Autumn' already. Choose another name."),
        (("create", ""), "A campaign has a name of 1 to 200 characters. Nothing was changed."),
        (("create", "B", "--pipeline", "x.py"), "There is no pipeline 'x.py'."),
        (("create", "B", "--concurrency", "0"), "There are 1 to 10000 calls at a time, not 0."),
        (("change", "Autumn", "--priority", "10"), "A priority is 0 to 9"),
        (("change", "Autumn", "--pipeline", "x.py"), "There is no pipeline 'x.py'."),
        (("status", "Winter"), "There is no campaign 'Winter'. There are: 'Autumn'."),
        (("status", "Autumn", "--org", "nobody"), "There is no organisation 'nobody'."),
        (
            ("pause", "Autumn"),
            "The campaign is draft: pause is not possible. What can be done now: schedule, start",
        ),
        (("import", "Autumn", "missing.csv"), "missing.csv cannot be opened"),
        (("caller", "--callback-number", "12"), "'12' is no number: "),
        (("caller", "--legal-name", " "), "A legal name has 1 to 200 characters."),
        (("caller", "--country", "Germany"), "A place is like 'US' and 'FL'"),
        (("caller", "--timezone", "Mars/Olympus"), "There is no time zone 'Mars/Olympus'."),
    ],
)
def test_mistakes_are_told(run: Run, arguments: tuple[str, ...], told: str) -> None:
    assert run("create", "Autumn")[0] == 0
    code, lines = run(*arguments)
    assert code == 2
    assert lines[0].startswith(f"vantum: {told}")
    assert len(lines) == 1
    assert len(read(run, "list")) == 1


@pytest.mark.parametrize(
    "name", ["create", "change", "caller", "list", "sample", "import", "preflight", "start", "status"]
)
def test_every_action_has_help(run: Run, capsys: pytest.CaptureFixture[str], name: str) -> None:
    with pytest.raises(SystemExit) as left:
        run(name, "--help")
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: vantum campaign {name}")
