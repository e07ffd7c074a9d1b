"""What ``python -m vantum.run PIPELINE`` does: serve calls through one pipeline until it is told to stop."""

from __future__ import annotations

import argparse
from collections.abc import Coroutine

from vantum.check import check
from vantum.loader import Pipeline, load_pipeline
from vantum.serving import opened
from vantum.settings import Settings
from vantum.terminal import add_common_options, run_command, settings_of
from vantum.welcome import show_ready


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m vantum.run", description="Serve AI phone calls through one pipeline."
    )
    parser.add_argument(
        "pipeline", help="a path to a .py file, or a dotted module, with a function build(call)"
    )
    add_common_options(parser)
    parser.add_argument(
        "--check", action="store_true", help="build the pipeline once, print its chain and exit"
    )
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    options = arguments().parse_args(argv)

    def work() -> Coroutine[None, None, int]:
        settings = settings_of(options)
        pipeline = load_pipeline(options.pipeline)
        return check(pipeline, settings) if options.check else serve(pipeline, settings)

    return run_command(work, debug=options.debug)


async def serve(pipeline: Pipeline, settings: Settings) -> int:
    """Listen, and serve until SIGINT or SIGTERM; then end the calls in good order and close everything."""
    async with opened(pipeline, settings) as serving:
        await serving.serve(lambda: show_ready(serving.url, serving.chain, serving.services))
    return 0
