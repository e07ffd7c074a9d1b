"""One request a connection: the answer says so, whatever it is."""

from __future__ import annotations

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vantum.workers.one_request import OneRequest


async def sent_by(app: ASGIApp, kind: str) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": f"{kind}.request"}

    await OneRequest(app)({"type": kind, "method": "GET", "headers": []}, receive, send)
    return sent


@pytest.mark.parametrize("status", [200, 404, 503])
async def test_an_answer_closes_its_connection(status: int) -> None:
    begin, *body = await sent_by(PlainTextResponse("said", status, {"Connection": "keep-alive"}), "http")
    assert [value for name, value in begin["headers"] if name == b"connection"] == [b"close"]
    assert (begin["status"], [part["body"] for part in body]) == (status, [b"said"])


async def test_a_socket_is_left_as_it_is() -> None:
    async def accepting(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept", "headers": []})

    assert await sent_by(accepting, "websocket") == [{"type": "websocket.accept", "headers": []}]
