"""The ASGI application: the page, the browser's WebSocket, health, and the records of calls."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import FileResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles

from transports.browser.routes import browser_routes
from transports.connection import ConnectionLimits
from vantum.api import api_routes, guarded_router, record_routes
from vantum.calls import Calls
from vantum.metrics import CONTENT_TYPE
from vantum.phone.phone import Phone
from vantum.services import Services

CONSOLE = Path(__file__).with_name("console")


def build_app(calls: Calls, services: Services, phone: Phone | None = None) -> FastAPI:
    """The application that serves ``calls``; without ``phone``, nothing of Twilio's is mounted."""
    app = FastAPI(title="Vantum", version=version("vantum"), docs_url=None, redoc_url=None)
    settings = services.settings

    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(CONSOLE / "index.html")

    @app.get("/health", summary="Tell how the server is", tags=["server"])
    async def health() -> dict[str, object]:
        """Whether calls are taken, how many there are, who does STT, LLM and TTS, and how the turn model is."""
        return {
            "status": calls.status,
            "version": app.version,
            "calls": {"live": calls.live, "capacity": calls.capacity},
            "providers": services.provider_names(),
            "smart_turn": "off" if services.judge is None else services.judge.health,
            "phone": {"status": "off"} if phone is None else phone.health(),
        }

    app.include_router(_metrics_route(calls, services))
    app.include_router(record_routes(services))
    app.include_router(api_routes(services, phone))
    if phone is not None:
        app.include_router(phone.routes())
    app.mount("/console", StaticFiles(directory=CONSOLE))
    app.include_router(
        browser_routes(
            seat=calls.seat,
            serve_call=calls.answer,
            output_rate=settings.output_rate,
            limits=ConnectionLimits(
                messages_per_second=settings.max_messages_per_second,
                backlog_bytes=settings.max_backlog_bytes,
                idle_seconds=settings.idle_seconds,
            ),
            allowed_origins=settings.allowed_origins,
        )
    )
    return app


def _metrics_route(calls: Calls, services: Services) -> APIRouter:
    """What Prometheus scrapes; those may read it who may use the REST API."""
    router = guarded_router(services, "/metrics", "server")

    @router.get("", summary="Tell the metrics", response_class=PlainTextResponse)
    async def metrics() -> Response:
        """Counters and latencies of all calls since the server began, as Prometheus reads them."""
        return Response(calls.metrics.exposition(), media_type=CONTENT_TYPE)

    return router
