"""The command ``vantum``: which command it runs, what it says of itself, and that nothing else speaks."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from loguru import logger

ROOT = Path(__file__).parents[2]
PROCESS_SECONDS = 60.0
COMMANDS = (
    *("run", "call", "doctor", "simulate", "providers", "retention"),
    *("dial", "migrate", "analyze", "seed", "campaign", "import", "contacts", "webhooks", "decisions"),
)
Main = Callable[[list[str] | None], int]


@pytest.fixture
def vantum() -> Iterator[Main]:
    """The command. To import it silences the log, which is given its voice back after the test."""
    main: Main = import_module("vantum.cli").main
    yield main
    logger.remove()
    logger.add(sys.stderr, level="WARNING")


@pytest.mark.parametrize("asked", [[], ["-h"], ["--help"]])
def test_it_tells_what_it_can_do(vantum: Main, capsys: pytest.CaptureFixture[str], asked: list[str]) -> None:
    assert vantum(asked) == 0
    said = capsys.readouterr()
    assert said.out.startswith("usage: vantum COMMAND ...\n")
    assert [line.split()[0] for line in said.out.splitlines() if line.startswith("  ")] == [*COMMANDS]
    assert said.err == ""


@pytest.mark.parametrize(("had", "has"), [(0, 5), (4, 5), (5, None), (19, None)])
def test_who_dials_gives_way_to_calls_before_it_loads_anything(
    vantum: Main, monkeypatch: pytest.MonkeyPatch, had: int, has: int | None
) -> None:
    done: list[object] = []
    monkeypatch.setattr(os, "getpriority", lambda _which, _process: had)
    monkeypatch.setattr(os, "setpriority", lambda _which, process, niceness: done.append((process, niceness)))

    def load(name: str) -> SimpleNamespace:
        done.append(name)
        return SimpleNamespace(main=lambda _arguments: 0)

    monkeypatch.setattr("vantum.cli.import_module", load)
    assert vantum(["dial"]) == 0
    assert vantum(["run"]) == 0
    lowered = [] if has is None else [(0, has)]
    assert done == [*lowered, "vantum.dial_command", "vantum.command"]


@pytest.mark.parametrize("name", ["cal", "Run", "", "--version"])
def test_an_unknown_command_is_a_mistake_and_the_known_ones_are_told(
    vantum: Main, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert vantum([name, "+14155550100"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"vantum: there is no command {name!r}.\nusage: vantum COMMAND ...\n")
    assert "  call      call a phone number" in said.err


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("run", "--check"),
        ("call", "--voicemail VOICEMAIL"),
        ("doctor", "[pipeline]"),
        ("simulate", "--all"),
        ("retention", "--dry-run"),
    ],
)
def test_each_command_is_there(
    vantum: Main, capsys: pytest.CaptureFixture[str], name: str, option: str
) -> None:
    with pytest.raises(SystemExit) as left:
        vantum([name, "--help"])
    assert left.value.code == 0
    assert option in capsys.readouterr().out


@pytest.mark.parametrize("code", [0, 1, 2])
def test_a_command_gets_its_arguments_and_its_exit_code_is_the_commands(
    vantum: Main, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    asked: list[tuple[str, list[str]]] = []

    def command(module: str) -> SimpleNamespace:
        def main(arguments: list[str]) -> int:
            asked.append((module, arguments))
            return code

        return SimpleNamespace(main=main)

    monkeypatch.setattr("vantum.cli.import_module", command)
    assert vantum(["doctor", "call", "--port", "1"]) == code
    monkeypatch.setattr(sys, "argv", ["vantum", "run", "bot.py"])
    assert vantum(None) == code
    assert asked == [("vantum.doctor", ["call", "--port", "1"]), ("vantum.command", ["bot.py"])]


@pytest.mark.real_time
async def test_the_engine_does_not_greet(tmp_path: Path) -> None:
    """The engine writes to stderr while it is imported, unless it is silenced before."""
    commands = (("vantum.doctor",), ("vantum.cli", "call", "+14155550100"))
    told = "vantum: VANTUM_PORT is 'many'. Set it to a whole number from 0 to 65535.\n"
    said = await asyncio.gather(*(stderr_of(tmp_path, *command, "--port", "many") for command in commands))
    assert said == [(2, told)] * 2


async def stderr_of(folder: Path, *command: str) -> tuple[int | None, str]:
    """Run a module in an environment of its own; its exit code, and what it wrote to stderr."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *command,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PROCESS_SECONDS):
            _, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, errors.decode()
