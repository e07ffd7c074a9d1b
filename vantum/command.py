"""What ``python -m vantum.run PIPELINE`` does: serve calls through one pipeline until it is told to stop."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Coroutine, Sequence

from vantum.settings import Settings
from vantum.terminal import add_common_options, run_command, settings_of
from vantum.welcome import show_ready
from vantum.workers.badge import OPTION, Badge
from vantum.workers.front import run_front


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m vantum.run", description="Serve AI phone calls through one pipeline."
    )
    parser.add_argument(
        "pipeline", help="a path to a .py file, or a dotted module, with a function build(call)"
    )
    add_common_options(parser)
    parser.add_argument("--workers", help="processes that share the calls (VANTUM_WORKERS, 1)")
    parser.add_argument(
        "--check", action="store_true", help="build the pipeline once, print its chain and exit"
    )
    # What the first of several processes tells the others: nobody else has a use for it.
    parser.add_argument(OPTION, type=Badge.read, help=argparse.SUPPRESS)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    given = sys.argv[1:] if argv is None else argv
    options = arguments().parse_args(given)

    def work() -> Coroutine[None, None, int]:
        badge: Badge | None = options.worker
        workers = {"VANTUM_WORKERS": options.workers}
        settings = settings_of(options, workers, None if badge is None else badge.slot)
        if settings.workers > 1 and badge is None and not options.check:
            return _front(given, settings)
        return _process(options, settings)

    return run_command(work, debug=options.debug)


def _front(given: Sequence[str], settings: Settings) -> Coroutine[None, None, int]:
    """Have other processes serve calls."""

    def welcome(url: str, chain: str, pids: Sequence[int]) -> None:
        show_ready(url, chain, settings, pids)

    return run_front(given, settings, welcome)


def _process(options: argparse.Namespace, settings: Settings) -> Coroutine[None, None, int]:
    """Serve calls here, or tell what would."""
    # Only here: the process that starts the others needs nothing of what calls do, and is small without it.
    from vantum.process import checking, serving  # noqa: PLC0415

    if options.check:
        return checking(options.pipeline, settings)
    return serving(options.pipeline, settings, options.worker)
