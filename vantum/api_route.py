"""The door of the REST API: who is let in, how long a body may be, and how a body that cannot be used is refused."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.types import Message, Receive, Scope, Send

from transports.browser.routes import origin_allowed
from vantum.api_bodies import PATTERNS, Flaw
from vantum.api_keys import ApiKeys, from_this_machine

MAX_BODY_BYTES: Final = 1_048_576
"""More than the longest body that can be used, written in the most wasteful way."""
MOST_FLAWS: Final = 20
LONGEST_NAME: Final = 100
A_JSON_OBJECT: Final = "Send a JSON object, with the header `Content-Type: application/json`."
NO_JSON: Final = "The body cannot be read as JSON."
NO_TEXT: Final = "There is half of a character (a lone surrogate) in it."
BEARER: Final = HTTPBearer(
    auto_error=False, scheme_name="ApiKey", description="One of the keys of VANTUM_API_KEYS."
)


def guarded(keys: ApiKeys, allowed_origins: tuple[str, ...] = ()) -> type[APIRoute]:
    """The class of the API's routes: all of them look at the key first, before anything is read."""
    methods: dict[str, set[str]] = {}

    class GuardedRoute(APIRoute):
        """A route behind ``keys``."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[None, None, Response]]:
            answer = super().get_route_handler()
            methods.setdefault(self.path, set()).update(self.methods or ())

            async def answer_guarded(request: Request) -> Response:
                await _check(keys, allowed_origins, request)
                try:
                    return await answer(Request(request.scope, _limited(request.receive)))
                except RequestValidationError as error:
                    raise HTTPException(
                        422, [_flaw(found) for found in error.errors()[:MOST_FLAWS]]
                    ) from None
                except AnyHTTPException as error:
                    if error.status_code != 400:
                        raise
                    # No text, nested too deep, or a number of thousands of digits.
                    raise unprocessable("json_invalid", ("body",), NO_JSON) from None

            return answer_guarded

        async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
            """As every route, but a method that a path does not have is told all those that it has."""
            if scope["method"] not in (self.methods or ()):
                allowed = ", ".join(sorted(methods[self.path]))
                raise HTTPException(405, f"Only {allowed} can be done here.", {"Allow": allowed})
            await super().handle(scope, receive, send)

    return GuardedRoute


def unprocessable(kind: str, loc: tuple[str | int, ...], problem: str) -> HTTPException:
    """The answer to a request with one flaw."""
    return HTTPException(422, [Flaw(loc=list(loc), msg=problem, type=kind).model_dump()])


async def _check(keys: ApiKeys, allowed_origins: tuple[str, ...], request: Request) -> None:
    """Raises a 401 or a 403 for those who may not use the API."""
    if keys.configured:
        origin = request.headers.get("origin")
        if not origin_allowed(origin, request.headers.get("host", ""), allowed_origins):
            raise HTTPException(
                403, "A page of this site may not; allow its origin with VANTUM_ALLOWED_ORIGINS."
            )
        given = await BEARER(request)
        if given is None:
            raise _unauthorized("Send a key of VANTUM_API_KEYS in the header `Authorization: Bearer KEY`.")
        if not keys.accept(given.credentials):
            raise _unauthorized("The key is none of VANTUM_API_KEYS.")
        return
    client = request.client.host if request.client else ""
    headers = request.headers
    if not from_this_machine(client, headers.get("host", ""), headers.get("origin", ""), headers.keys()):
        raise HTTPException(403, "Without VANTUM_API_KEYS only programs on this machine are answered.")


def _unauthorized(problem: str) -> HTTPException:
    return HTTPException(401, problem, {"WWW-Authenticate": "Bearer"})


def _limited(receive: Receive) -> Receive:
    """``receive``, until a body becomes too long; a 413 then."""
    received = 0

    async def receive_limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MAX_BODY_BYTES:
            raise HTTPException(413, f"A body has at most {MAX_BODY_BYTES} bytes.")
        return message

    return receive_limited


def _flaw(error: dict[str, Any]) -> dict[str, Any]:
    """One of pydantic's errors without what was sent, which may be secret, endless or no text at all."""
    loc = [part[:LONGEST_NAME] if isinstance(part, str) else part for part in error["loc"]]
    kind, problem, context = error["type"], error["msg"], error.get("ctx", {})
    if kind == "json_invalid":
        loc, problem = ["body"], f"{NO_JSON} {context['error']}."
    elif kind == "string_unicode":
        problem = NO_TEXT
    elif loc == ["body"]:
        problem = A_JSON_OBJECT
    elif kind == "string_pattern_mismatch":
        problem = PATTERNS[context["pattern"]]
    return Flaw(loc=loc, msg=problem, type=kind).model_dump()
