"""The receiver to try webhooks with: it believes what is signed, and answers as it was told to."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from vantum.core.outreach.signature import HEADER, signed
from vantum.webhooks.receiver import LARGEST_BODY, MOST_SHOWN, Manner, Receiver

BODY = b'{"type":"call.ended","data":{"name":"J\\u00fcrgen"}}'


class Shown(list[str]):
    """What the receiver shows, and what it is sent."""

    def __init__(self, manner: Manner | None = None) -> None:
        super().__init__()
        self.receiver = Receiver(["s1", "s2"], manner or Manner(), self.append)

    async def send(
        self, body: bytes = BODY, secret: str = "s1", age: float = 0.0, path: str = "/in"
    ) -> tuple[int, str]:
        """The answer to a message of that age."""
        headers = {
            HEADER: signed(body, [secret], int(time.time() - age)),
            "Vantum-Event": "call.ended",
            "Vantum-Delivery": "d1",
            "Vantum-Attempt": "2",
        }
        return await self.post(body, headers, path)

    async def post(self, body: bytes, headers: dict[str, str], path: str = "/in") -> tuple[int, str]:
        """The answer to any request."""
        transport = httpx.ASGITransport(app=self.receiver.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://receiver") as http:
            answer = await http.post(path, content=body, headers=headers)
        return answer.status_code, answer.text


@pytest.mark.parametrize("path", ["/", "/in", "/a/b?c=d"])
@pytest.mark.parametrize("secret", ["s1", "s2"])
async def test_what_is_signed_is_shown(path: str, secret: str) -> None:
    shown = Shown()
    assert await shown.send(secret=secret, path=path) == (200, "good")
    assert shown == [
        "call.ended  signature good  delivery d1  attempt 2  answered 200",
        '    {"type": "call.ended", "data": {"name": "Jürgen"}}',
    ]


async def test_what_is_forged_or_old_is_refused_and_not_shown() -> None:
    shown = Shown()
    assert await shown.send(secret="other") == (401, "forged")
    assert await shown.send(age=301.0) == (401, "stale")
    assert await shown.post(BODY, {}) == (401, "malformed")
    assert shown == [
        "call.ended  signature forged  delivery d1  attempt 2  answered 401",
        "call.ended  signature stale  delivery d1  attempt 2  answered 401",
        "-  signature malformed  delivery -  attempt -  answered 401",
    ]


@pytest.mark.parametrize(
    ("manner", "statuses"),
    [
        (Manner(503), [503, 503, 503]),
        (Manner(503, 2), [503, 503, 200]),
        (Manner(410, 0), [200, 200, 200]),
    ],
)
async def test_it_answers_as_it_was_told_to(manner: Manner, statuses: list[int]) -> None:
    shown = Shown(manner)
    assert (await shown.send(secret="other"))[0] == 401
    assert [(await shown.send())[0] for _ in statuses] == statuses


async def test_it_answers_late_when_it_was_told_to() -> None:
    shown = Shown(Manner(delay_seconds=7.0))
    before = time.monotonic()
    assert (await shown.send())[0] == 200
    assert time.monotonic() - before == 7.0


async def test_whatever_is_in_a_message_is_shown_on_one_line_and_in_short() -> None:
    shown = Shown()
    assert await shown.send(b"no json\n\x1b[31m") == (200, "good")
    assert await shown.send(b'"%s"' % (b"x" * 9_000)) == (200, "good")
    assert shown[1] == "    no json [31m"
    assert shown[3] == f'    "{"x" * (MOST_SHOWN - 1)}'


async def test_what_is_too_large_is_not_read() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_BODY // 1_000 + 2):
            yield b"x" * 1_000

    shown = Shown()
    transport = httpx.ASGITransport(app=shown.receiver.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://receiver") as http:
        assert (await http.post("/", content=pieces())).status_code == 413
    assert shown == []


async def test_who_leaves_in_the_middle_does_no_harm() -> None:
    shown, sent = Shown(), []
    messages: list[Message] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message["type"])

    await call(shown.receiver.app, receive, send)
    assert shown == []


async def call(app: object, receive: Receive, send: Send) -> None:
    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "raw_path": b"/",
        "root_path": "",
        "query_string": b"",
        "headers": [],
        "http_version": "1.1",
        "scheme": "http",
        "server": ("receiver", 80),
        "client": ("127.0.0.1", 1),
    }
    assert callable(app)
    await app(scope, receive, send)
