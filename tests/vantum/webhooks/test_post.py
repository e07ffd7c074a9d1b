"""One attempt: what is sent, and what is made of whatever comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from tests.vantum.webhooks.kit import START, URL, Web, answering, message, now, reply
from vantum.core.outreach.delivery import Delivery
from vantum.core.outreach.signature import Check, checked
from vantum.webhooks.guarded_client import ATTEMPT_SECONDS
from vantum.webhooks.post import MOST_BYTES, Answer, post

SENT_AT = START.timestamp()


async def posted(web: Web) -> Answer:
    async with web.client() as http:
        return await post(http, message(), SENT_AT)


async def test_a_message_is_signed_with_all_secrets_and_tells_what_it_is() -> None:
    web = answering(200)
    told = replace(
        message(),
        secrets=("new", "old"),
        delivery=Delivery(START, attempts=2, first_at=START - timedelta(hours=1)),
    )
    async with web.client() as http:
        assert await post(http, told, SENT_AT + 0.9) == Answer(200, "said")
    (request,) = web.requests
    assert (request.method, str(request.url), request.content) == ("POST", URL, b'{"id":"d1"}')
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Vantum-Event"] == "call.ended"
    assert request.headers["Vantum-Delivery"] == "d1"
    assert request.headers["Vantum-Attempt"] == "3"
    signature = request.headers["Vantum-Signature"]
    assert signature.startswith(f"t={int(SENT_AT)},v1=")
    for secrets, worth in ((["new"], Check.GOOD), (["old"], Check.GOOD), (["other"], Check.FORGED)):
        assert checked(signature, request.content, secrets, SENT_AT) is worth


@pytest.mark.parametrize(
    ("status", "headers", "answer"),
    [
        (204, {}, Answer(204, "said")),
        (302, {"Location": "https://other.example"}, Answer(302, "said")),
        (410, {}, Answer(410, "said")),
        (503, {"Retry-After": "120"}, Answer(503, "said", 120.0)),
        (429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, Answer(429, "said")),
    ],
)
async def test_whatever_status_comes_back_is_told(
    status: int, headers: dict[str, str], answer: Answer
) -> None:
    assert await posted(answering(status, headers=headers)) == answer


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ConnectError("The name is not known."), "ConnectError: The name is not known."),
        (httpx.ReadTimeout(""), "ReadTimeout:"),
        (httpx.RemoteProtocolError("bad\r\n\x00line"), "RemoteProtocolError: bad line"),
        (httpx.InvalidURL("no"), "InvalidURL: no"),
        (httpx.UnsupportedProtocol("x" * 5_000), f"UnsupportedProtocol: {'x' * 1_003}"),
    ],
)
async def test_why_nobody_answered_is_told(error: Exception, words: str) -> None:
    async def behave(_: httpx.Request) -> httpx.Response:
        raise error

    assert await posted(Web(behave)) == Answer(None, words)


async def test_an_answer_that_does_not_come_is_not_waited_for() -> None:
    assert await posted(answering(200, after=1_000.0)) == Answer(None, "There was no answer in time.")
    assert now() == ATTEMPT_SECONDS


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", ""),
        (b"two\nlines\x00 \xff", "two lines \N{REPLACEMENT CHARACTER}"),
        (b"a" * 5_000, "a" * MOST_BYTES),
        (("ü" * 600).encode(), "ü" * 512),
    ],
)
async def test_the_start_of_the_answer_is_kept(body: bytes, text: str) -> None:
    async def behave(_: httpx.Request) -> httpx.Response:
        return reply(200, body)

    assert await posted(Web(behave)) == Answer(200, text)


class Endless(httpx.AsyncByteStream):
    """A body that never ends: ``wait`` seconds before each kilobyte."""

    def __init__(self, wait: float) -> None:
        self.wait = wait
        self.given = 0
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(self.wait)
            self.given += 1
            yield b"x" * 1_000

    async def aclose(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    ("wait", "given", "seconds", "text"), [(0.0, 2, 0.0, "x" * 1_024), (100.0, 0, ATTEMPT_SECONDS, "")]
)
async def test_an_answer_without_an_end_is_cut_off_and_its_status_counts(
    wait: float, given: int, seconds: float, text: str
) -> None:
    endless = Endless(wait)

    async def behave(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=endless)

    assert await posted(Web(behave)) == Answer(200, text)
    assert (endless.given, endless.closed, now()) == (given, True, seconds)


async def test_an_answer_that_breaks_off_counts_with_its_status() -> None:
    class Broken(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"part"
            raise httpx.ReadError("reset")

    async def behave(_: httpx.Request) -> httpx.Response:
        return httpx.Response(202, stream=Broken())

    assert await posted(Web(behave)) == Answer(202, "")


async def test_what_is_packed_is_not_unpacked() -> None:
    async def behave(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=Endless(0.0))

    assert (await posted(Web(behave))).status == 200
