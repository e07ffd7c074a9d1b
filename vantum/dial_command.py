"""What ``vantum dial`` does: dial for campaigns, in a process of its own, beside any number of others."""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Coroutine

from rich.console import Console
from sqlalchemy import URL

from vantum.core.errors import UsageError
from vantum.dialing.http_placer import HttpPlacer, client
from vantum.dialing.opening import dial
from vantum.dialing.trunks import trunk_of
from vantum.settings import Settings
from vantum.store.address import database, is_sqlite, shown
from vantum.store.engine import open_store
from vantum.terminal import add_common_options, run_command, settings_of
from vantum.webhooks.addresses import reach_of
from vantum.webhooks.opening import open_sender


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="vantum dial",
        description="Dial for the campaigns of a Postgres database. Start as many as you like, on any machine; calls "
        "are placed by the server at --server.",
    )
    parser.add_argument(
        "--server", metavar="URL", help="the Vantum that places the calls (this machine, at VANTUM_PORT)"
    )
    add_common_options(parser)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command: 0 when it was stopped, 1 when others have taken it for dead, 2 for a mistake."""
    options = arguments().parse_args(argv)
    return run_command(lambda: start(settings_of(options), options.server), debug=options.debug)


def start(settings: Settings, server: str | None) -> Coroutine[None, None, int]:
    """The work of the command; raises UsageError for what is wrong before anything is done."""
    url = database(settings.database_url, settings.data)
    if is_sqlite(url):
        raise UsageError(
            "The database is a file, and the server that uses it dials by itself.",
            "Run `vantum run`, or set VANTUM_DATABASE_URL to a Postgres database.",
        )
    return _run(settings, url, server or address_of(settings))


async def _run(settings: Settings, url: URL, server: str) -> int:
    Console(soft_wrap=True, highlight=False, markup=False).print(
        f"Dialing for {shown(url)}, through {server}. Stop with Ctrl-C."
    )
    key = settings.api_keys[0].get_secret_value() if settings.api_keys else ""
    reach = reach_of(settings.webhook_allow_private)
    async with open_store(url) as store, open_sender(store, reach), client(server, key) as http:
        work = asyncio.create_task(dial(store, url, trunk_of(settings), HttpPlacer(http)), name="dialer")
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, work.cancel)
        try:
            await work
        except asyncio.CancelledError:
            return 0
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)
    return 1


def address_of(settings: Settings) -> str:
    """Where the server of these settings answers on this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"
