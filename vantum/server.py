"""The ASGI application: the page, the browser's WebSocket, health, and the records of calls."""

from __future__ import annotations

import time
from importlib.metadata import version
from pathlib import Path

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp

from transports.browser.returns import Returns
from transports.browser.routes import Reception, browser_routes
from transports.connection import ConnectionLimits
from vantum.api import api_routes, guarded_router, record_routes
from vantum.api_keys import ApiKeys
from vantum.api_tokens import page_routes, token_routes
from vantum.body_limits import BodyLimits
from vantum.calls import Calls
from vantum.campaigns.terms import terms_of
from vantum.door import Door, limits_of
from vantum.entry import Entry, tokens_of
from vantum.host_check import HostCheck, names_of
from vantum.metrics import CONTENT_TYPE
from vantum.phone.phone import Phone
from vantum.phone.pipelines import Pipelines
from vantum.provider_health import provider_health, status_with
from vantum.rest.app import RestFront, rest_app
from vantum.rest.door import Entrance
from vantum.rest.premises import Premises
from vantum.role import Whole
from vantum.security_headers import SecurityHeaders
from vantum.services import Services
from vantum.settings import Settings
from vantum.store.engine import Store
from vantum.webhooks.addresses import reach_of

CONSOLE = Path(__file__).with_name("console")


def build_app(
    calls: Calls,
    services: Services,
    phone: Phone | None = None,
    pipelines: Pipelines | None = None,
    whole: Whole | None = None,
    store: Store | None = None,
) -> FastAPI:
    """The application that serves ``calls``; without ``phone``, nothing of Twilio's is mounted.

    A browser's token may name one of ``pipelines``, which are those beside the served one. Where this is one of
    several workers, ``whole`` is the server that they are, and is asked how it is in place of this process. With
    ``store`` it answers the API of outreach too.
    """
    app = FastAPI(title="Vantum", version=version("vantum"), docs_url=None, redoc_url=None)
    settings = services.settings
    known = pipelines or Pipelines(calls.pipeline)
    entry = Entry(calls, known, tokens_of(settings))
    returns = Returns(settings.resume_seconds, calls.stamp)
    index = _page(settings.auth)

    @app.get("/", include_in_schema=False)
    async def page() -> HTMLResponse:
        return HTMLResponse(index)

    @app.get("/health", summary="Tell how the server is", tags=["server"])
    async def health() -> dict[str, object]:
        """Whether calls are taken, how many there are, who does STT, LLM and TTS, how each of those in line for
        that does, and how the turn model is."""
        return _health(calls, services, phone, app.version) if whole is None else await whole.health()

    if whole is not None:
        whole.tells(
            lambda: _health(calls, services, phone, app.version), calls.metrics.exposition, returns.missed
        )
    app.add_middleware(
        Door,
        limits=limits_of(settings),
        keys=ApiKeys(key.get_secret_value() for key in settings.api_keys),
        is_live=lambda call_id: phone is not None and phone.book.live(call_id) is not None,
        comes_back=returns.knows,
        refused=calls.metrics.refused,
    )
    app.include_router(_metrics_route(calls, services, whole))
    app.include_router(record_routes(services))
    app.include_router(api_routes(services, phone))
    app.include_router(token_routes(services, entry))
    app.include_router(page_routes(services, entry))
    if phone is not None:
        app.include_router(phone.routes())
    app.mount("/console", StaticFiles(directory=CONSOLE))
    app.include_router(
        browser_routes(
            Reception(
                seat=calls.seat,
                serve_call=entry.serve_call,
                output_rate=settings.output_rate,
                limits=_limits(settings),
                returns=returns,
                allowed_origins=settings.allowed_origins,
                gate=entry.gate,
                proxies=settings.trusted_proxies,
            )
        )
    )
    _guard(app, names_of(settings), None if store is None else _outreach(store, services, known))
    if store is not None:
        # Now: to describe it, and to make its routes, when they are first asked for would hold up all calls.
        app.openapi()
    return app


def _outreach(store: Store, services: Services, pipelines: Pipelines) -> ASGIApp:
    """The API of outreach. Whoever opens that of calls owns the organisation that is there from the start."""
    settings = services.settings
    keys = ApiKeys(key.get_secret_value() for key in settings.api_keys)
    reach = reach_of(settings.webhook_allow_private)
    terms = terms_of(settings, lambda name: Path(name).stem in pipelines.names)
    premises = Premises(settings.data, services.writer.is_open, reach, terms)
    app = rest_app(store, Entrance(keys, settings.allowed_origins), premises=premises)
    app.told()
    return app


def _guard(app: FastAPI, names: frozenset[str] | None, outreach: ASGIApp | None) -> None:
    """What every request passes before its route; the last one added is the first that it comes to."""
    app.add_middleware(BodyLimits)
    if outreach is not None:
        # Before these bounds: it takes lists of prospects, which are longer, and has bounds of its own.
        app.add_middleware(RestFront, rest=outreach)
    if names is not None:
        app.add_middleware(HostCheck, names=names)
    app.add_middleware(SecurityHeaders)


def _limits(settings: Settings) -> ConnectionLimits:
    """What a browser's connection may send and leave unread."""
    return ConnectionLimits(
        messages_per_second=settings.max_messages_per_second,
        bytes_per_second=settings.max_bytes_per_second,
        backlog_bytes=settings.max_backlog_bytes,
        idle_seconds=settings.idle_seconds,
    )


def _page(auth: str) -> str:
    """The page, which is told whether it needs a token to call."""
    page = (CONSOLE / "index.html").read_text(encoding="utf-8")
    return page.replace("<html ", f'<html data-auth="{auth}" ', 1)


def _health(calls: Calls, services: Services, phone: Phone | None, version: str) -> dict[str, object]:
    """How this process is."""
    standings = services.board.standings(time.monotonic())
    return {
        "status": status_with(calls.status, standings),
        "version": version,
        "calls": {"live": calls.live, "capacity": calls.capacity},
        "admission": calls.admission_report(),
        "providers": services.provider_names(),
        "provider_health": provider_health(standings),
        "smart_turn": "off" if services.judge is None else services.judge.health,
        "phone": {"status": "off"} if phone is None else phone.health(),
    }


def _metrics_route(calls: Calls, services: Services, whole: Whole | None) -> APIRouter:
    """What Prometheus scrapes; those may read it who may use the REST API."""
    router = guarded_router(services, "/metrics", "server")

    @router.get("", summary="Tell the metrics", response_class=PlainTextResponse)
    async def metrics() -> Response:
        """Counters and latencies of all calls since the server began, as Prometheus reads them."""
        told = calls.metrics.exposition() if whole is None else await whole.metrics()
        return Response(told, media_type=CONTENT_TYPE)

    return router
