"""Errors as the SDKs raise them, read as ours: whose fault, in what words, and how long to wait."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Mapping
from enum import Enum

import aiohttp
import httpx
import httpx2
import openai
import pytest
from aiohttp.client_reqrep import RequestInfo
from deepgram.core.api_error import ApiError
from multidict import CIMultiDict, CIMultiDictProxy
from pipecat.frames.frames import ErrorFrame
from pipecat.utils.errors import ErrorCategory
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK, InvalidStatus
from websockets.frames import Close
from websockets.http11 import Response
from yarl import URL

from processors.faults import LONGEST_MESSAGE, provider_error, provider_error_told
from vantum.core.errors import ProviderError
from vantum.core.faults import Fault

ASKED = httpx2.Request("POST", "https://api.test/v1/chat/completions")
NO_HEADERS: Mapping[str, str] = {}


def openai_status(
    status: int, body: object, headers: Mapping[str, str] = NO_HEADERS
) -> openai.APIStatusError:
    response = httpx2.Response(status, request=ASKED, headers=dict(headers))
    return openai.APIStatusError(f"Error code: {status} - {body}", response=response, body=body)


def openai_event(**body: str) -> openai.APIError:
    """An error inside a stream."""
    return openai.APIError(body.get("message", "An error occurred during streaming"), ASKED, body=body)


def httpx_status(status: int, headers: Mapping[str, str] = NO_HEADERS) -> httpx.HTTPStatusError:
    request = httpx.Request("GET", "https://api.test/?api_key=sk-0123456789abcdefghij")
    response = httpx.Response(status, request=request, headers=dict(headers))
    return httpx.HTTPStatusError(
        f"Client error '{status}' for url '{request.url}'", request=request, response=response
    )


def handshake(status: int, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b"") -> InvalidStatus:
    return InvalidStatus(Response(status, "", Headers(headers), body))


def aiohttp_status(status: int, headers: Mapping[str, str] = NO_HEADERS) -> aiohttp.ClientResponseError:
    url = URL("https://api.test/")
    about = RequestInfo(url, "GET", CIMultiDictProxy(CIMultiDict()), url)
    return aiohttp.ClientResponseError(
        about, (), status=status, message="Said so", headers=CIMultiDictProxy(CIMultiDict(headers))
    )


class AnthropicError(Exception):
    """As anthropic raises what comes inside a stream: with the status of the stream, and the whole body."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.response = httpx.Response(200)
        self.status_code = 200
        self.body = {"type": "error", "error": {"type": kind, "message": message}}


class GoogleError(Exception):
    """As google-genai raises it: a number, a name, a sentence."""

    def __init__(self, code: int, status: str, message: str) -> None:
        super().__init__(f"{code} {status}. {message}")
        self.code, self.status, self.message = code, status, message


class GrpcCode(Enum):
    UNAUTHENTICATED = 16
    RESOURCE_EXHAUSTED = 8
    UNAVAILABLE = 14


class GrpcError(Exception):
    """As grpc raises it: its code is a method."""

    def __init__(self, code: object) -> None:
        super().__init__("The call failed.")
        self._code = code

    def code(self) -> object:
        return self._code


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("problem", "fault"),
    [
        (openai_status(401, {"message": "Incorrect API key provided."}), Fault.AUTH),
        (openai_status(403, None), Fault.AUTH),
        (openai_status(429, {"message": "Slow down."}), Fault.RATE_LIMIT),
        (openai_status(429, {"message": "No more.", "code": "insufficient_quota"}), Fault.AUTH),
        (openai_status(400, {"message": "No such thing."}), Fault.FATAL),
        (openai_status(404, {"message": "No such model."}), Fault.FATAL),
        (openai_status(500, "<html>"), Fault.NETWORK),
        (openai_status(503, None), Fault.NETWORK),
        (openai.APIConnectionError(request=ASKED), Fault.NETWORK),
        (openai.APITimeoutError(ASKED), Fault.NETWORK),
        (openai_event(message="The server had an error.", type="server_error"), Fault.NETWORK),
        (openai_event(message="Too fast.", code="rate_limit_exceeded"), Fault.RATE_LIMIT),
        (openai_event(message="Pay first.", type="insufficient_quota"), Fault.AUTH),
        (openai_event(message="Too much.", code="context_length_exceeded"), Fault.FATAL),
        (openai_event(), Fault.NETWORK),
        (json.JSONDecodeError("Expecting value", "{]", 1), Fault.NETWORK),
        (httpx_status(401), Fault.AUTH),
        (httpx_status(429), Fault.RATE_LIMIT),
        (httpx.ConnectError("refused"), Fault.NETWORK),
        (httpx.ReadTimeout(""), Fault.NETWORK),
        (httpx2.RemoteProtocolError("cut"), Fault.NETWORK),
        (handshake(401), Fault.AUTH),
        (handshake(402), Fault.AUTH),
        (handshake(429), Fault.RATE_LIMIT),
        (handshake(429, body=b'{"err_code": "insufficient_quota"}'), Fault.AUTH),
        (handshake(400), Fault.FATAL),
        (handshake(502), Fault.NETWORK),
        (ConnectionClosedError(Close(1011, "NET-0001"), None), Fault.NETWORK),
        (ConnectionClosedError(Close(1008, "invalid_api_key"), None), Fault.AUTH),
        (ConnectionClosedError(Close(4429, ""), None), Fault.RATE_LIMIT),
        (ConnectionClosedError(None, None), Fault.NETWORK),
        (ConnectionClosedError(None, Close(1007, "invalid data")), Fault.NETWORK),
        (ConnectionClosedOK(Close(1000, ""), Close(1000, ""), True), Fault.NETWORK),
        (aiohttp_status(401), Fault.AUTH),
        (aiohttp_status(429), Fault.RATE_LIMIT),
        (aiohttp.ServerDisconnectedError(), Fault.NETWORK),
        (aiohttp.ServerTimeoutError(), Fault.NETWORK),
        (ApiError(status_code=401, body={"err_msg": "Bad."}), Fault.AUTH),
        (ApiError(status_code=None, body=None), Fault.NETWORK),
        (ConnectionRefusedError(111, "Connection refused"), Fault.NETWORK),
        (OSError("Name or service not known"), Fault.NETWORK),
        (TimeoutError(), Fault.NETWORK),
        (asyncio.IncompleteReadError(b"", 1), Fault.NETWORK),
        (ssl.SSLError("record layer failure"), Fault.NETWORK),
        (ssl.SSLCertVerificationError("certificate has expired"), Fault.NETWORK),
        (AnthropicError("overloaded_error", "Overloaded"), Fault.RATE_LIMIT),
        (AnthropicError("authentication_error", "invalid x-api-key"), Fault.AUTH),
        (AnthropicError("api_error", "Internal server error"), Fault.NETWORK),
        (GoogleError(400, "INVALID_ARGUMENT", "API key not valid. Pass a valid API key."), Fault.AUTH),
        (GoogleError(400, "INVALID_ARGUMENT", "No such field."), Fault.FATAL),
        (GoogleError(429, "RESOURCE_EXHAUSTED", "Try later."), Fault.RATE_LIMIT),
        (GoogleError(503, "UNAVAILABLE", "Busy."), Fault.NETWORK),
        (GrpcError(GrpcCode.UNAUTHENTICATED), Fault.AUTH),
        (GrpcError(GrpcCode.RESOURCE_EXHAUSTED), Fault.RATE_LIMIT),
        (GrpcError(GrpcCode.UNAVAILABLE), Fault.NETWORK),
        (GrpcError(None), Fault.NETWORK),
        (caused(RuntimeError("It failed."), httpx_status(401)), Fault.AUTH),
        (RuntimeError("Unauthorized"), Fault.AUTH),
        (RuntimeError(), Fault.NETWORK),
    ],
)
def test_an_error_has_a_class(problem: Exception, fault: Fault) -> None:
    assert provider_error("llm", "openai", problem).fault is fault


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        (openai_status(400, {"message": "No.", "code": "bad", "type": "wrong"}), "No. (bad) (wrong)"),
        (openai_status(503, None), "Error code: 503 - None"),
        (openai_event(message="Too fast.", code="rate_limit_exceeded"), "Too fast. (rate_limit_exceeded)"),
        (openai.APIConnectionError(request=ASKED), "Connection error."),
        (AnthropicError("overloaded_error", "Overloaded"), "Overloaded (overloaded_error)"),
        (handshake(429, body=b"Too many"), "Too many"),
        (handshake(502), "server rejected WebSocket connection: HTTP 502"),
        (aiohttp_status(500), "Said so"),
        (ApiError(status_code=400, body={"detail": {"message": "Bad.", "status": "odd"}}), "Bad. (odd)"),
        (ApiError(status_code=400, body={"err_msg": "Bad."}), "{'err_msg': 'Bad.'}"),
        (
            ConnectionClosedError(Close(1011, "gone"), None),
            "received 1011 (internal error) gone; no close frame sent",
        ),
        (TimeoutError(), "TimeoutError"),
        (RuntimeError("two\n  lines"), "two lines"),
    ],
)
def test_it_says_what_the_provider_said(problem: Exception, message: str) -> None:
    error = provider_error("llm", "openai", problem)
    assert (error.message, str(error)) == (message, f"openai (llm): {message}")


def test_no_key_is_told_and_no_page() -> None:
    assert "sk-0123456789" not in provider_error("tts", "x", httpx_status(401)).message
    assert len(provider_error("tts", "x", RuntimeError("word " * 1000)).message) == LONGEST_MESSAGE


@pytest.mark.parametrize(
    ("problem", "seconds"),
    [
        (openai_status(429, None, {"retry-after": "2"}), 2.0),
        (openai_status(429, None, {"retry-after": "2", "retry-after-ms": "1500"}), 1.5),
        (openai_status(429, None), None),
        (httpx_status(429, {"Retry-After": "3"}), 3.0),
        (handshake(429, {"Retry-After": "1"}), 1.0),
        (aiohttp_status(429, {"Retry-After": "1"}), 1.0),
        (ApiError(status_code=429, headers={"retry-after": "4"}), 4.0),
        (ApiError(status_code=429, headers=None), None),
        (RuntimeError(), None),
    ],
)
def test_it_says_how_long_the_provider_wants_to_be_left_alone(
    problem: Exception, seconds: float | None
) -> None:
    assert provider_error("llm", "openai", problem).retry_after == seconds


def test_a_context_that_is_too_long_is_known_as_such() -> None:
    told = {"message": "This model's maximum context length is 8 tokens.", "code": "context_length_exceeded"}
    assert provider_error("llm", "openai", openai_status(400, told)).too_long
    assert provider_error(
        "llm", "openai", openai_event(message="Long.", code="context_length_exceeded")
    ).too_long
    assert not provider_error("llm", "openai", openai_status(400, {"message": "No such model."})).too_long


def test_our_own_error_stays_as_it_is() -> None:
    error = ProviderError("llm", "openai", "It stalled.")
    assert provider_error("tts", "other", error) is error


@pytest.mark.parametrize(
    ("frame", "fault"),
    [
        (ErrorFrame("It failed.", exception=openai_status(401, None)), Fault.AUTH),
        (
            ErrorFrame("It failed.", exception=OSError(), category=ErrorCategory.INVALID_REQUEST),
            Fault.NETWORK,
        ),
        (ErrorFrame("It failed.", category=ErrorCategory.AUTHENTICATION), Fault.AUTH),
        (ErrorFrame("It failed.", category=ErrorCategory.AUTHORIZATION), Fault.AUTH),
        (ErrorFrame("It failed.", category=ErrorCategory.QUOTA), Fault.AUTH),
        (ErrorFrame("It failed.", category=ErrorCategory.RATE_LIMIT), Fault.RATE_LIMIT),
        (ErrorFrame("insufficient_quota", category=ErrorCategory.RATE_LIMIT), Fault.AUTH),
        (ErrorFrame("It failed.", category=ErrorCategory.INVALID_REQUEST), Fault.FATAL),
        (ErrorFrame("It failed.", category=ErrorCategory.SERVER), Fault.NETWORK),
        (ErrorFrame("It failed.", category=ErrorCategory.CONNECTIVITY), Fault.NETWORK),
        (ErrorFrame("Invalid API key", category=ErrorCategory.UNKNOWN), Fault.AUTH),
        (ErrorFrame("It failed.", category=ErrorCategory.APPLICATION), Fault.NETWORK),
        (ErrorFrame("It failed."), Fault.NETWORK),
    ],
)
def test_what_a_service_of_pipecat_reports_has_a_class(frame: ErrorFrame, fault: Fault) -> None:
    error = provider_error_told("stt", "deepgram", frame)
    assert (error.kind, error.provider, error.fault) == ("stt", "deepgram", fault)
