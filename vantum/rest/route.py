"""A route of the API: it names the right that it needs, which is looked at before anything is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

from fastapi import Request, Response, Security, params
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.types import Receive, Scope, Send

from vantum.rest.access import ALLOWED, Principal, Right
from vantum.rest.problems import MEDIA_TYPE, Kind, Problem, Refused

RIGHT: Final = "x-right"
"""What OpenAPI calls the right that an operation needs."""
PRINCIPAL: Final = "vantum.principal"
"""Under this name a request's scope has its principal."""
_ALWAYS: Final = (
    Kind.MALFORMED,
    Kind.UNAUTHORIZED,
    Kind.FORBIDDEN,
    Kind.TOO_LARGE,
    Kind.INVALID,
    Kind.TOO_MANY,
    Kind.BUSY,
)
_BEARER: Final = Security(
    HTTPBearer(
        auto_error=False,
        scheme_name="Key",
        description="A key of `POST /api/keys`, or one of VANTUM_API_KEYS.",
    )
)
"""For the description: what asks for the key is the door."""
_METHODS: Final[defaultdict[str, set[str]]] = defaultdict(set)


def needs(right: Right, *kinds: Kind) -> dict[str, Any]:
    """What a route is declared with: the right that it needs, and its problems beside those that all have."""
    told = {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}
    responses: dict[int | str, dict[str, Any]] = {
        kind.status: {"description": kind.value.title, "content": {MEDIA_TYPE: told}}
        for kind in sorted((*_ALWAYS, *kinds), key=lambda kind: kind.status)
    }
    return {"openapi_extra": {RIGHT: str(right)}, "responses": responses}


def principal_of(scope: Scope) -> Principal:
    """Who asks; whoever has come this far is known."""
    found = scope[PRINCIPAL]
    if not isinstance(found, Principal):
        raise TypeError("A request has a principal.")
    return found


class RestRoute(APIRoute):
    """A route that only those pass who have its right; one that names none raises KeyError when it is made."""

    def __init__(
        self, *arguments: Any, dependencies: Sequence[params.Depends] | None = None, **more: Any
    ) -> None:
        super().__init__(*arguments, dependencies=[_BEARER, *(dependencies or ())], **more)

    def get_route_handler(self) -> Callable[[Request], Coroutine[None, None, Response]]:
        """How a request is answered."""
        answer = super().get_route_handler()
        right = Right((self.openapi_extra or {})[RIGHT])
        _METHODS[self.path].update(self.methods or ())

        async def answer_rightful(request: Request) -> Response:
            principal = principal_of(request.scope)
            if not principal.may(right):
                raise Refused(Kind.FORBIDDEN, f"This needs the right {right}. {_lacking(principal, right)}")
            return await answer(request)

        return answer_rightful

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As every route, but a method that a path does not have is told all those that it has."""
        if scope["method"] not in (self.methods or ()):
            allowed = ", ".join(sorted(_METHODS[self.path]))
            raise Refused(
                Kind.NO_SUCH_METHOD, f"Only {allowed} can be done here.", headers={"Allow": allowed}
            )
        await super().handle(scope, receive, send)


def _lacking(principal: Principal, right: Right) -> str:
    if right in ALLOWED[principal.role]:
        return "The key's scopes do not have it."
    return f"The role {principal.role} does not have it."
