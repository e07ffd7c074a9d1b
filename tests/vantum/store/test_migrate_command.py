"""`vantum migrate`: up, down after a warning, and what it tells."""

from __future__ import annotations

import pytest
from sqlalchemy import URL, text

from tests.vantum.store.command_kit import Run, runner
from tests.vantum.store.databases import plain
from tests.vantum.store.test_migrate import KNOWN
from vantum.migrate_command import main
from vantum.store.address import shown

DOWN = (
    f"vantum: Going down to 0002 removes what {', '.join(KNOWN[:1:-1])} brought, with all that is in it. "
    "Make a backup, then add --yes."
)


@pytest.fixture
def run(empty_url: URL, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(main, empty_url, monkeypatch, capsys)


def test_a_database_goes_up_and_down(run: Run, empty_url: URL) -> None:
    name = shown(empty_url)
    assert run("status") == (1, [f"{name}: revision base; the newest is {KNOWN[-1]}: `vantum migrate up`"])
    assert run("up") == (0, [f"{name}: revision {KNOWN[-1]}, the newest"])
    assert run("up") == (0, [f"{name}: revision {KNOWN[-1]}, the newest"])
    assert run("status") == (0, [f"{name}: revision {KNOWN[-1]}, the newest"])
    assert run("down", "0002") == (2, [DOWN])
    assert run("status") == (0, [f"{name}: revision {KNOWN[-1]}, the newest"])
    assert run("down", "0002", "--yes") == (
        0,
        [f"{name}: revision 0002; the newest is {KNOWN[-1]}: `vantum migrate up`"],
    )
    assert run("down", "0002") == (
        0,
        [f"{name}: revision 0002; the newest is {KNOWN[-1]}: `vantum migrate up`"],
    )
    assert run("down", "base", "--yes")[0] == 0


def test_a_revision_that_is_none_is_a_mistake(run: Run) -> None:
    told = f"vantum: There is no revision '0099'. Known ones: base, {', '.join(KNOWN)}."
    assert run("down", "0099", "--yes") == (2, [told])


def test_a_newer_database_is_told_and_left_alone(run: Run, empty_url: URL) -> None:
    run("up")
    with plain(empty_url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    name = shown(empty_url)
    assert run("status") == (1, [f"{name}: revision 9999, which this version does not know"])
    for way in (("up",), ("down", "0001", "--yes")):
        code, lines = run(*way)
        assert code == 2
        assert lines[0].startswith(f"vantum: The database {name} has revision 9999, which this version")


def test_a_mistake_in_the_address_tells_no_password(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VANTUM_DATABASE_URL", "mysql://u:s3cret@h/d")
    code, lines = run("status")
    assert code == 2
    assert lines[0].startswith("vantum: VANTUM_DATABASE_URL is not usable. Set it to")
    assert "s3cret" not in lines[0]


def test_an_action_is_needed(run: Run) -> None:
    with pytest.raises(SystemExit):
        run()
