"""A tiny customer of the stand-in, for its own tests: webhooks that answer by a table, and a media stream."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Self, cast

from aiohttp import ClientSession, WSMsgType, web

from tests.wire.twilio_server import AUTH_TOKEN, TwilioStandIn

Json = dict[str, object]

PUBLIC = "https://customer.test"
TO = "+15550100002"

CONNECT = (
    f'<Response><Connect action="{PUBLIC}/after"><Stream url="wss://customer.test/media/token" '
    f'statusCallback="{PUBLIC}/stream"><Parameter name="call_id" value="a &amp; b"/></Stream></Connect>'
    "<Say>next</Say></Response>"
)


class Stream:
    """The customer's side of one media stream."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.headers: Mapping[str, str] = request.headers
        self.got: list[Json] = []
        self._socket = socket
        self._transport = request.transport

    async def next(self, event: str) -> Json:
        """The next message of this kind, all others are kept as well."""
        while True:
            message = await self._socket.receive(timeout=5)
            if message.type is not WSMsgType.TEXT:
                raise EOFError(f"{message.type!r} instead of {event}")
            self.got.append(json.loads(message.data))
            if self.got[-1]["event"] == event:
                return self.got[-1]

    async def rest(self) -> None:
        """Read until Twilio closes."""
        async for message in self._socket:
            self.got.append(json.loads(message.data))

    def of(self, event: str) -> list[Json]:
        """The messages of this kind so far."""
        return [message for message in self.got if message["event"] == event]

    @property
    def sid(self) -> str:
        return str(self.of("start")[0]["streamSid"])

    async def play(self, mulaw: bytes) -> None:
        await self.send(event="media", media={"payload": base64.b64encode(mulaw).decode()})

    async def mark(self, name: str) -> None:
        await self.send(event="mark", mark={"name": name})

    async def clear(self) -> None:
        await self.send(event="clear")

    async def send(self, **message: object) -> None:
        """A message with this stream's ``streamSid`` unless it brings its own."""
        await self.send_text(json.dumps({"streamSid": self.sid} | message))

    async def send_text(self, text: str) -> None:
        await self._socket.send_str(text)

    def abort(self) -> None:
        """Break the connection, without a goodbye."""
        assert self._transport is not None
        self._transport.abort()


async def listen(stream: Stream) -> None:
    """Say nothing until Twilio ends the stream."""
    await stream.rest()


class Customer:
    """``answers`` holds the TwiML by path, or a status; any other path is answered with nothing."""

    def __init__(self, behave: Callable[[Stream], Awaitable[None]] = listen) -> None:
        self.behave = behave
        self.answers: dict[str, str | int] = {}
        self.asked: list[tuple[str, dict[str, str], Mapping[str, str]]] = []
        self.streams: list[Stream] = []
        self.refuse_stream = 0
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.1)

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/media/token", self._media)
        app.router.add_post("/{path:.*}", self._webhook)
        return app

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    def forms(self, path: str) -> list[dict[str, str]]:
        """What was POSTed to this path."""
        return [form for asked, form, _ in self.asked if asked == path]

    async def _webhook(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append((request.path_qs, form, request.headers))
        answer = self.answers.get(request.path, "")
        if isinstance(answer, int):
            return web.Response(status=answer)
        return web.Response(text=answer, content_type="text/xml")

    async def _media(self, request: web.Request) -> web.StreamResponse:
        if self.refuse_stream:
            return web.Response(status=self.refuse_stream)
        socket = web.WebSocketResponse(timeout=1, compress=False)
        await socket.prepare(request)
        stream = Stream(socket, request)
        self.streams.append(stream)
        await stream.next("start")
        await self.behave(stream)
        await socket.close()
        return socket


class Api:
    """The customer's client of the REST API."""

    def __init__(self, twilio: TwilioStandIn, token: str = AUTH_TOKEN) -> None:
        self._base = f"{twilio.url}/2010-04-01/Accounts/{twilio.account.sid}"
        self._from = twilio.account.numbers[0]
        credentials = base64.b64encode(f"{twilio.account.sid}:{token}".encode()).decode()
        self._session = ClientSession(headers={"Authorization": f"Basic {credentials}"})

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def get(self, path: str, **query: str) -> tuple[int, Json]:
        async with self._session.get(self._base + path, params=query) as response:
            return response.status, await response.json()

    async def post(self, path: str, *pairs: tuple[str, str], **form: str) -> tuple[int, Json]:
        """``pairs`` are for names that are repeated."""
        fields = [*form.items(), *pairs]
        async with self._session.post(self._base + path, data=fields) as response:
            return response.status, cast("Json", await response.json())

    async def dial(self, *pairs: tuple[str, str], to: str = TO, twiml: str = CONNECT, **form: str) -> str:
        """Place a call and return its sid."""
        facts = {"To": to, "From": self._from, "Twiml": twiml}
        status, call = await self.post("/Calls.json", *pairs, **facts | form)
        assert status == 201, call
        return str(call["sid"])
