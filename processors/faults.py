"""Reads what any provider's SDK raises, or reports through pipecat, as our own error: whose fault, in what words.

Nobody knows all SDKs, but their errors have few shapes: an HTTP status, headers and a body, on the error or on its
response; a WebSocket that was closed; a gRPC code; or words alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from enum import Enum
from typing import Protocol, runtime_checkable

from pipecat.frames.frames import ErrorFrame
from pipecat.utils.errors import ErrorCategory
from pipecat.utils.security.redaction import redact_secrets
from websockets.exceptions import ConnectionClosed

from vantum.core.errors import ProviderError
from vantum.core.faults import Fault, fault_of_close, fault_of_status, fault_of_words, retry_after

LONGEST_MESSAGE = 300
"""Characters kept of what a provider says: some send a whole page."""
DEEPEST_CAUSE = 5

STATUS_OF_CATEGORY = {
    ErrorCategory.AUTHENTICATION: 401,
    ErrorCategory.AUTHORIZATION: 403,
    ErrorCategory.QUOTA: 402,
    ErrorCategory.RATE_LIMIT: 429,
    ErrorCategory.INVALID_REQUEST: 400,
    ErrorCategory.SERVER: 500,
    ErrorCategory.CONNECTIVITY: 503,
}
"""What pipecat read from an error that it does not hand on, as the HTTP status that says the same."""
STATUS_OF_GRPC = {
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "RESOURCE_EXHAUSTED": 429,
    "INVALID_ARGUMENT": 400,
    "NOT_FOUND": 404,
    "OUT_OF_RANGE": 400,
    "UNIMPLEMENTED": 404,
    "FAILED_PRECONDITION": 400,
}
"""The gRPC codes that are no fault of the network."""
BAD_KEYS = ("API_KEY_INVALID", "API key not valid")
"""How Google says with status 400 that a key is wrong."""


@runtime_checkable
class _StatusCode(Protocol):
    status_code: (
        object  # httpx, openai, anthropic, groq, deepgram, elevenlabs, azure; the response of websockets
    )


@runtime_checkable
class _Status(Protocol):
    status: object  # aiohttp


@runtime_checkable
class _Code(Protocol):
    code: object  # google (a number, a status as text), grpc (a method), openai (a text)


@runtime_checkable
class _Response(Protocol):
    response: object


@runtime_checkable
class _Headers(Protocol):
    headers: object


@runtime_checkable
class _Body(Protocol):
    body: object


@runtime_checkable
class _Message(Protocol):
    message: object


def provider_error(kind: str, provider: str, problem: Exception) -> ProviderError:
    """What ``problem`` means for the job ``kind`` that ``provider`` does: a fault, and words without secrets."""
    if isinstance(problem, ProviderError):
        return problem
    message = _words(problem)
    fault = _fault_of_closed(problem) if isinstance(problem, ConnectionClosed) else _fault(problem, message)
    return ProviderError(kind, provider, message, fault, _retry_after(problem))


def provider_error_told(kind: str, provider: str, frame: ErrorFrame) -> ProviderError:
    """What a pipecat service says with ``frame``: by its exception where there is one, else by category and words."""
    if frame.exception is not None:
        return provider_error(kind, provider, frame.exception)
    status = STATUS_OF_CATEGORY.get(frame.category or ErrorCategory.UNKNOWN)
    fault = fault_of_status(status, frame.error) if status else _fault_of_message(frame.error)
    return ProviderError(kind, provider, _clean(frame.error), fault)


# --- whose fault it is ---------------------------------------------------------------------------------


def _fault(problem: BaseException, message: str) -> Fault:
    status = next((status for error in _chain(problem) if (status := _http_status(error)) is not None), None)
    if status is None or status < 400:
        # Errors inside a stream come after its "200 OK".
        return _fault_of_message(message)
    if status == 400 and any(words in message for words in BAD_KEYS):
        return Fault.AUTH
    return fault_of_status(status, message)


def _fault_of_message(message: str) -> Fault:
    return fault_of_words(message) or Fault.NETWORK


def _fault_of_closed(closed: ConnectionClosed) -> Fault:
    """Only the other side's word counts: what we sent answers something that may not come again."""
    said = closed.rcvd
    return fault_of_close(said.code, said.reason) if said is not None else Fault.NETWORK


def _http_status(error: BaseException) -> int | None:
    places = (error.response, error) if isinstance(error, _Response) else (error,)
    for place in places:
        for status in _statuses(place):
            if isinstance(status, int) and 100 <= status < 600:
                return int(status)
    return _grpc_status(error)


def _statuses(place: object) -> Iterator[object]:
    if isinstance(place, _StatusCode):
        yield place.status_code
    if isinstance(place, _Status):
        yield place.status
    if isinstance(place, _Code):
        yield place.code


def _grpc_status(error: BaseException) -> int | None:
    method = error.code if isinstance(error, _Code) else None
    if not callable(method):
        return None
    code = method()
    return STATUS_OF_GRPC.get(code.name, 503) if isinstance(code, Enum) else None


def _chain(problem: BaseException) -> Iterator[BaseException]:
    """The error, and those that it came of."""
    error: BaseException | None = problem
    for _ in range(DEEPEST_CAUSE):
        if error is None:
            return
        yield error
        error = error.__cause__


# --- what is said --------------------------------------------------------------------------------------


def _retry_after(problem: Exception) -> float | None:
    places = (problem.response, problem) if isinstance(problem, _Response) else (problem,)
    for place in places:
        if isinstance(place, _Headers) and isinstance(place.headers, Mapping):
            seconds = retry_after(place.headers)
            if seconds is not None:
                return seconds
    return None


def _words(problem: Exception) -> str:
    said = _of_body(problem.body) if isinstance(problem, _Body) else ""
    if not said and isinstance(problem, _Response) and isinstance(problem.response, _Body):
        said = _of_body(problem.response.body)
    if not said and isinstance(problem, _Message) and isinstance(problem.message, str):
        said = problem.message
    return _clean(said or str(problem) or type(problem).__name__)


def _of_body(body: object) -> str:
    """The sentence in a response, and the codes around it: they say what the sentence may leave out."""
    match body:
        case {"error": {**inner}}:
            return _of_body(inner)
        case {"message": str(message), **rest}:
            codes = {str(rest[key]) for key in ("code", "type", "status", "err_code") if rest.get(key)}
            return " ".join((message, *(f"({code})" for code in sorted(codes) if code not in message)))
        case {"detail": detail}:
            return _of_body(detail)
        case bytes() | bytearray():
            text = body.decode(errors="replace")
            with suppress(ValueError, RecursionError):
                return _of_body(json.loads(text))
            return text
        case str():
            return body
        case None:
            return ""
        case _:
            return str(body)


def _clean(text: str) -> str:
    """Without credentials, on one line, of a length that a log can bear."""
    return " ".join(redact_secrets(text).split())[:LONGEST_MESSAGE]
