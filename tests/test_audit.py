"""The audit of what the project depends on: that it finds what is wrong, and nothing that is not."""

from __future__ import annotations

import importlib.util
import subprocess
from email.message import Message
from importlib.metadata import Distribution
from pathlib import Path
from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement

PATH = Path(__file__).parents[1] / ".ci" / "audit.py"
SPEC = importlib.util.spec_from_file_location("audit", PATH)
assert SPEC is not None
assert SPEC.loader is not None
audit = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(audit)


def package(**told: str) -> Distribution:
    metadata = Message()
    for name, value in told.items():
        metadata[name.replace("_", "-")] = value
    return SimpleNamespace(metadata=metadata)  # type: ignore[return-value]


def test_the_project_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main([]) == 0
    assert capsys.readouterr().out.endswith(" packages, 0 flaws\n")


def test_what_is_shipped_is_all_that_comes_along_and_no_test_tools() -> None:
    shipped = set(audit.shipped("vantum"))
    assert {"pipecat-ai", "fastapi", "starlette", "anyio", "twilio", "opentelemetry-sdk"} <= shipped
    assert not {"pytest", "mypy", "vantum"} & shipped


@pytest.mark.parametrize(
    ("text", "flaws"),
    [
        ("pytest>=1,<100", []),
        ("pytest~=9.0", []),
        ("pytest>=1", ["no newest version"]),
        ("pytest<100", ["no oldest version"]),
        ("pytest", ["no oldest version", "no newest version"]),
        ("pytest>=1,<2", ["is installed, which"]),
        ("nothing-like-it>=1,<2", []),
        ("pytest; sys_platform == 'elsewhere'", []),
    ],
)
def test_versions_have_bounds_that_hold(text: str, flaws: list[str]) -> None:
    found = [*audit.unbounded([Requirement(text)])]
    assert len(found) == len(flaws)
    assert all(flaw in line for flaw, line in zip(flaws, found, strict=True))


@pytest.mark.parametrize(
    ("told", "flawed"),
    [
        ({"License_Expression": "Apache-2.0"}, False),
        ({"License": "MIT"}, False),
        ({"License": "BSD 3-Clause\n\nall of its text"}, False),
        ({"Classifier": "License :: OSI Approved :: MIT License"}, False),
        ({"Classifier": "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"}, True),
        ({"License_Expression": "AGPL-3.0-only"}, True),
        ({"License": "CC-BY-NC-SA 4.0"}, True),
        ({"License_Expression": "LGPL-2.1-or-later"}, False),
        ({"Classifier": "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)"}, False),
        ({"License_File": "LICENSE"}, False),
        ({}, True),
    ],
)
def test_licences_are_known_and_ask_for_nothing(told: dict[str, str], flawed: bool) -> None:
    assert bool([*audit.unlicensed({"some": package(**told)})]) is flawed


def ran(monkeypatch: pytest.MonkeyPatch, returncode: int, stdout: str = "", stderr: str = "") -> None:
    """Every command that is run comes out like this."""
    result = SimpleNamespace(returncode=returncode, stdout=stdout, stderr=stderr)
    monkeypatch.setattr(audit.subprocess, "run", lambda *_, **__: result)
    monkeypatch.setattr(audit, "_installed", lambda _: package())


def test_packages_that_do_not_fit_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ran(monkeypatch, 1, "a 1 has requirement b<2, but you have b 2.\n")
    assert [*audit.misfits()] == ["a 1 has requirement b<2, but you have b 2."]


@pytest.mark.parametrize(
    ("returncode", "stdout", "stderr", "flaws", "said"),
    [
        (0, "", "No known vulnerabilities found", [], ""),
        (1, "a 1 CVE-1 2", "Found 1 known vulnerability", ["a 1 CVE-1 2"], ""),
        (1, "", "requests.exceptions.ConnectionError: Max retries exceeded", [], "cannot be reached"),
        (1, "", "it broke", ["it broke"], ""),
    ],
)
def test_vulnerabilities_are_told_and_a_service_that_is_away_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    returncode: int,
    stdout: str,
    stderr: str,
    flaws: list[str],
    said: str,
) -> None:
    ran(monkeypatch, returncode, stdout, stderr)
    assert [*audit.vulnerable()] == flaws
    assert said in capsys.readouterr().out


def test_a_service_that_hangs_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def hang(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("pip-audit", 1)

    monkeypatch.setattr(audit.subprocess, "run", hang)
    monkeypatch.setattr(audit, "_installed", lambda _: package())
    assert [*audit.vulnerable()] == []
    assert "does not answer" in capsys.readouterr().out


def test_without_the_tool_nothing_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit, "_installed", lambda _: None)
    assert [*audit.vulnerable()] == []
    assert "not installed" in capsys.readouterr().out


def test_a_flaw_is_told_and_ends_with_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit, "misfits", lambda: ["a does not fit"])
    assert audit.main([]) == 1
    assert capsys.readouterr().err == "audit: a does not fit\n"
