"""Finds out whether providers that calls leave alone work again, so that no call has to try it."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import Final
from urllib.parse import urlsplit

import httpx
from loguru import logger
from websockets.asyncio.client import connect

from processors.faults import provider_error
from vantum.core.faults import Fault
from vantum.core.provider_board import Job, ProviderBoard
from vantum.core.provider_specs import SPECS, Probe, Spec

EVERY_SECONDS: Final = 1.0
PROBE_SECONDS: Final = 5.0
CLOSE_SECONDS: Final = 1.0
DEFAULT_PORTS: Final = {"ws": 80, "http": 80, "wss": 443, "https": 443}

Values = Callable[[Spec], Mapping[str, str]]
Ask = Callable[[Spec, Mapping[str, str]], Awaitable[None]]
"""Asks a provider, and raises whatever is wrong with it."""


@asynccontextmanager
async def probing(board: ProviderBoard, values_of: Values) -> AsyncIterator[None]:
    """While the block lasts, providers that rested long enough are probed; ``values_of`` gives their settings."""
    prober = asyncio.create_task(Prober(board, values_of).run(), name="prober")
    try:
        yield
    finally:
        prober.cancel()
        await asyncio.wait((prober,))


class Prober:
    """Probes the providers of ``board``, each by at most one probe at a time."""

    def __init__(self, board: ProviderBoard, values_of: Values, ask: Ask | None = None) -> None:
        self._board = board
        self._values_of = values_of
        self._ask = ask or ask_provider
        self._under_way: set[Job] = set()

    async def run(self) -> None:
        """Go on until cancelled, which ends the probes under way too."""
        async with asyncio.TaskGroup() as probes:
            while True:
                for job in set(self._board.to_probe(time.monotonic())) - self._under_way:
                    self._under_way.add(job)
                    probes.create_task(self._probe(job), name=f"probe-{'-'.join(job)}")
                await asyncio.sleep(EVERY_SECONDS)

    async def _probe(self, job: Job) -> None:
        kind, name = job
        try:
            well = await self._is_well(kind, SPECS[name])
        finally:
            self._under_way.discard(job)
        resting = not self._board.usable(kind, name)
        self._board.probed(job, time.monotonic(), well=well)
        if well and resting:
            logger.info("A provider works again.", job=str(kind), provider=name)

    async def _is_well(self, kind: str, spec: Spec) -> bool:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await self._ask(spec, self._values_of(spec))
        except Exception as error:
            # Whatever a provider's wire brings: a probe that fails is an answer, and never the end of the others.
            problem = provider_error(kind, spec.name, error)
            logger.debug(
                "A provider does not work yet.", job=str(kind), provider=spec.name, fault=problem.fault
            )
            # It took the request for what it is: what is wrong with that does not matter here.
            return problem.fault is Fault.FATAL
        return True


async def ask_provider(spec: Spec, values: Mapping[str, str]) -> None:
    """Ask a provider as its spec says, at no cost; raises whatever is wrong with it."""
    # A server that needs no key is sent the same word as in calls.
    filled = {name: value or "none" for name, value in values.items()}
    probe = (spec.probe or Probe(spec.address(values))).filled(filled)
    scheme = urlsplit(probe.url).scheme
    if not probe.url:
        return
    if spec.probe is None:
        await _reach(probe.url)
    elif scheme in ("ws", "wss"):
        await _open(probe)
    else:
        await _read(probe)


async def _open(probe: Probe) -> None:
    async with connect(
        probe.url,
        additional_headers=dict(probe.headers),
        open_timeout=PROBE_SECONDS,
        close_timeout=CLOSE_SECONDS,
        compression=None,
        ssl=await _tls_for(probe.url),
    ):
        pass


async def _read(probe: Probe) -> None:
    context = await asyncio.to_thread(_tls_context)
    async with httpx.AsyncClient(verify=context, timeout=PROBE_SECONDS) as http:
        (await http.get(probe.url, headers=dict(probe.headers))).raise_for_status()


async def _reach(url: str) -> None:
    parts = urlsplit(url)
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    _, writer = await asyncio.open_connection(parts.hostname, port, ssl=await _tls_for(url))
    writer.close()
    await writer.wait_closed()


async def _tls_for(url: str) -> ssl.SSLContext | None:
    """What checks the provider's certificate; None for an address without TLS."""
    if not url.startswith(("wss:", "https:")):
        return None
    # Reading the root certificates takes longer than a packet of audio lasts.
    return await asyncio.to_thread(_tls_context)


@cache
def _tls_context() -> ssl.SSLContext:
    return ssl.create_default_context()
