"""The ASGI application: the page, the browser's WebSocket, health, and the records of calls."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from transports.browser.routes import browser_routes
from transports.connection import ConnectionLimits
from vantum.api import api_routes, record_routes
from vantum.calls import Calls
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
        """Whether calls are taken, how many there are, and who does STT, LLM and TTS."""
        return {
            "status": calls.status,
            "version": app.version,
            "calls": {"live": calls.live, "capacity": calls.capacity},
            "providers": services.provider_names(),
            "phone": {"status": "off"} if phone is None else phone.health(),
        }

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
