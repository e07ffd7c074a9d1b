"""What all commands share: their options, their log, and how a mistake of the user is told."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

import pytest
import uvloop
from loguru import logger

from vantum.core.errors import PipelineError, SettingsError
from vantum.log import forget_libraries
from vantum.settings import Settings
from vantum.terminal import add_common_options, run_command, settings_of


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Neither the settings nor the log of the project are touched."""
    monkeypatch.chdir(tmp_path)
    for name in [*os.environ]:
        if name.startswith("VANTUM_"):
            monkeypatch.delenv(name)
    yield
    forget_libraries()
    logger.remove()
    logger.add(sys.stderr, level="WARNING")


def settings(*arguments: str) -> Settings:
    parser = argparse.ArgumentParser()
    add_common_options(parser)
    return settings_of(parser.parse_args(arguments))


# --- running --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [0, 1, 2])
def test_the_exit_code_is_that_of_the_work(code: int) -> None:
    async def work() -> int:
        assert isinstance(asyncio.get_running_loop(), uvloop.Loop)
        return code

    assert run_command(work, debug=False) == code


MISTAKE = PipelineError("The pipeline [bold]x[/bold].py does not exist.", "Did you mean y.py?" + " z" * 100)


def at_once() -> Coroutine[None, None, int]:
    raise MISTAKE


async def later() -> int:
    await asyncio.sleep(0)
    raise MISTAKE


@pytest.mark.parametrize("work", [at_once, later])
def test_a_mistake_of_the_user_is_one_line_and_exit_2(
    capsys: pytest.CaptureFixture[str], work: Callable[[], Coroutine[None, None, int]]
) -> None:
    assert run_command(work, debug=False) == 2
    assert capsys.readouterr() == ("", f"vantum: {MISTAKE}\n")


@pytest.mark.parametrize("work", [at_once, later])
def test_debug_shows_where_it_came_from(work: Callable[[], Coroutine[None, None, int]]) -> None:
    with pytest.raises(PipelineError):
        run_command(work, debug=True)


def test_a_fault_of_ours_is_not_taken_for_a_mistake_of_the_user() -> None:
    async def work() -> int:
        raise ValueError("ours")

    with pytest.raises(ValueError, match="ours"):
        run_command(work, debug=False)


def test_an_interrupt_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    async def work() -> int:
        raise KeyboardInterrupt

    assert run_command(work, debug=False) == 0
    assert capsys.readouterr() == ("", "")


# --- settings -------------------------------------------------------------------------------------------


def test_the_command_line_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"HOST": "192.0.2.1", "PORT": "1", "LOG_LEVEL": "ERROR", "MAX_CALLS": "3"}.items():
        monkeypatch.setenv(f"VANTUM_{name}", value)
    given = settings("--host", "::1", "--port", "0", "--log-level", "DEBUG")
    assert (given.host, given.port, given.log_level, given.max_calls) == ("::1", 0, "DEBUG", 3)
    left_out = settings()
    assert (left_out.host, left_out.port, left_out.log_level) == ("192.0.2.1", 1, "ERROR")


@pytest.mark.parametrize(
    ("option", "value"), [("--port", "many"), ("--log-level", "LOUD"), ("--host", "a b")]
)
def test_an_option_that_is_no_setting_is_told_by_the_settings_name(option: str, value: str) -> None:
    name = f"VANTUM_{option.removeprefix('--').replace('-', '_').upper()}"
    with pytest.raises(SettingsError, match=f"{name} is '{value}'"):
        settings(option, value)


def test_options_of_one_command_win_too_and_a_worker_repeats_no_warning(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VANTUM_WORKERS", "2")
    monkeypatch.setenv("VANTUM_PROT", "1")
    parser = argparse.ArgumentParser()
    add_common_options(parser)
    options = parser.parse_args([])
    assert settings_of(options, {"VANTUM_WORKERS": None}, worker=1).workers == 2
    assert settings_of(options, {"VANTUM_WORKERS": "3"}, worker=1).workers == 3
    assert capsys.readouterr().err == ""


def test_names_that_mean_nothing_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VANTUM_PROT", "1")
    settings()
    (line,) = capsys.readouterr().err.splitlines()
    assert "WARNING VANTUM_PROT is no setting and is ignored. Did you mean VANTUM_PORT?" in line


# --- the log --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "told"),
    [
        ("DEBUG", ["ours INFO", "ours DEBUG", "engine WARNING", "engine INFO", "engine DEBUG"]),
        ("INFO", ["ours INFO", "engine WARNING"]),
        ("WARNING", ["engine WARNING"]),
        ("ERROR", []),
    ],
)
def test_the_engines_lines_are_for_those_who_look_for_a_fault(
    capsys: pytest.CaptureFixture[str], level: str, told: list[str]
) -> None:
    settings("--log-level", level)
    engine = logger.patch(lambda record: record.update({"name": "pipecat.pipeline"}))
    logger.info("ours INFO")
    logger.debug("ours DEBUG")
    engine.warning("engine WARNING")
    engine.info("engine INFO")
    engine.debug("engine DEBUG")
    lines = capsys.readouterr().err.splitlines()
    assert [" ".join(line.split()[2:4]) for line in lines] == told


def test_a_traceback_in_the_log_tells_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    settings()
    try:
        name_of("+14155550100")
    except ValueError:
        logger.exception("It failed.", call="one")
    told = capsys.readouterr().err
    assert "ERROR   It failed. {'call': 'one'}" in told
    assert "ValueError: substring not found" in told
    assert "4155550100" not in told.replace('name_of("+14155550100")', "")


def name_of(number: str) -> int:
    return number.index("Anna")
