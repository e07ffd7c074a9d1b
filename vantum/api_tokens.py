"""Tokens for browsers, over HTTP: minted for who may use the REST API, and for the page on this machine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from pydantic import Field

from vantum.api import INVALID, TOO_LONG, Responses, guarded_router, refusal
from vantum.api_bodies import TOKEN_SECONDS, NewToken
from vantum.api_keys import from_this_machine
from vantum.api_route import unprocessable
from vantum.call_views import View
from vantum.core.access_token import LONGEST, Grant
from vantum.core.errors import PipelineError
from vantum.entry import Entry
from vantum.services import Services

OFF: Final = "No token is needed: VANTUM_AUTH is off."
NOT_HERE: Final = "Only a page on this machine gets a token by itself. Open the page with #token=TOKEN."
NEEDED_NOT: Final[Responses] = {409: refusal("No token is needed.")}


class MadeToken(View):
    """A token, and what it allows."""

    token: str = Field(description="What the browser adds to the address: /ws?token=TOKEN.")
    expires_at: datetime
    uses: int
    pipeline: str


def token_routes(services: Services, entry: Entry) -> APIRouter:
    """A router that makes tokens for who may use the REST API."""
    router = guarded_router(services, "/api/tokens", "tokens")
    longest = services.settings.max_token_seconds

    @router.post("", status_code=201, summary="Make a token", responses=NEEDED_NOT | TOO_LONG | INVALID)
    async def make_token(wanted: NewToken) -> MadeToken:
        """Make a token with which a browser can call. It is told once, and written down nowhere."""
        if wanted.ttl > longest:
            problem = f"A token is good for at most {longest} seconds (VANTUM_MAX_TOKEN_SECONDS)."
            raise unprocessable("less_than_equal", ("body", "ttl"), problem)
        return _made(entry, wanted)

    return router


def page_routes(services: Services, entry: Entry) -> APIRouter:
    """A router that gives the page of this machine a token, whatever keys there are."""
    router = APIRouter(include_in_schema=False)

    @router.post("/token", status_code=201)
    async def page_token(request: Request) -> MadeToken:
        headers = request.headers
        client = request.client.host if request.client else ""
        if not from_this_machine(client, headers.get("host", ""), headers.get("origin", ""), headers.keys()):
            raise HTTPException(403, NOT_HERE)
        return _made(entry, NewToken(ttl=min(TOKEN_SECONDS, services.settings.max_token_seconds)))

    return router


def _made(entry: Entry, wanted: NewToken) -> MadeToken:
    """The token that is wanted; an error of HTTP's when there is none to be had."""
    if entry.tokens is None:
        raise HTTPException(409, OFF)
    grant = entry.tokens.grant(
        _pipeline(entry, wanted.pipeline),
        wanted.ttl,
        uses=wanted.uses,
        origin=wanted.origin or "",
        variables=wanted.variables,
    )
    token = entry.tokens.seal(grant)
    if len(token) > LONGEST:
        problem = f"A token has at most {LONGEST} characters: these variables make it longer."
        raise unprocessable("too_long", ("body", "variables"), problem)
    return _told(token, grant)


def _told(token: str, grant: Grant) -> MadeToken:
    expires_at = datetime.fromtimestamp(grant.expires_at, UTC)
    return MadeToken(token=token, expires_at=expires_at, uses=grant.uses, pipeline=grant.pipeline)


def _pipeline(entry: Entry, name: str | None) -> str:
    try:
        return entry.pipelines.named(name).name if name else entry.pipelines.default.name
    except PipelineError as error:
        raise unprocessable("pipeline", ("body", "pipeline"), str(error)) from None
