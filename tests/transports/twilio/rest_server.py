"""A server for the tests of the REST client: it answers what it is told to, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from aiohttp import web

from transports.twilio.rest import NewCall

ACCOUNT, TOKEN = "AC" + "0a" * 16, "f" * 31 + "e"
CA = "CA" + "1b" * 16
CALLS = f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
CALL = f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{CA}.json"
OWNED = f"/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers.json"

NEW = NewCall(
    to="+15550002",
    from_number="+15550001",
    twiml="<Response><Say>grüß & küß</Say></Response>",
    status_callback="https://HOST/status?call=1&x=2",
    amd_callback=None,
    ring_seconds=25,
    limit_seconds=600,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: list[tuple[str, str]]
    form: list[tuple[str, str]]
    authorization: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says; a text goes out as it is, everything else as JSON."""

    status: int
    body: object = ""


Act = Callable[[web.Request], Awaitable[Answer]]


@dataclass(slots=True)
class Server:
    """A server that answers every request by ``answers``, one after the other; the last one stays."""

    url: str = ""
    answers: list[Answer | Act] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.Response:
        form = parse_qsl(await request.text(), keep_blank_values=True, strict_parsing=request.can_read_body)
        if form:
            assert request.content_type == "application/x-www-form-urlencoded"
        query = list(request.query.items())
        authorization = request.headers.get("Authorization", "")
        self.asked.append(Asked(request.method, request.path, query, form, authorization))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not isinstance(answer, Answer):
            answer = await answer(request)
        text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        return web.Response(status=answer.status, text=text, content_type="application/json")


async def run(server: Server, ready: asyncio.Event, done: asyncio.Event) -> None:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server.serve)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    server.url = f"http://{host}:{port}"
    ready.set()
    await done.wait()
    await runner.cleanup()


def call(**fields: object) -> dict[str, object]:
    """A call as Twilio writes it."""
    return {
        "sid": CA,
        "status": "queued",
        "to": "+15550002",
        "from": "+15550001",
        "date_created": "Fri, 21 Nov 2025 03:03:07 +0000",
        "duration": None,
        "direction": "outbound-api",
    } | fields


def page(name: str, records: Sequence[object], next_page_uri: str | None = None) -> Answer:
    facts = {"first_page_uri": "", "next_page_uri": next_page_uri, "page": 0, "page_size": 50, "uri": ""}
    return Answer(200, facts | {name: list(records)})


def at(second: int, microsecond: int = 0) -> datetime:
    return datetime(2025, 11, 21, 3, 3, second, microsecond, tzinfo=UTC)


def stamp(second: int) -> str:
    return f"Fri, 21 Nov 2025 03:03:{second:02} +0000"
