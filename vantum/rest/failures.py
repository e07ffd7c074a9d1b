"""What goes wrong within a request, told as a problem: flaws that pydantic found, errors of HTTP and the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from vantum.rest.fields import PATTERNS
from vantum.rest.problems import (
    MOST_FLAWS,
    Flaw,
    Kind,
    Refused,
    answer,
    invalid,
    kind_of,
    not_found,
    pointer,
)
from vantum.store.trying import is_passing

RETRY_SECONDS: Final = 2
NO_JSON: Final = "The body cannot be read as JSON."
NO_TEXT: Final = "There is half of a character (a lone surrogate) in it."
NO_MATCH: Final = "It does not have the form that it needs."
AN_OBJECT: Final = "Send a JSON object, with the header `Content-Type: application/json`."
BUSY: Final = "The database was busy for too long. Nothing was changed: ask again."
FAILED: Final = "The server could not do this. Its log tells why."
TRANSLATED: Final = (HTTPException, RequestValidationError, DBAPIError, PoolTimeoutError)
"""What becomes a problem, unless it is our own fault."""


def handle_failures(app: FastAPI) -> None:
    """Have every error of ``app`` told as a problem."""
    for kind in TRANSLATED:
        app.add_exception_handler(kind, _on_failure)
    app.add_exception_handler(Exception, _on_crash)


def refused_by(error: Exception) -> Refused | None:
    """The problem that an error is for who asked; None for one that is our own fault."""
    match error:
        case Refused():
            return error
        case RequestValidationError():
            return _invalid(error)
        case HTTPException():
            return _of_http(error)
        case PoolTimeoutError():
            return _busy()
        case DBAPIError() if is_passing(error):
            return _busy()
        case _:
            return None


async def _on_failure(request: Request, error: Exception) -> Response:
    refused = refused_by(error)
    if refused is None:
        raise error
    return answer(refused, request.scope["path"])


async def _on_crash(request: Request, error: Exception) -> Response:  # noqa: ARG001
    # The error goes on to the server, whose log has it.
    return answer(Refused(Kind.FAILED, FAILED), request.scope["path"])


def _busy() -> Refused:
    return Refused(Kind.BUSY, BUSY, headers={"Retry-After": str(RETRY_SECONDS)})


def _of_http(error: HTTPException) -> Refused:
    kind = kind_of(error.status_code)
    match kind:
        case Kind.NOT_FOUND:
            return not_found("path")
        case Kind.MALFORMED:
            # No text, nested too deep, a number of thousands of digits, or nobody there any more.
            return Refused(kind, NO_JSON)
        case _:
            return Refused(kind, error.detail, headers=error.headers)


def _invalid(error: RequestValidationError) -> Refused:
    found = error.errors()[:MOST_FLAWS]
    if any(each["type"] == "json_invalid" for each in found):
        return Refused(Kind.MALFORMED, NO_JSON)
    if any(each["loc"][:1] == ("path",) for each in found):
        # What is no id is the id of nothing.
        return not_found("thing")
    return invalid(*(_flaw(each) for each in found))


def _flaw(error: Mapping[str, Any]) -> Flaw:
    """One of pydantic's errors without what was sent, which may be secret, endless or no text at all."""
    location, *path = error["loc"]
    return Flaw(detail=_words(error, path), pointer=pointer(*path), location=str(location))


def _words(error: Mapping[str, Any], path: list[str | int]) -> str:
    match error["type"]:
        case "string_unicode":
            return NO_TEXT
        case "string_pattern_mismatch":
            return PATTERNS.get(error["ctx"]["pattern"], NO_MATCH)
        case _ if not path:
            return AN_OBJECT
        case _:
            return str(error["msg"])
