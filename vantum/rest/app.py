"""The application of the REST API: its routes, its description, and what every request passes before them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Final

from fastapi import FastAPI, Response
from fastapi.responses import HTMLResponse
from pydantic.json_schema import models_json_schema
from starlette.types import ASGIApp, Receive, Scope, Send

from vantum.rest import (
    analyses,
    call_events,
    call_export,
    call_log,
    callbacks,
    campaign_control,
    campaign_events,
    campaigns,
    companies,
    consents,
    contacts,
    deliveries,
    exports,
    imports,
    keys,
    leads,
    organisations,
    retry_policies,
    suppressions,
    users,
    webhooks,
)
from vantum.rest.bodies import BodyBounds
from vantum.rest.door import DESCRIPTION, PAGE, PAGE_STYLE, Door, Entrance
from vantum.rest.errand import Office
from vantum.rest.examples import add_examples
from vantum.rest.failures import handle_failures
from vantum.rest.lookout import Lookout
from vantum.rest.page import STYLE, page_of
from vantum.rest.places import Places
from vantum.rest.premises import USUAL, Premises
from vantum.rest.problems import Problem
from vantum.rest.streams import Streams
from vantum.store.engine import Store

PREFIX: Final = "/api"
ELSEWHERE: Final = frozenset({"calls", "tokens"})
"""What is under the prefix too, and is not of this application."""
OF_CALLS: Final = frozenset({"events"})
"""What of a call is of this application all the same: ``/api/calls/ID/events``."""
ABOUT: Final = (
    "People and their consents, who must not be called, campaigns, and what their calls came to. Lists come in pages:"
    " follow `next`. What is refused is told as a problem (RFC 9457). A POST with the header `Idempotency-Key` is"
    " done once, however often it is sent."
)
_ROUTERS: Final = (
    organisations.ROUTER,
    users.ROUTER,
    keys.ROUTER,
    companies.ROUTER,
    exports.ROUTER,
    contacts.ROUTER,
    consents.ROUTER,
    suppressions.ROUTER,
    imports.ROUTER,
    campaigns.ROUTER,
    campaign_control.ROUTER,
    campaign_events.ROUTER,
    retry_policies.ROUTER,
    leads.ROUTER,
    callbacks.ROUTER,
    call_export.ROUTER,
    call_log.ROUTER,
    call_events.ROUTER,
    analyses.ROUTER,
    deliveries.ROUTER,
    webhooks.ROUTER,
)


def utc_now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """What tells of the API, as it is sent: the description for programs, and the page for people."""

    description: bytes
    page: bytes


class RestApp(FastAPI):
    """FastAPI, with problems and examples in its description."""

    _told: Told | None = None

    def told(self) -> Told:
        """What tells of the API. To make it takes half a second, in which no call on the same loop is served."""
        if self._told is None:
            described = self.openapi()
            text = json.dumps(described, ensure_ascii=False, separators=(",", ":"))
            self._told = Told(text.encode(), page_of(described, PAGE_STYLE).encode())
        return self._told

    def openapi(self) -> dict[str, Any]:
        """The description of the API."""
        if self.openapi_schema is None:
            described = super().openapi()
            _, problems = models_json_schema(
                [(Problem, "serialization")], ref_template="#/components/schemas/{model}"
            )
            described["components"]["schemas"].update(problems["$defs"])
            add_examples(described)
            self.openapi_schema = described
        return self.openapi_schema


def rest_app(
    store: Store,
    entrance: Entrance,
    clock: Callable[[], datetime] = utc_now,
    premises: Premises = USUAL,
) -> RestApp:
    """The application that answers what is under ``/api``, except for calls and tokens."""
    app = RestApp(
        title="Vantum outreach",
        version=version("vantum"),
        description=ABOUT,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # As they are: to include their routers makes all of them again, in a third of a second.
        routes=[route for router in _ROUTERS for route in router.routes],
    )
    app.state.office = Office(store, clock)
    app.state.premises = premises
    app.state.streams = Streams()
    app.state.lookout = Lookout()
    app.state.reading = Places(imports.MOST_AT_A_TIME, "lists are read")
    _show(app)
    handle_failures(app)
    # The last one added is the first that a request comes to.
    app.add_middleware(BodyBounds)
    app.add_middleware(Door, store=store, entrance=entrance, clock=clock)
    return app


def _show(app: RestApp) -> None:
    """Show the description of ``app`` to programs and to people."""

    @app.get(DESCRIPTION, include_in_schema=False)
    async def description() -> Response:
        return Response(app.told().description, media_type="application/json")

    @app.get(PAGE, include_in_schema=False)
    async def page() -> HTMLResponse:
        return HTMLResponse(app.told().page)

    @app.get(PAGE_STYLE, include_in_schema=False)
    async def style() -> Response:
        return Response(STYLE, media_type="text/css")


class RestFront:
    """An ASGI application in front of ``app``: what is under ``/api`` and of outreach goes to ``rest``."""

    def __init__(self, app: ASGIApp, rest: ASGIApp) -> None:
        self._app = app
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""
        ours = scope["type"] == "http" and is_ours(scope["path"])
        await (self._rest if ours else self._app)(scope, receive, send)


def is_ours(path: str) -> bool:
    """Whether a path is answered by this application."""
    prefix, _, rest = path.removeprefix(PREFIX).partition("/")
    if not path.startswith(PREFIX) or prefix:
        return False
    first, _, below = rest.partition("/")
    return first not in ELSEWHERE or below.partition("/")[2] in OF_CALLS
