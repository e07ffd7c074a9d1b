"""A receiver to try webhooks with: checks each message's signature, shows it, and answers as it was told to."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from vantum.core.outreach.cells import clean
from vantum.core.outreach.signature import HEADER, Check, checked
from vantum.webhooks.post import ATTEMPT_HEADER, DELIVERY_HEADER, EVENT_HEADER

LARGEST_BODY: Final = 1 << 20
"""Bytes; more than Vantum ever sends."""
MOST_SHOWN: Final = 2_000
"""Characters of a message."""
FORGED: Final = 401
TOO_LARGE: Final = 413


@dataclass(frozen=True, slots=True)
class Manner:
    """How messages are answered: the first ``trouble`` of them with ``status``, the rest with 200, all after a delay.

    Without ``trouble`` all of them get ``status``.
    """

    status: int = 200
    trouble: int | None = None
    delay_seconds: float = 0.0

    def status_of(self, number: int) -> int:
        """The status of the message with a number, from 0."""
        return self.status if self.trouble is None or number < self.trouble else 200


class Receiver:
    """Receives at every path; ``show`` is given lines for people."""

    def __init__(self, secrets: Sequence[str], manner: Manner, show: Callable[[str], None]) -> None:
        self._secrets = secrets
        self._manner = manner
        self._show = show
        self._count = 0
        self.app = Starlette(routes=[Route("/{path:path}", self._receive, methods=["POST"])])

    async def _receive(self, request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return PlainTextResponse("too large", TOO_LARGE)
        worth = checked(request.headers.get(HEADER, ""), body, self._secrets, time.time())
        status = FORGED
        if worth is Check.GOOD:
            status = self._manner.status_of(self._count)
            self._count += 1
            await asyncio.sleep(self._manner.delay_seconds)
        named = (request.headers.get(name, "-") for name in (EVENT_HEADER, DELIVERY_HEADER, ATTEMPT_HEADER))
        event, delivery, attempt = map(clean, named)
        self._show(f"{event}  signature {worth}  delivery {delivery}  attempt {attempt}  answered {status}")
        if worth is Check.GOOD:
            self._show(f"    {_told(body)}")
        return PlainTextResponse(worth.value, status)


async def _body(request: Request) -> bytes | None:
    """The body; None for one that is too large."""
    found = bytearray()
    try:
        async for piece in request.stream():
            found += piece
            if len(found) > LARGEST_BODY:
                return None
    except ClientDisconnect:
        return None
    return bytes(found)


def _told(body: bytes) -> str:
    """A message on one line."""
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False)
    except ValueError:
        text = body.decode("utf-8", "replace")
    return clean(text[:MOST_SHOWN])
