"""What all commands share: their common options, settings, logging, and how a mistake of the user is told."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Coroutine, Mapping
from types import MappingProxyType
from typing import Final

import uvloop
from loguru import logger
from rich.console import Console

from vantum.core.errors import UsageError
from vantum.log import set_up_log
from vantum.redaction import Redaction
from vantum.settings import Settings, load_settings, unknown_names

USAGE_ERROR = 2
NOTHING: Final[Mapping[str, str | None]] = MappingProxyType({})


def add_common_options(parser: argparse.ArgumentParser) -> None:
    """The options that every command has."""
    parser.add_argument("--host", help="address of the server (VANTUM_HOST, 127.0.0.1)")
    parser.add_argument("--port", help="port of the server, 0 for any (VANTUM_PORT, 8080)")
    parser.add_argument("--log-level", help="the least that is logged (VANTUM_LOG_LEVEL, INFO)")
    parser.add_argument("--debug", action="store_true", help="show tracebacks of errors")


def settings_of(
    options: argparse.Namespace, more: Mapping[str, str | None] = NOTHING, worker: int | None = None
) -> Settings:
    """The settings, with the command line's on top; names that mean nothing are told. Raises SettingsError.

    ``more`` are those of options that only one command has. Of several workers none repeats what the first process
    has told.
    """
    given = {
        "VANTUM_HOST": options.host,
        "VANTUM_PORT": options.port,
        "VANTUM_LOG_LEVEL": options.log_level,
        **more,
    }
    settings = load_settings(overrides={name: value for name, value in given.items() if value is not None})
    set_up_log(settings.log_level, Redaction(settings.secrets()), worker=worker)
    for unknown in unknown_names() if worker is None else ():
        logger.warning(str(unknown))
    return settings


def run_command(work: Callable[[], Coroutine[None, None, int]], *, debug: bool) -> int:
    """Run a command to its end; returns the exit code. A mistake of the user is one line and exit 2."""
    try:
        coroutine = work()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(coroutine)
    except UsageError as error:
        if debug:
            raise
        Console(stderr=True, soft_wrap=True, highlight=False, markup=False).print(f"vantum: {error}")
        return USAGE_ERROR
    except KeyboardInterrupt:
        return 0
