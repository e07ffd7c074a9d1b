"""This machine: its settings, data folder, port, models and libraries, and who may use the REST API."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import httpx

from processors.silero import SileroBatch, SileroStream
from processors.silero_model import WINDOW
from vantum.check import chain_of
from vantum.core.choice import LOCAL, Kind
from vantum.core.errors import PortTakenError, UsageError, VantumError
from vantum.doctor.answer import NETWORK_SECONDS, ask
from vantum.doctor.finding import Finding, Mark
from vantum.listener import listening_socket
from vantum.loader import load_pipeline
from vantum.services import open_services
from vantum.settings import Settings, UnknownName

OPENING_SECONDS: Final = 60.0
"""The embedded providers start processes, which takes seconds on a small machine."""
LEAST_FREE_BYTES: Final = 1 << 30
SHORTEST_KEY: Final = 16
INSTALL_LOCAL: Final = "Install it with: pip install 'vantum[local]', or set the provider's key."


def settings_findings(settings: Settings, unknown: Sequence[UnknownName]) -> list[Finding]:
    """The settings were read; names that mean nothing are worth a warning each."""
    count = len(settings.given_names)
    loaded = Finding(Mark.OK, "settings", f"loaded, {count} set")
    return [
        loaded,
        *(Finding(Mark.WARNING, "settings", str(name), "Correct or remove it.") for name in unknown),
    ]


def data_finding(data: Path) -> Finding:
    """Whether the records of calls can be written to ``data``, for its owner only, with room for more."""
    thing, folder = "data folder", data.absolute()
    if not folder.exists():
        parent = next(above for above in folder.parents if above.exists())
        if parent.is_dir() and os.access(parent, os.W_OK | os.X_OK):
            return _with_room(Finding(Mark.OK, thing, f"{data} will be made with the first call"), parent)
        return Finding(
            Mark.BROKEN, thing, f"{data} cannot be made in {parent}", "Set VANTUM_DATA to another folder."
        )
    try:
        with tempfile.TemporaryFile(dir=folder):
            open_to_others = folder.stat().st_mode & 0o077
    except OSError as error:
        found = f"{data} cannot be written to ({type(error).__name__})"
        return Finding(
            Mark.BROKEN, thing, found, "Give this user the folder, or set VANTUM_DATA to another one."
        )
    if open_to_others:
        return Finding(Mark.WARNING, thing, f"{data} is open to other users", f"Run: chmod 700 {data}")
    return _with_room(Finding(Mark.OK, thing, f"{data} is writable and private"), folder)


def _with_room(good: Finding, folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    if free > LEAST_FREE_BYTES:
        return Finding(good.mark, good.thing, f"{good.found}, {free / LEAST_FREE_BYTES:.0f} GiB free")
    return Finding(
        Mark.WARNING,
        good.thing,
        f"only {free >> 20} MiB are free",
        "Make room: a minute of a call takes 4 MiB.",
    )


async def port_finding(settings: Settings) -> tuple[Finding, bool]:
    """Whether the port can be listened on, and whether a Vantum listens there now."""
    thing, where = "port", f"{settings.host}:{settings.port}"
    try:
        with listening_socket(settings.host, settings.port):
            free = "0: any free one will do" if settings.port == 0 else f"{where} is free"
            return Finding(Mark.OK, thing, free), False
    except UsageError as error:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
        url = f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"
        # A proxy does not know this machine's own ports.
        async with httpx.AsyncClient(timeout=NETWORK_SECONDS, trust_env=False) as http:
            if isinstance(error, PortTakenError) and (await ask(http, "GET", f"{url}/health")).of_vantum:
                return Finding(Mark.OK, thing, f"a Vantum answers at {where}"), True
        return Finding(Mark.BROKEN, thing, error.problem, error.remedy), False


def silero_finding() -> Finding:
    """Whether the voice activity model loads and runs, at the rates of browsers and of telephones."""
    thing, heard = "Silero VAD", list[float]()
    try:
        for rate, window in WINDOW.items():
            stream = SileroStream(SileroBatch(), rate, lambda probability, _: heard.append(probability))
            stream.feed(bytes(2 * window))
            stream.finish()
    except Exception as error:
        # The errors of onnxruntime have no class of their own.
        again = "Install it again: pip install --force-reinstall pipecat-ai onnxruntime"
        return Finding(Mark.BROKEN, thing, f"it does not run ({type(error).__name__})", again)
    return Finding(Mark.OK, thing, f"loads, and runs at {' and '.join(map(str, WINDOW))} Hz")


def embedded_findings(settings: Settings) -> list[Finding]:
    """Whether the libraries of the embedded providers are there, if any is chosen."""
    local = {
        kind
        for kind, choices in settings.choices().items()
        if LOCAL in [choice.provider for choice in choices]
    }
    if not local:
        return []
    # Either half of speech wants both libraries: they come and go together.
    needed = ["pocketsphinx", "espeakng_loader"] if local - {Kind.LLM} else []
    needed += ["rapidfuzz"] if Kind.LLM in local else []
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        lacking = f"not installed: {', '.join(missing)}"
        return [Finding(Mark.BROKEN, "embedded", lacking, INSTALL_LOCAL)]
    jobs = ", ".join(kind.upper() for kind in Kind if kind in local)
    return [Finding(Mark.OK, "embedded", f"does {jobs}; its libraries are installed")]


async def pipeline_finding(settings: Settings, target: str) -> Finding:
    """Whether the pipeline loads, what it needs starts, and its processors can be built."""
    thing = "pipeline"
    try:
        pipeline = load_pipeline(target)
        async with asyncio.timeout(OPENING_SECONDS), AsyncExitStack() as closing:
            chain_of(pipeline, await open_services(settings, closing))
    except UsageError as error:
        return Finding(Mark.BROKEN, thing, error.problem, error.remedy)
    except VantumError as error:
        return Finding(Mark.BROKEN, thing, str(error), f"Try it alone: vantum run {target} --check --debug")
    except TimeoutError:
        slow = f"{target} was not ready within {OPENING_SECONDS:g} seconds"
        return Finding(Mark.BROKEN, thing, slow, f"Try it alone: vantum run {target} --check --debug")
    return Finding(Mark.OK, thing, f"{target} loads and builds")


def api_key_findings(settings: Settings) -> list[Finding]:
    """Whether the REST API is guarded as well as it is reachable."""
    thing, make = "API keys", 'Make one: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
    short = sum(len(key.get_secret_value()) < SHORTEST_KEY for key in settings.api_keys)
    total = len(settings.api_keys)
    if short:
        found = f"{short} of {total} shorter than {SHORTEST_KEY} characters"
        return [Finding(Mark.WARNING, thing, found, make)]
    if total:
        return [Finding(Mark.OK, thing, f"{total} set")]
    if is_loopback(settings.host):
        return [Finding(Mark.OK, thing, "none: only programs on this machine may use the REST API")]
    found = f"none, and the server listens on {settings.host}: others cannot use the REST API"
    return [Finding(Mark.WARNING, thing, found, f"Set VANTUM_API_KEYS. {make}")]


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens on ``host``."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
