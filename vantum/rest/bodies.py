"""Bounds of the bodies that are sent to the API: small and soon everywhere, but for lists of prospects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from vantum.body_limits import BodyLimits
from vantum.sheets.limits import MEGABYTE, Limits


@dataclass(frozen=True, slots=True)
class Bound:
    """How long a body may take to come, and how long it may be."""

    seconds: float
    most_bytes: int


USUAL: Final = Bound(10.0, 262_144)
"""More than the longest body that can be used."""
FILE: Final = Bound(300.0, Limits().file_bytes + MEGABYTE)
"""A file that is a little too long is told so in words, by whoever reads it."""
LARGER: Final = {"/api/imports": FILE, "/api/imports:try": FILE}
"""The bounds of the paths that take files."""


class BodyBounds:
    """An ASGI application in front of ``app``, which gets bodies that keep to the bounds of their paths."""

    def __init__(self, app: ASGIApp) -> None:
        self._usual = BodyLimits(app, USUAL.seconds, USUAL.most_bytes)
        self._larger = {
            path: BodyLimits(app, bound.seconds, bound.most_bytes) for path, bound in LARGER.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does; it is stopped in reading a body that breaks a bound."""
        path = scope["path"] if scope["type"] == "http" else ""
        await self._larger.get(path, self._usual)(scope, receive, send)
