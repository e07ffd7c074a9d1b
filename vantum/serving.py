"""A server with everything that it needs, opened in order and closed in the reverse order."""

from __future__ import annotations

import gc
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from vantum.calls import Calls
from vantum.check import chain_of
from vantum.listener import Listener, address, listening_socket
from vantum.loader import Pipeline
from vantum.loop_lag import watched_loop
from vantum.phone.phone import Phone, open_phone
from vantum.phone.pipelines import Pipelines
from vantum.server import build_app
from vantum.services import Services, open_services
from vantum.settings import Settings


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that listens; ``serve`` answers until a signal or until ``listener.should_exit`` is set."""

    url: str
    chain: str
    services: Services
    phone: Phone | None
    listener: Listener
    listening: socket.socket

    async def serve(self, on_ready: Callable[[], None]) -> None:
        """Serve calls; ``on_ready`` is called once connections are accepted."""

        def ready() -> None:
            # What lives now lives as long as the process: a collector that passes it by never stops a call.
            gc.collect()
            gc.freeze()
            on_ready()

        await self.listener.serve_calls(self.listening, ready)


@asynccontextmanager
async def opened(pipeline: Pipeline, settings: Settings) -> AsyncIterator[Serving]:
    """A server of ``pipeline``; raises UsageError for what the person who runs it can fix."""
    async with AsyncExitStack() as closing:
        listening = closing.enter_context(listening_socket(settings.host, settings.port))
        services = await open_services(settings, closing)
        chain = chain_of(pipeline, services)
        calls = Calls(pipeline, services)
        closing.enter_context(watched_loop(calls.admission))
        phone = await open_phone(calls, services, Pipelines(pipeline), closing)
        listener = Listener(build_app(calls, services, phone), calls, settings)
        yield Serving(address(listening), chain, services, phone, listener, listening)
