"""What ``vantum doctor`` does: read the settings, examine, and print the report."""

from __future__ import annotations

import argparse
from collections.abc import Coroutine

from rich.console import Console

from vantum.doctor.examination import DEFAULT_PIPELINE, examine
from vantum.doctor.report import show
from vantum.settings import Settings, load_settings
from vantum.terminal import run_command


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="vantum doctor", description="Check all that calls need, with a remedy for each fault."
    )
    parser.add_argument(
        "pipeline", nargs="?", help=f"what calls go through ({DEFAULT_PIPELINE}, if it is there)"
    )
    parser.add_argument("--host", help="address of the server (VANTUM_HOST, 127.0.0.1)")
    parser.add_argument("--port", help="port of the server (VANTUM_PORT, 8080)")
    parser.add_argument("--debug", action="store_true", help="show tracebacks of errors")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command: 0 when nothing is broken, 1 when something is, 2 for settings that cannot be read."""
    options = arguments().parse_args(argv)

    def work() -> Coroutine[None, None, int]:
        given = {"VANTUM_HOST": options.host, "VANTUM_PORT": options.port}
        settings = load_settings(
            overrides={name: value for name, value in given.items() if value is not None}
        )
        return _doctor(settings, options.pipeline)

    return run_command(work, debug=options.debug)


async def _doctor(settings: Settings, pipeline: str | None) -> int:
    findings = await examine(settings, pipeline)
    return show(findings, Console(soft_wrap=True, highlight=False, markup=False))
