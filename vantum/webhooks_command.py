"""What ``vantum webhooks listen`` does: receive webhooks, to see what they say and how they are tried again."""

from __future__ import annotations

import argparse
import asyncio
import signal
import socket
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from rich.console import Console

from vantum.core.errors import UsageError
from vantum.listening import address, listening_socket
from vantum.terminal import run_command
from vantum.webhooks.receiver import Manner, Receiver

PORT: Final = 9_000
HOST: Final = "127.0.0.1"
LONGEST_DELAY: Final = 60.0
STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="vantum webhooks", description="Try webhooks out.")
    actions = parser.add_subparsers(dest="action", required=True)
    listen = actions.add_parser("listen", help="receive webhooks, check their signatures and show them")
    listen.add_argument("--port", type=int, default=PORT, help=f"port to listen on, 0 for any ({PORT})")
    listen.add_argument("--host", default=HOST, help=f"address to listen on ({HOST})")
    listen.add_argument(
        "--secret", action="append", required=True, help="the endpoint's secret; twice while it is replaced"
    )
    listen.add_argument("--status", type=int, default=200, help="answer with this status (200)")
    listen.add_argument("--first", type=int, metavar="N", help="only the first N messages get --status")
    listen.add_argument("--delay", type=float, default=0.0, help="seconds before each answer (0)")
    listen.add_argument("--debug", action="store_true", help="show tracebacks of errors")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command until it is told to stop; 2 for a mistake on the command line."""
    options = arguments().parse_args(argv)
    return run_command(lambda: listening(options), debug=options.debug)


def listening(options: argparse.Namespace) -> Coroutine[None, None, int]:
    """The work of the command; raises UsageError for what is wrong before anything is done."""
    if not 200 <= options.status <= 599:
        raise UsageError(f"{options.status} is no status of an answer.", "Choose one from 200 to 599.")
    if not 0 <= options.delay <= LONGEST_DELAY:
        raise UsageError(f"--delay {options.delay:g} is too much.", f"Choose 0 to {LONGEST_DELAY:g} seconds.")
    if not 0 <= options.port <= 65_535:
        raise UsageError(f"{options.port} is no port.", "Choose one from 0 to 65535.")
    manner = Manner(options.status, options.first, options.delay)
    return _listen(options.host, options.port, options.secret, manner)


async def _listen(host: str, port: int, secrets: list[str], manner: Manner) -> int:
    console = Console(soft_wrap=True, highlight=False, markup=False)
    receiver = Receiver(secrets, manner, console.print)
    with listening_socket(host, port) as listening:
        console.print(f"Webhooks are received at {address(listening)}")
        await _serve(receiver, listening)
    return 0


async def _serve(receiver: Receiver, listening: socket.socket) -> None:
    config = uvicorn.Config(
        receiver.app, lifespan="off", access_log=False, log_config=None, timeout_graceful_shutdown=1
    )
    await _Server(config).serve(sockets=[listening])


class _Server(uvicorn.Server):
    """Stops at a signal, and lets the command end by itself."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Until the end, SIGINT and SIGTERM stop this server and nothing else."""
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in STOP_SIGNALS:
                loop.remove_signal_handler(number)
