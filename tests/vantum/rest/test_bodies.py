"""Bounds of bodies: small everywhere, and large where files are sent."""

from __future__ import annotations

import pytest
from fastapi import HTTPException
from starlette.types import Message, Receive, Scope, Send

from vantum.rest.bodies import LARGER, USUAL, BodyBounds

IMPORTS = LARGER["/api/imports"]


async def read(path: str, size: int, kind: str = "http") -> int:
    """How many bytes come through of a body for a path."""
    found = 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal found
        found = len((await receive())["body"])

    async def receive() -> Message:
        return {"type": "http.request", "body": b" " * size}

    async def send(message: Message) -> None:
        raise AssertionError(message)

    await BodyBounds(app)({"type": kind, "path": path}, receive, send)
    return found


@pytest.mark.parametrize(
    ("path", "size"),
    [("/api/contacts", USUAL.most_bytes), ("/api/imports", USUAL.most_bytes + 1)],
)
async def test_a_body_within_its_bound_comes_through(path: str, size: int) -> None:
    assert await read(path, size) == size


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("/api/contacts", USUAL.most_bytes + 1),
        ("/api/imports/x", USUAL.most_bytes + 1),
        ("/api/imports", IMPORTS.most_bytes + 1),
    ],
)
async def test_a_longer_one_is_refused(path: str, size: int) -> None:
    with pytest.raises(HTTPException) as refused:
        await read(path, size)
    assert refused.value.status_code == 413


async def test_what_is_no_request_passes() -> None:
    assert await read("", USUAL.most_bytes + 1, "lifespan") == USUAL.most_bytes + 1
