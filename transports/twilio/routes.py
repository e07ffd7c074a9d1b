"""Twilio's routes: signed webhooks, and the Media Stream's WebSocket, refused before it is accepted.

Only what is signed with the account's token over the configured public URL is listened to.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol
from urllib.parse import parse_qsl

from fastapi import APIRouter
from loguru import logger
from starlette.datastructures import ImmutableMultiDict
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.websockets import WebSocket

from transports.socket import Socket, StarletteSocket
from transports.twilio import webhook
from transports.twilio.signature import Signatures
from transports.twilio.webhook import AmdVerdict, DialResult, StatusCallback, StreamStatus, VoiceCall
from vantum.core.errors import ProtocolError

MAX_BODY_BYTES = 65_536
MAX_FIELDS = 200
XML = "application/xml"


class Switchboard(Protocol):
    """Who answers Twilio. What returns a string returns TwiML."""

    async def voice(self, asked: VoiceCall) -> str: ...
    async def after(self, call_id: str) -> str: ...
    async def transferred(self, call_id: str, result: DialResult) -> str: ...
    async def status(self, call_id: str, told: StatusCallback) -> None: ...
    async def verdict(self, call_id: str, told: AmdVerdict) -> None: ...
    async def stream_status(self, call_id: str, told: StreamStatus) -> None: ...
    def redeem(self, token: str) -> str | None: ...
    async def serve(self, call_id: str, socket: Socket) -> None: ...


Form = ImmutableMultiDict[str, str]
Hook = Callable[[Switchboard, str, Form], Awaitable[str | None]]

HOOKS: Mapping[str, Hook] = {
    "after": lambda board, call_id, _: board.after(call_id),
    "transferred": lambda board, call_id, form: board.transferred(call_id, webhook.dial_result(form)),
    "status": lambda board, call_id, form: board.status(call_id, webhook.status_callback(form)),
    "amd": lambda board, call_id, form: board.verdict(call_id, webhook.amd_verdict(form)),
    "stream-status": lambda board, call_id, form: board.stream_status(call_id, webhook.stream_status(form)),
}
"""What Twilio tells and asks of one call, by the last part but one of the path."""


def twilio_routes(switchboard: Switchboard, signatures: Signatures) -> APIRouter:
    """A router with everything that Twilio calls."""
    router = APIRouter(prefix="/twilio", include_in_schema=False)

    @router.post("/voice")
    async def voice(request: Request) -> Response:
        return await _answered(request, signatures, lambda form: switchboard.voice(webhook.voice_call(form)))

    @router.post("/{hook}/{call_id}")
    async def hook(request: Request, hook: str, call_id: str) -> Response:
        told = HOOKS.get(hook)
        if told is None:
            return PlainTextResponse("There is nothing here.\n", 404)
        return await _answered(request, signatures, lambda form: told(switchboard, call_id, form))

    @router.websocket("/media/{token}")
    async def media(websocket: WebSocket, token: str) -> None:
        call_id = None
        if not signatures.of_upgrade(_path(websocket), websocket.headers):
            logger.warning("A media stream was refused: its signature is missing or wrong.")
        elif (call_id := switchboard.redeem(token)) is None:
            logger.warning("A media stream was refused: its token is unknown, used or expired.")
        if call_id is None:
            await websocket.send_denial_response(PlainTextResponse("This stream is not expected.\n", 403))
            return
        await websocket.accept()
        await switchboard.serve(call_id, StarletteSocket(websocket))

    return router


async def _answered(
    request: Request, signatures: Signatures, answer: Callable[[Form], Awaitable[str | None]]
) -> Response:
    """The TwiML that ``answer`` gives to a form whose signature is good."""
    form = await _form(request)
    if form is None:
        return PlainTextResponse(f"More than {MAX_BODY_BYTES} bytes are no form of Twilio's.\n", 413)
    if not signatures.of_post(_path(request), form, request.headers):
        logger.warning("A webhook was refused: its signature is missing or wrong.", path=_route(request))
        return PlainTextResponse("The signature is wrong.\n", 403)
    try:
        twiml = await answer(form)
    except ProtocolError as flaw:
        logger.warning("Twilio sent a form that cannot be read.", problem=str(flaw))
        return PlainTextResponse(f"{flaw}\n", 400)
    return Response(status_code=204) if twiml is None else Response(twiml, media_type=XML)


async def _form(request: Request) -> Form | None:
    """The form in the body; None for a body that is too long."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY_BYTES:
            return None
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return Form()
    return Form(pairs)


def _path(connection: HTTPConnection) -> str:
    """The path as it was sent, with its query: what the signature is over."""
    raw = connection.scope.get("raw_path")
    path = raw.decode("latin-1") if isinstance(raw, bytes) else connection.url.path
    query = connection.scope.get("query_string", b"").decode("latin-1")
    return f"{path}?{query}" if query else path


def _route(request: Request) -> str:
    """The path without the call's id."""
    return "/".join(request.url.path.split("/")[:3])
