"""A stand-in for Twilio in a process of its own: its REST API answers well, slowly, wrongly or not at all, by number.

python -m benchmarks.campaign.carrier --port 9100 --journal carrier.jsonl --reach http://127.0.0.1:8080
"""

from __future__ import annotations

import argparse
import asyncio
import base64
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final
from uuid import uuid4

from aiohttp import ClientSession, TCPConnector, web

from benchmarks.campaign.callee import Call, Customer
from benchmarks.campaign.cast import Kind, kind_of
from benchmarks.campaign.journal import Journal, Seen
from benchmarks.campaign.talk import Sounds, sounds_of_all

ACCOUNT: Final = f"AC{'7' * 32}"
TOKEN: Final = "a-token-of-the-benchmark"
PUBLIC_URL: Final = "https://benchmark.example.test"
BASE: Final = f"/2010-04-01/Accounts/{ACCOUNT}"
SLOW_SECONDS: Final = 4.0
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
OVER: Final = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


class Carrier:
    """The REST API, and the calls that were asked for."""

    def __init__(
        self, customer: Customer, http: ClientSession, journal: Journal, sounds: Sounds | None
    ) -> None:
        self._customer = customer
        self._http = http
        self._journal = journal
        self._sounds = sounds
        self._calls: dict[str, Call] = {}
        self._asked: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()

    def app(self) -> web.Application:
        """What it answers."""
        app = web.Application(middlewares=[_guard])
        app.router.add_post(f"{BASE}/Calls.json", self._create)
        app.router.add_get(f"{BASE}/Calls.json", self._list)
        app.router.add_get(f"{BASE}/Calls/{{sid}}.json", self._fetch)
        app.router.add_post(f"{BASE}/Calls/{{sid}}.json", self._update)
        return app

    async def _create(self, request: web.Request) -> web.StreamResponse:
        data = await request.post()
        form = {name: str(value) for name, value in data.items()}
        to = form["To"]
        name = form["StatusCallback"].rsplit("/", 1)[-1]
        self._asked[to] += 1
        self._journal.add(Seen.ASKED, to, name)
        kind, first = kind_of(to), self._asked[to] == 1
        match kind:
            case Kind.INVALID:
                return _refused(400, 21211, "The number is not valid.")
            case Kind.FAULT if first:
                return _refused(500, 20500, "Internal server error")
            case Kind.LIMITED if first:
                return _refused(429, 20429, "Too many requests")
        call = self._dial(form, kind)
        match kind:
            case Kind.SLOW:
                await asyncio.sleep(SLOW_SECONDS)
            case Kind.FAULT_AFTER if first:
                return _refused(500, 20500, "Internal server error")
            case Kind.LOST if first and request.transport is not None:
                request.transport.abort()
        return web.json_response(call.resource(), status=201)

    def _dial(self, form: dict[str, str], kind: Kind) -> Call:
        call = Call(
            self._customer, self._http, self._journal, form, kind, f"CA{uuid4().hex}", sounds=self._sounds
        )
        self._calls[call.sid] = call
        task = asyncio.create_task(call.run(), name=call.sid)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return call

    async def _list(self, request: web.Request) -> web.StreamResponse:
        query = request.query
        found = [
            call.resource()
            for call in reversed(self._calls.values())
            if call.form["To"] == query.get("To", call.form["To"])
            and call.form["From"] == query.get("From", call.form["From"])
        ]
        uri = f"{BASE}/Calls.json"
        page = {"page": 0, "page_size": 50, "uri": uri, "first_page_uri": uri, "next_page_uri": None}
        return web.json_response({**page, "calls": found})

    async def _fetch(self, request: web.Request) -> web.StreamResponse:
        call = self._calls.get(request.match_info["sid"])
        if call is None:
            return _refused(404, 20404, "The requested resource was not found")
        return web.json_response(call.resource())

    async def _update(self, request: web.Request) -> web.StreamResponse:
        call = self._calls.get(request.match_info["sid"])
        if call is None:
            return _refused(404, 20404, "The requested resource was not found")
        if call.status in OVER:
            return _refused(400, 21220, "Call is not in-progress. Cannot redirect.")
        call.hung_up.set()
        return web.json_response(call.resource())


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let nobody in but the account."""
    expected = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    if request.headers.get("Authorization") != f"Basic {expected}":
        return _refused(401, 20003, "Authenticate")
    return await handler(request)


def _refused(status: int, code: int, message: str) -> web.Response:
    return web.json_response({"code": code, "message": message, "status": status}, status=status)


async def serve(port: int, path: Path, reach: str, speaking: bool) -> None:
    """Answer until the process is ended."""
    sounds = await sounds_of_all() if speaking else None
    journal = Journal(path)
    async with ClientSession(connector=TCPConnector(limit=0)) as http:
        customer = Customer(PUBLIC_URL, reach.rstrip("/"), ACCOUNT, TOKEN)
        runner = web.AppRunner(Carrier(customer, http, journal, sounds).app(), access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()
            journal.close()


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.campaign.carrier", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--reach", required=True, help="where the server really listens")
    parser.add_argument("--speaking", action="store_true", help="whoever answers speaks")
    options = parser.parse_args()
    asyncio.run(serve(options.port, options.journal, options.reach, options.speaking))


if __name__ == "__main__":
    main()
