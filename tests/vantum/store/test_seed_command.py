"""`vantum seed demo`: what it adds, and that it does so once."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import URL

from tests.vantum.store.command_kit import Run, runner
from vantum.seed_command import main, told
from vantum.store.address import shown
from vantum.store.demo import Sown


@pytest.fixture
def run(url: URL, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(main, url, monkeypatch, capsys)


def test_it_says_what_it_did(run: Run, url: URL) -> None:
    code, (line,) = run("demo")
    assert code == 0
    wanted = (
        r"1 organisations, 20 companies, 200 contacts, \d+ consents, 4 suppressions, 2 campaigns, "
        r"400 leads, \d+ calls"
    )
    assert re.fullmatch(rf"{re.escape(shown(url))}: added {wanted}", line)
    assert run("demo") == (0, [f"{shown(url)}: everything is there already"])
    assert run("demo", "--org", "default")[1][0].startswith(f"{shown(url)}: added 20 companies, 200 contacts")


def test_only_what_was_added_is_told() -> None:
    assert (
        told(Sown(0, 0, 0, 0, suppressions=2, campaigns=0, leads=7, calls=0))
        == "added 2 suppressions, 7 leads"
    )
