"""The command: what it prints and draws, and its exit code."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest
from loguru import logger

from vantum import simulation
from vantum.simulation import command

GOOD = """
about: A question is answered.
answers: [Fine.]
caller:
  - {at: 0.5, says: "How are you?", until: 1.5}
  - {at: 6.0, hangs_up: true}
expect:
  - heard: Fine.
"""
BAD = GOOD.replace("heard: Fine.", "heard: Bad.\n  - answers: 1")


@pytest.fixture(autouse=True)
def _log() -> object:
    """The command silences the log, which is given its voice back after the test."""
    yield None
    logger.remove()
    logger.add(sys.stderr, level="WARNING")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return written(tmp_path / "good.yaml", GOOD)


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    return written(tmp_path / "bad.yaml", BAD)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_all_is_met(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert simulation.main([str(good)]) == 0
    assert capsys.readouterr().out == "good  A question is answered.\n  ✓ heard: 'Fine.'\n1 of 1 passed\n"


def test_something_is_not_met(good: Path, bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert simulation.main([str(bad), str(good)]) == 1
    said = capsys.readouterr().out
    assert "  ✗ heard: 'Bad.'   found 'Fine.'\n" in said
    assert "  ✓ answers: 1   found 1, at 2.2\n" in said
    assert said.endswith("1 of 2 passed\n")


def test_json(good: Path, bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert simulation.main(["--json", str(good), str(bad)]) == 1
    one, other = map(json.loads, capsys.readouterr().out.splitlines())
    assert (one["name"], one["passed"], other["passed"]) == ("good", True, False)
    assert other["expectations"][0] == {"met": False, "wanted": "heard: 'Bad.'", "found": "'Fine.'"}
    assert one["context"] == [["user", "How are you?"], ["assistant", "Fine."]]
    assert one["record"]["events"][0]["event"] == "call_started"


@pytest.mark.parametrize("name", ["out.svg", "deep/out.html"])
def test_a_picture(good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert simulation.main([str(good), "--picture", str(tmp_path / name)]) == 0
    drawn = (tmp_path / name).read_text(encoding="utf-8")
    assert "<svg" in drawn
    assert ("heard: &#x27;Fine.&#x27;" in drawn) is name.endswith(".html")
    assert f"  drawn in {tmp_path / name}\n" in capsys.readouterr().out


def test_pictures_of_several_go_into_a_folder(good: Path, bad: Path, tmp_path: Path) -> None:
    simulation.main([str(good), str(bad), "--picture", str(tmp_path / "pictures")])
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == ["bad.svg", "good.svg"]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "There is no scenario to play. Name a file, or give --all."),
        (["none.yaml"], "none.yaml: the scenario cannot be read"),
        (["GOOD", "--picture", "a.png"], "--picture a.png is no picture."),
        (["GOOD", "GOOD", "--picture", "a.svg"], "--picture a.svg holds one call."),
        (["GOOD", "--picture", "GOOD/a.svg"], "cannot be written"),
        (["WRONG"], "wrong.yaml, line 2: pipelin: unknown key 'pipelin'."),
        (["LOST"], "The pipeline lost.py does not exist."),
    ],
)
def test_mistakes(
    good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], problem: str
) -> None:
    wrong = written(tmp_path / "wrong.yaml", "name: x\npipelin: y\n")
    lost = written(tmp_path / "lost.yaml", f"pipeline: lost.py\n{GOOD}")
    named = {"GOOD": str(good), "WRONG": str(wrong), "LOST": str(lost)}
    asked = [argument.replace("GOOD", str(good)) for argument in (named.get(a, a) for a in arguments)]
    assert simulation.main(asked) == 2
    assert problem in capsys.readouterr().err


def test_nothing_is_played_when_one_file_is_wrong(
    good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulation.main([str(good), str(tmp_path / "none.yaml")]) == 2
    assert capsys.readouterr().out == ""


def test_the_shipped_ones_are_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    written(tmp_path / "one.yaml", GOOD)
    monkeypatch.setattr(command, "SHIPPED", tmp_path)
    assert simulation.main(["--all"]) == 0


@pytest.mark.real_time
async def test_it_works_without_pytest(good: Path) -> None:
    """The kit's plugin is for pytest alone: the command must not need it."""
    blocked = (
        "import sys; sys.modules['pytest'] = None; from vantum.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", blocked, "simulate", str(good), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    assert (process.returncode, out.decode().splitlines()[-1]) == (0, "1 of 1 passed")
