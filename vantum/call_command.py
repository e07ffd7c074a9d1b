"""What ``vantum call NUMBER`` does: call somebody and follow the call to its end.

A server that runs at the address of the settings is asked to place the call; without one, this command serves
until the call is over.
"""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import Coroutine
from pathlib import Path
from typing import Final

import httpx
from rich.console import Console

from vantum.core.call_facts import PhoneCarrier
from vantum.core.errors import NumberError, UsageError
from vantum.follow import Follower
from vantum.loader import SUFFIX, load_pipeline
from vantum.phone.numbers import e164
from vantum.serving import opened
from vantum.settings import Settings
from vantum.terminal import add_common_options, run_command, settings_of
from vantum.welcome import phone_line

DEFAULT_PIPELINE: Final = "pipelines/outreach.py"
VARIABLE: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]{0,63})=(.*)", re.DOTALL)
REST_SECONDS: Final = 15.0


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="vantum call", description="Call a phone number and follow the call."
    )
    parser.add_argument("number", help="whom to call, with the country code: +14155550100")
    parser.add_argument("--pipeline", help=f"what the call goes through ({DEFAULT_PIPELINE})")
    parser.add_argument(
        "--var", action="append", default=[], metavar="KEY=VALUE", help="what the pipeline is to know"
    )
    parser.add_argument("--from", dest="from_number", help="number to call from (TWILIO_FROM)")
    parser.add_argument("--voicemail", help="what to say to an answering machine")
    add_common_options(parser)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command; 0 when somebody answered, 1 when nobody did, 2 for a mistake on the command line."""
    options = arguments().parse_args(argv)
    return run_command(lambda: call(options), debug=options.debug)


def call(options: argparse.Namespace) -> Coroutine[None, None, int]:
    """The work of the command; raises UsageError for what is wrong before anything is done."""
    wanted: dict[str, object] = {"to": _number(options.number), "variables": _variables(options.var)}
    if options.from_number:
        wanted["from"] = _number(options.from_number)
    if options.voicemail is not None:
        wanted["voicemail"] = options.voicemail
    settings = settings_of(options)
    if settings.phone_missing and settings.phone_carrier is not PhoneCarrier.LOCAL:
        raise UsageError(phone_line(settings), "Set them in .env.")
    return _call(settings, options.pipeline, wanted)


async def _call(settings: Settings, pipeline: str | None, wanted: dict[str, object]) -> int:
    console = Console(soft_wrap=True, highlight=False, markup=False)
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    url = f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"
    if await _serves(url):
        if pipeline:
            wanted["pipeline"] = _name(pipeline)
        return await Follower(url, _key(settings), console).follow(wanted)
    target = pipeline or DEFAULT_PIPELINE
    async with opened(load_pipeline(target), settings) as serving:
        ready = asyncio.Event()
        server = asyncio.create_task(serving.serve(ready.set), name="server")
        following = asyncio.create_task(_after(ready, serving.url, settings, console, wanted), name="follow")
        await asyncio.wait((server, following), return_when=asyncio.FIRST_COMPLETED)
        stopped = serving.listener.should_exit
        serving.listener.should_exit = True
        following.cancel()
        # Whatever became of the follower: the server ends its calls before anything is closed under it.
        await asyncio.wait((server, following))
        server.result()
        # A server that a signal stops does not answer the follower any more, which is no mistake of the user.
        if following.cancelled() or (stopped and following.exception() is not None):
            return 1
        return following.result()


async def _after(
    ready: asyncio.Event, url: str, settings: Settings, console: Console, wanted: dict[str, object]
) -> int:
    await ready.wait()
    return await Follower(url.rstrip("/"), _key(settings), console).follow(wanted)


async def _serves(url: str) -> bool:
    """Whether a Vantum answers at ``url``."""
    try:
        async with httpx.AsyncClient(timeout=REST_SECONDS, trust_env=False) as http:
            health = (await http.get(f"{url}/health")).json()
            return isinstance(health, dict) and "phone" in health
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return False


def _name(pipeline: str) -> str:
    """What a server calls a pipeline that is given as a path or as a dotted module."""
    is_path = pipeline.endswith(SUFFIX) or "/" in pipeline or "\\" in pipeline
    return Path(pipeline).stem if is_path else pipeline.rpartition(".")[2]


def _key(settings: Settings) -> str:
    return settings.api_keys[0].get_secret_value() if settings.api_keys else ""


def _number(text: str) -> str:
    try:
        return e164(text)
    except NumberError as error:
        raise UsageError(f"{text[:40]!r} {error.problem}.", error.remedy) from None


def _variables(given: list[str]) -> dict[str, str]:
    found = {}
    for text in given:
        match = VARIABLE.fullmatch(text)
        if match is None:
            raise UsageError(f"--var {text[:40]!r} is not KEY=VALUE.", "Write for instance --var name=Anna.")
        found[match[1]] = match[2]
    return found
