"""What ``vantum simulate SCENARIO.yaml …`` does: play scenarios, say what was met, and draw them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from loguru import logger
from rich.console import Console

from vantum.core.errors import SettingsError, UsageError
from vantum.log import set_up_log
from vantum.redaction import Redaction
from vantum.settings import load_settings
from vantum.simulation.configured_run import play_configured
from vantum.simulation.report import as_json, show, write_picture
from vantum.simulation.scenario import Providers, Scenario
from vantum.simulation.scenario_file import load_scenario
from vantum.simulation.scripted_run import play_scripted
from vantum.simulation.simulated_call import SimulatedCall
from vantum.terminal import USAGE_ERROR

SHIPPED: Final = Path(__file__).with_name("scenarios")
PICTURES: Final = (".svg", ".html")
LEVELS: Final = ("TRACE", "DEBUG", "INFO", "SUCCESS", "WARNING", "ERROR", "CRITICAL")


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="vantum simulate",
        description="Have scripted callers call a pipeline, and check what came of it.",
    )
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO.yaml", help="what happens in a call")
    parser.add_argument(
        "--all", action="store_true", help="play the scenarios that Vantum itself is tested with"
    )
    parser.add_argument(
        "--picture",
        metavar="PATH",
        help="draw the call: an .svg or .html, or a folder for the pictures of several",
    )
    parser.add_argument(
        "--json", action="store_true", help="tell everything as JSON, a line for each scenario"
    )
    parser.add_argument("--log-level", choices=LEVELS, help="log to stderr what the calls log")
    parser.add_argument("--debug", action="store_true", help="show tracebacks of errors")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command: 0 when all was met, 1 when something was not, 2 for a scenario that cannot be played."""
    options = arguments().parse_args(argv)
    _set_up_log(options.log_level)
    try:
        return _simulate(options)
    except UsageError as error:
        if options.debug:
            raise
        Console(stderr=True, soft_wrap=True, highlight=False, markup=False).print(f"vantum: {error}")
        return USAGE_ERROR
    except KeyboardInterrupt:
        return 1


def _simulate(options: argparse.Namespace) -> int:
    paths = [Path(name) for name in options.scenarios]
    if options.all:
        paths += sorted(SHIPPED.glob("*.yaml"))
    if not paths:
        raise UsageError("There is no scenario to play.", "Name a file, or give --all.")
    # All of them are read before the first is played: a mistake in the last one costs no time.
    scenarios = [load_scenario(path) for path in paths]
    pictures = _pictures(options.picture, paths)
    console = Console(soft_wrap=True, highlight=False, markup=False)
    passed = 0
    for scenario, drawing in zip(scenarios, pictures, strict=True):
        played = play(scenario)
        passed += played.passed
        if drawing is not None:
            write_picture(played, drawing)
        _tell(played, drawing, console, as_lines=not options.json)
    if not options.json:
        console.print(f"{passed} of {len(scenarios)} passed")
    return 0 if passed == len(scenarios) else 1


def play(scenario: Scenario) -> SimulatedCall:
    """Play a scenario, on virtual time if its providers are scripted."""
    return play_scripted(scenario) if scenario.providers is Providers.SCRIPTED else play_configured(scenario)


def _tell(played: SimulatedCall, drawing: Path | None, console: Console, *, as_lines: bool) -> None:
    if not as_lines:
        print(json.dumps(as_json(played), ensure_ascii=False))  # noqa: T201 - the command's answer
        return
    show(played, console)
    if drawing is not None:
        console.print(f"  drawn in {drawing}")


def _pictures(asked: str | None, paths: Sequence[Path]) -> list[Path | None]:
    """Where the picture of each scenario goes: a file for one, else a folder of files."""
    if asked is None:
        return [None] * len(paths)
    path = Path(asked)
    if path.suffix not in PICTURES:
        if path.suffix:
            raise UsageError(f"--picture {asked} is no picture.", "Name an .svg, an .html or a folder.")
        return [path / f"{scenario.stem}.svg" for scenario in paths]
    if len(paths) > 1:
        raise UsageError(f"--picture {asked} holds one call.", "Name a folder for those of several.")
    return [path]


def _set_up_log(level: str | None) -> None:
    """Nothing is logged unless it is asked for: what failed stands in the report."""
    logger.remove()
    if level is None:
        return
    try:
        secrets = load_settings().secrets()
    except SettingsError:
        # Scripted callers need no settings, and those who do are told what is wrong with them.
        secrets = ()
    set_up_log(level, Redaction(secrets))
