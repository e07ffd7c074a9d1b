"""Problems as RFC 9457 has them: every request that is not granted is told what is wrong, in one form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import quote

from fastapi import HTTPException, Response
from pydantic import BaseModel, Field

MEDIA_TYPE: Final = "application/problem+json"
MOST_FLAWS: Final = 20
LONGEST_NAME: Final = 100
"""Characters of a name that somebody sent, where it is told back."""


@dataclass(frozen=True, slots=True)
class About:
    """What all problems of a kind share: the end of their type, the HTTP status, and a title."""

    name: str
    status: int
    title: str


class Kind(Enum):
    """What is wrong."""

    MALFORMED = About("malformed", 400, "The request cannot be read")
    UNAUTHORIZED = About("unauthorized", 401, "A key is needed")
    FORBIDDEN = About("forbidden", 403, "This is not allowed")
    NOT_FOUND = About("not-found", 404, "There is no such thing")
    NO_SUCH_METHOD = About("no-such-method", 405, "This cannot be done here")
    TOO_SLOW = About("too-slow", 408, "The request did not come in time")
    CONFLICT = About("conflict", 409, "The state of things does not allow it")
    UNDER_WAY = About("under-way", 409, "The same request is being done")
    TOO_LARGE = About("too-large", 413, "The request is too large")
    INVALID = About("invalid", 422, "Something in the request cannot be used")
    KEY_REUSED = About("key-reused", 422, "The idempotency key belongs to another request")
    TOO_MANY = About("too-many", 429, "Too much is asked")
    FAILED = About("failed", 500, "Something went wrong here")
    BUSY = About("busy", 503, "The database is busy")

    @property
    def type(self) -> str:
        """The URI that programs know the kind by."""
        return f"urn:vantum:problem:{self.value.name}"

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.value.status


_BY_STATUS: Final = {kind.status: kind for kind in reversed(Kind)}
"""The first kind of each status."""


class Flaw(BaseModel):
    """Something in a request that cannot be used."""

    detail: str = Field(description="What is wrong with it, in words for people.")
    pointer: str = Field(description="Where it is, as a JSON pointer (RFC 6901).", examples=["#/phone"])
    location: str = Field(
        default="body", description="In what it is: `body`, `query`, `header` or `path`.", examples=["body"]
    )


class Problem(BaseModel):
    """Why a request was not granted (RFC 9457)."""

    type: str = Field(description="The kind of problem.", examples=[Kind.INVALID.type])
    title: str = Field(description="The kind of problem, in words.", examples=[Kind.INVALID.value.title])
    status: int = Field(description="The HTTP status.", examples=[422])
    detail: str = Field(description="What is wrong this time.", examples=["One thing cannot be used."])
    instance: str = Field(description="What was asked for.", examples=["/api/contacts"])
    errors: list[Flaw] = Field(default_factory=list, description="What in the request cannot be used.")


class Refused(HTTPException):
    """A request that is not granted."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        flaws: Sequence[Flaw] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind.status, detail, dict(headers or {}))
        self.kind = kind
        self.told = detail
        self.flaws = tuple(flaws)


def not_found(what: str) -> Refused:
    """What is asked for does not exist, or belongs to another organisation: nobody is told which."""
    return Refused(Kind.NOT_FOUND, f"There is no such {what}.")


def invalid(*flaws: Flaw) -> Refused:
    """The request has flaws."""
    count = len(flaws)
    told = "One thing cannot be used." if count == 1 else f"{count} things cannot be used."
    return Refused(Kind.INVALID, told, flaws[:MOST_FLAWS])


def flaw_at(field: str, detail: str) -> Flaw:
    """A flaw of a body's field."""
    return Flaw(detail=detail, pointer=pointer(field))


def pointer(*path: str | int) -> str:
    """A JSON pointer as a fragment of a URI; names are cut, and what is no text is replaced."""
    steps = [str(step)[:LONGEST_NAME].encode("utf-8", "replace").decode() for step in path]
    escaped = [step.replace("~", "~0").replace("/", "~1") for step in steps]
    return "#" + "".join(f"/{quote(step, safe='~')}" for step in escaped)


def kind_of(status: int) -> Kind:
    """The kind of a problem of which only the HTTP status is known."""
    return _BY_STATUS.get(status, Kind.MALFORMED if status < 500 else Kind.FAILED)


def answer(refused: Refused, path: str) -> Response:
    """The answer to a request for ``path`` that is not granted."""
    kind = refused.kind
    problem = Problem(
        type=kind.type,
        title=kind.value.title,
        status=kind.status,
        detail=refused.told,
        instance=quote(path.encode("utf-8", "replace"), safe="/:"),
        errors=list(refused.flaws),
    )
    content = problem.model_dump_json(exclude=None if problem.errors else {"errors"})
    return Response(content, kind.status, dict(refused.headers or {}), MEDIA_TYPE)
