"""Every route of the application, and what holds of every answer, whatever was asked."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import unquote

import httpx
from starlette.types import Message

from tests.vantum.api_kit import HERE, Desk, desk
from vantum.security_headers import HEADERS

NO_CALL = "019ad5e0-0000-7000-8000-000000000000"
SECRET = "what no request may read"

HTTP = {
    ("GET", "/"),
    ("GET", "/health"),
    ("GET", "/openapi.json"),
    ("GET", "/metrics"),
    ("GET", "/console/{path}"),
    ("GET", "/calls/{id}"),
    ("GET", "/api/calls"),
    ("POST", "/api/calls"),
    ("GET", "/api/calls/{id}"),
    ("POST", "/api/calls/{id}/hangup"),
    ("POST", "/api/calls/{id}/say"),
    ("POST", "/api/calls/{id}/transfer"),
    ("POST", "/api/tokens"),
    ("POST", "/token"),
    ("POST", "/twilio/voice"),
    ("POST", "/twilio/{hook}/{id}"),
}
SOCKETS = {"/ws", "/twilio/media/{token}"}
"""Their handshakes are in ``test_api_tokens.py``, ``test_server.py`` and
``tests/transports/twilio/test_routes.py``."""
GUARDED = {(method, path) for method, path in HTTP if path.startswith(("/api/", "/calls/", "/metrics"))}
OPEN_TO_ALL = {"/", "/health", "/openapi.json", "/console/{path}"}
ROUTES = sorted(HTTP)
WITH_NAMES = sorted((method, path) for method, path in HTTP if "{" in path)
WITH_BODY = sorted((method, path) for method, path in HTTP if method == "POST")


@asynccontextmanager
async def opened(folder: Path, **given_settings: str) -> AsyncIterator[Desk]:
    async with desk(folder, VANTUM_AUTH="token", VANTUM_TOKEN_SECRET="s" * 32, **given_settings) as office:  # type: ignore[arg-type]
        yield office


@asynccontextmanager
async def with_secrets(folder: Path) -> AsyncIterator[Desk]:
    """An office with a secret wherever a path might lead."""
    async with opened(folder) as office:
        for place in (folder, office.data, office.data / "calls"):
            place.mkdir(parents=True, exist_ok=True)
            (place / "secret.txt").write_text(SECRET)
        yield office


def filled(path: str, name: str = NO_CALL) -> str:
    return re.sub(r"\{(id|path|token)\}", lambda _: name, path.replace("{hook}", "status"))


def check(answer: httpx.Response) -> None:
    """What holds of every answer, whatever was asked."""
    assert answer.status_code < 500, answer.text
    assert SECRET not in answer.text
    assert "root:" not in answer.text
    assert "Traceback" not in answer.text
    assert len(answer.content) < 100_000
    for name, value in HEADERS.items():
        assert answer.headers[name] == value


async def raw(office: Desk, method: str, path: str) -> httpx.Response:
    """A request whose path nobody tidies up on its way."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1")],
        "client": HERE,
        "server": ("127.0.0.1", 80),
    }
    await office.app(scope, receive, send)
    return httpx.Response(
        sent[0]["status"],
        headers=sent[0]["headers"],
        content=b"".join(part.get("body", b"") for part in sent[1:]),
    )
