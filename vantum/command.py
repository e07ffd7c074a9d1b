"""What ``python -m vantum.run PIPELINE`` does: serve calls through one pipeline until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
from contextlib import AsyncExitStack

import uvloop
from loguru import logger
from rich.console import Console

from vantum.calls import Calls
from vantum.check import chain_of, check
from vantum.core.errors import UsageError
from vantum.listener import Listener, address, listening_socket
from vantum.loader import Pipeline, load_pipeline
from vantum.loop_lag import watched_loop
from vantum.phone.phone import open_phone
from vantum.phone.pipelines import Pipelines
from vantum.server import build_app
from vantum.services import open_services
from vantum.settings import Settings, load_settings, unknown_names
from vantum.welcome import show_ready

USAGE_ERROR = 2


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m vantum.run", description="Serve AI phone calls through one pipeline."
    )
    parser.add_argument(
        "pipeline", help="a path to a .py file, or a dotted module, with a function build(call)"
    )
    parser.add_argument("--host", help="address to listen on (VANTUM_HOST, 127.0.0.1)")
    parser.add_argument("--port", help="port to listen on, 0 for any (VANTUM_PORT, 8080)")
    parser.add_argument("--log-level", help="the least that is logged (VANTUM_LOG_LEVEL, INFO)")
    parser.add_argument(
        "--check", action="store_true", help="build the pipeline once, print its chain and exit"
    )
    parser.add_argument("--debug", action="store_true", help="show tracebacks of errors")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit code. Usage errors are one line and exit 2."""
    options = arguments().parse_args(argv)
    try:
        settings = load_settings(overrides=_overrides(options))
        _set_up_logging(settings.log_level)
        for unknown in unknown_names():
            logger.warning(str(unknown))
        pipeline = load_pipeline(options.pipeline)
        serving = check(pipeline, settings) if options.check else serve(pipeline, settings)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serving)
    except UsageError as error:
        if options.debug:
            raise
        Console(stderr=True, soft_wrap=True, highlight=False, markup=False).print(f"vantum: {error}")
        return USAGE_ERROR
    except KeyboardInterrupt:
        return 0
    return 0


async def serve(pipeline: Pipeline, settings: Settings) -> None:
    """Listen, and serve until SIGINT or SIGTERM; then end the calls in good order and close everything."""
    async with AsyncExitStack() as closing:
        listening = closing.enter_context(listening_socket(settings.host, settings.port))
        services = await open_services(settings, closing)
        chain = chain_of(pipeline, services)
        calls = Calls(pipeline, services)
        closing.enter_context(watched_loop(calls.admission))
        phone = await open_phone(calls, services, Pipelines(pipeline), closing)
        listener = Listener(build_app(calls, services, phone), calls, settings)

        def ready() -> None:
            # What lives now lives as long as the process: a collector that passes it by never stops a call.
            gc.collect()
            gc.freeze()
            show_ready(address(listening), chain, services)

        await listener.serve_calls(listening, ready)


def _overrides(options: argparse.Namespace) -> dict[str, str]:
    given = {
        "VANTUM_HOST": options.host,
        "VANTUM_PORT": options.port,
        "VANTUM_LOG_LEVEL": options.log_level,
    }
    return {name: value for name, value in given.items() if value is not None}


def _set_up_logging(level: str) -> None:
    """Log to stderr. The engine's own lines are of use to those who look for a fault: from DEBUG on."""
    logger.remove()
    form = "{time:HH:mm:ss.SSS} {level: <7} {message} {extra}"
    engine = level if level in ("TRACE", "DEBUG") else "WARNING"
    levels: dict[str | None, str | int | bool] = {"": level, "pipecat": engine}
    logger.add(sys.stderr, level=0, filter=levels, format=form, backtrace=False, diagnose=False)
