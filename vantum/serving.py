"""A server with everything that it needs, opened in order and closed in the reverse order."""

from __future__ import annotations

import gc
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace

from fastapi import FastAPI
from loguru import logger

from vantum.aftercare import open_aftercare
from vantum.calls import Calls, Observer
from vantum.check import chain_of
from vantum.core.errors import SettingsError
from vantum.dialing.inside import dialing_inside
from vantum.exposure import warnings_of
from vantum.heap import c_library_heap, reserved
from vantum.listener import Listener, address, listening_socket
from vantum.loader import Pipeline
from vantum.loop_lag import watched_loop
from vantum.outreach.upkeep import upkeep
from vantum.phone.phone import Phone, open_phone
from vantum.phone.pipelines import Pipelines
from vantum.probes import probing
from vantum.retention import Keep
from vantum.role import ALONE, Role
from vantum.server import build_app
from vantum.services import Services, open_services
from vantum.settings import Settings
from vantum.store.address import database
from vantum.store.engine import open_store
from vantum.tidying import tidying
from vantum.webhooks.addresses import reach_of
from vantum.webhooks.opening import open_sender


@dataclass(frozen=True, slots=True)
class Works:
    """What serves calls: ``chain`` tells the processors of one, and ``app`` answers."""

    chain: str
    calls: Calls
    services: Services
    phone: Phone | None
    app: FastAPI


@contextmanager
def settled(calls: Calls, reserve_mb: int) -> Iterator[None]:
    """While the block lasts everything is made that calls need, and only calls are served."""
    # What lives now lives as long as the process: a collector that passes it by never stops a call.
    gc.collect()
    gc.freeze()
    # Only from here on: what opening takes holds up no call.
    with reserved(c_library_heap(), reserve_mb, lambda: not calls.live), watched_loop(calls.admission):
        yield


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that listens; ``serve`` answers until a signal or until ``listener.should_exit`` is set."""

    url: str
    chain: str
    calls: Calls
    services: Services
    phone: Phone | None
    listener: Listener
    listening: socket.socket
    reserve_mb: int

    async def serve(self, on_ready: Callable[[], None]) -> None:
        """Serve calls; ``on_ready`` is called once connections are accepted."""

        with ExitStack() as watching:

            def ready() -> None:
                watching.enter_context(settled(self.calls, self.reserve_mb))
                on_ready()

            await self.listener.serve_calls(self.listening, ready)


@asynccontextmanager
async def opened(pipeline: Pipeline, settings: Settings) -> AsyncIterator[Serving]:
    """A server of ``pipeline``; raises UsageError for what the person who runs it can fix."""
    async with AsyncExitStack() as closing:
        listening = closing.enter_context(listening_socket(settings.host, settings.port))
        works = await open_works(pipeline, settings, closing, replace(ALONE, url=address(listening)))
        listener = Listener(works.app, works.calls, settings)
        for warning in warnings_of(settings):
            logger.warning(warning)
        yield Serving(
            address(listening),
            works.chain,
            works.calls,
            works.services,
            works.phone,
            listener,
            listening,
            settings.memory_reserve_mb,
        )


async def open_works(
    pipeline: Pipeline, settings: Settings, closing: AsyncExitStack, role: Role = ALONE
) -> Works:
    """All that serves calls but the listening; ``closing`` closes it again. Raises UsageError, as ``opened``."""
    services = await open_services(settings, closing)
    chain = chain_of(pipeline, services)
    store = await closing.enter_async_context(open_store(database(settings.database_url, settings.data)))
    calls = Calls(pipeline, services, _observers(settings.otlp_endpoint, closing), role.stamp)
    await open_aftercare(store, calls, services, closing, role)
    pipelines = Pipelines(pipeline)
    phone = await open_phone(calls, services, pipelines, closing, role)
    if role.tidies:
        keep = Keep(settings.keep_days, settings.keep_days_audio)
        await closing.enter_async_context(upkeep(store, settings.data, keep))
        reach = reach_of(settings.webhook_allow_private)
        await closing.enter_async_context(open_sender(store, reach))
        await closing.enter_async_context(tidying(settings, services.writer.is_open, phone))
    await closing.enter_async_context(probing(services.board, settings.values_of))
    if role.tidies:
        await closing.enter_async_context(dialing_inside(settings, store, phone, services.writer.is_open))
    app = build_app(calls, services, phone, pipelines, role.whole, store)
    return Works(chain, calls, services, phone, app)


def _observers(otlp_endpoint: str | None, closing: AsyncExitStack) -> Sequence[Observer]:
    """Who watches all calls beside the metrics; raises SettingsError when what tracing needs is not installed."""
    if otlp_endpoint is None:
        return ()
    try:
        # Only here: the library is an extra, and is a burden to those who send no traces.
        from vantum.tracing import opened_tracing  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"VANTUM_OTLP_ENDPOINT is set, but {error.name} is not installed.",
            "Install the extra: pip install 'vantum[otel]'.",
        ) from error
    return (closing.enter_context(opened_tracing(otlp_endpoint)),)
