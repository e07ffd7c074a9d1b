"""Deepgram's errors, as its SDK, its link and its messages tell them."""

from __future__ import annotations

import pytest
from deepgram.core.api_error import ApiError
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.frames import Close
from websockets.http11 import Response

from processors.stt.deepgram_faults import deepgram_error, failed, refusal, told_error
from vantum.core.faults import Fault


def status(code: int, body: bytes = b"", **headers: str) -> InvalidStatus:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return InvalidStatus(Response(code, "", Headers(named), body))


def closed(code: int, reason: str = "") -> ConnectionClosedError:
    return ConnectionClosedError(Close(code, reason), None)


@pytest.mark.parametrize(
    ("problem", "fault", "words"),
    [
        (
            status(401, b'{"err_code":"INVALID_AUTH","err_msg":"Invalid credentials."}'),
            Fault.AUTH,
            "INVALID_AUTH",
        ),
        (
            status(402, b'{"err_code":"ASR_PAYMENT_REQUIRED","err_msg":"no credits"}'),
            Fault.AUTH,
            "no credits",
        ),
        (status(403, b"<html>no</html>"), Fault.AUTH, "<html>no</html>"),
        (status(400, b'{"err_code":"Bad Request","err_msg":"Bad language"}'), Fault.FATAL, "Bad language"),
        (status(429, b'{"err_code":"TOO_MANY_REQUESTS","err_msg":"later"}'), Fault.RATE_LIMIT, "later"),
        (status(500, b'{"reason":"unknown"}'), Fault.NETWORK, "unknown"),
        (status(503), Fault.NETWORK, "503"),
    ],
)
def test_a_refused_handshake(problem: InvalidStatus, fault: Fault, words: str) -> None:
    error = deepgram_error(refusal(problem))
    assert (error.kind, error.provider, error.fault) == ("stt", "deepgram", fault)
    assert words in error.message


def test_how_long_it_asks_to_wait() -> None:
    assert deepgram_error(refusal(status(429, b"", Retry_After="2"))).retry_after == 2.0


@pytest.mark.parametrize(
    ("problem", "fault"),
    [
        (closed(1011, "NET-0001: Deepgram did not receive audio data"), Fault.NETWORK),
        (closed(1008, "DATA-0000: the payload cannot be decoded as audio"), Fault.FATAL),
        (closed(1013), Fault.RATE_LIMIT),
        (ConnectionResetError("reset by peer"), Fault.NETWORK),
        (TimeoutError(), Fault.NETWORK),
        (ApiError(status_code=401, body="no"), Fault.AUTH),
        (failed("It does not answer."), Fault.NETWORK),
    ],
)
def test_what_else_ends_a_link(problem: Exception, fault: Fault) -> None:
    assert deepgram_error(problem).fault is fault


@pytest.mark.parametrize(
    ("message", "fault", "words"),
    [
        ({"description": "Bad", "variant": "SchemaError"}, Fault.NETWORK, "Bad: SchemaError"),
        ({"description": "Bad", "message": "Bad"}, Fault.NETWORK, "Bad"),
        ({"description": "Unsupported model"}, Fault.FATAL, "Unsupported model"),
        ({}, Fault.NETWORK, "an error without words"),
    ],
)
def test_an_error_inside_a_stream(message: dict[str, object], fault: Fault, words: str) -> None:
    error = told_error(message)
    assert (error.fault, error.message) == (fault, words)
