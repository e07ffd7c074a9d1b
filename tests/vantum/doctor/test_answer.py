"""One question over HTTP: what goes wrong is told without what was sent."""

from __future__ import annotations

import httpx
import pytest

from tests.vantum.doctor.kit import PUBLIC, client_of
from vantum.doctor.answer import Answer, ask


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (httpx.ConnectError("oa-secret"), "no connection (ConnectError)"),
        (httpx.ReadTimeout("oa-secret"), "no answer within 5 seconds"),
        (httpx.InvalidURL("oa-secret"), "no connection (InvalidURL)"),
    ],
)
async def test_what_goes_wrong_is_told_without_what_was_sent(error: Exception, problem: str) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    async with client_of(answer) as http:
        assert await ask(http, "GET", PUBLIC) == Answer(None, problem=problem)


async def test_an_answer_that_is_no_json_has_no_body() -> None:
    async with client_of(lambda _: httpx.Response(200, text="<html>")) as http:
        assert await ask(http, "GET", PUBLIC) == Answer(200)
