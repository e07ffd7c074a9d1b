"""Cartesia's errors, read as ours."""

from __future__ import annotations

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.frames import Close
from websockets.http11 import Response

from processors.tts.cartesia_faults import link_error, told_error
from vantum.core.faults import Fault


def refused(status: int, body: bytes | bytearray = b"", **headers: str) -> InvalidStatus:
    return InvalidStatus(Response(status, "", Headers(headers), body))


@pytest.mark.parametrize(
    ("problem", "fault", "wait"),
    [
        (refused(401, b"Invalid API key"), Fault.AUTH, None),
        (refused(402), Fault.AUTH, None),
        (refused(403), Fault.AUTH, None),
        (refused(404), Fault.FATAL, None),
        (refused(429, b"too many requests", **{"Retry-After": "2"}), Fault.RATE_LIMIT, 2.0),
        (refused(500), Fault.NETWORK, None),
        (refused(503), Fault.NETWORK, None),
        (ConnectionRefusedError(111, "refused"), Fault.NETWORK, None),
        (TimeoutError("timed out during opening handshake"), Fault.NETWORK, None),
        (ConnectionClosedError(None, None), Fault.NETWORK, None),
        (ConnectionClosedError(Close(1011, "internal"), None), Fault.NETWORK, None),
        (ConnectionClosedError(Close(4401, "go away"), None), Fault.AUTH, None),
        (ConnectionClosedError(Close(1008, "invalid api key"), None), Fault.AUTH, None),
    ],
)
def test_a_link(problem: Exception, fault: Fault, wait: float | None) -> None:
    error = link_error(problem)
    assert (error.kind, error.provider, error.fault, error.retry_after) == ("tts", "cartesia", fault, wait)


def test_a_refusal_is_told_with_its_number_and_its_words() -> None:
    body = bytearray(b"Invalid API key sk_car_secret0123456789abcdef")
    assert link_error(refused(401, body)).message == "HTTP 401 Invalid API key [key]"


@pytest.mark.parametrize(
    ("message", "fault", "words"),
    [
        ({"status_code": 400, "error": "no such voice"}, Fault.FATAL, "no such voice"),
        ({"status_code": 402, "message": "out of credits"}, Fault.AUTH, "out of credits"),
        ({"status_code": 429, "error": "too many concurrent requests"}, Fault.RATE_LIMIT, "too many"),
        ({"status_code": 429, "error": "quota exceeded"}, Fault.AUTH, "quota"),
        ({"status_code": 500, "title": "Internal"}, Fault.NETWORK, "Internal"),
        ({"error": "invalid api key"}, Fault.AUTH, "invalid"),
        ({"error": "a moment, please"}, Fault.NETWORK, "a moment"),
        ({"error": {"nested": True}, "status_code": "many"}, Fault.NETWORK, "without words"),
        ({"status_code": 206}, Fault.NETWORK, "without words"),
    ],
)
def test_a_message(message: dict[str, object], fault: Fault, words: str) -> None:
    error = told_error(message)
    assert error.fault is fault
    assert words in error.message


def test_a_key_is_not_in_what_is_told() -> None:
    key = "sk_car_secret0123456789abcdef"
    assert key not in told_error({"error": f"{key} is not valid"}).message
