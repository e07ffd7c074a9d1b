"""Answers only to names that are the server's own.

A page of another site can have its name resolve to this machine once it is loaded (DNS rebinding): its requests then
come from this machine and its origin is the name they are sent to. Only the name gives them away.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from vantum.api_keys import is_local, name_of
from vantum.settings import Settings

ANY = "*"
LONGEST_TOLD = 100


class HostCheck:
    """An ASGI application in front of ``app``, which is called by this machine's names and by ``names``."""

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in, or answer with a 403."""
        host = Headers(scope=scope).get("host", "") if scope["type"] in ("http", "websocket") else ""
        if self._is_ours(host):
            await self._app(scope, receive, send)
            return
        told = f"This server has no name {host[:LONGEST_TOLD]!r}; allow it with VANTUM_ALLOWED_HOSTS.\n"
        answer = PlainTextResponse(told, 403)
        if scope["type"] == "websocket":
            await WebSocket(scope, receive, send).send_denial_response(answer)
        else:
            await answer(scope, receive, send)

    def _is_ours(self, host: str) -> bool:
        # No browser leaves it out; a health probe of the first HTTP does.
        return not host or is_local(name_of(host)) or name_of(host).lower() in self._names


def names_of(settings: Settings) -> frozenset[str] | None:
    """The names that the server has beside this machine's; None when it answers to every name.

    A server that other machines reach may have names that it cannot know: it is asked for them, not guessed.
    """
    told = frozenset(name.strip("[]") for name in settings.allowed_hosts)
    if ANY in told or not (told or is_local(settings.host)):
        return None
    public = urlsplit(settings.public_url or "").hostname
    return told | ({public.lower()} if public else set())
