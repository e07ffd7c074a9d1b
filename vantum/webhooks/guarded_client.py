"""The HTTP client of webhooks: each connection goes to the very address that was looked at, and redirects nowhere.

A name is looked up once for each connection. To look it up, allow it and then connect by the name would ask twice,
and whoever owns the name could answer differently the second time (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final

import httpcore
import httpx

from vantum.webhooks.addresses import Reach, is_public, url_problem

ATTEMPT_SECONDS: Final = 10.0
CONNECT_SECONDS: Final = 3.0
"""For each address of a name."""
MOST_ADDRESSES: Final = 3
AT_ONCE: Final = 20
AGENT: Final = "Vantum-Webhooks/1"
REFUSED: Final = "The name leads to no public address (VANTUM_WEBHOOK_ALLOW_PRIVATE)."

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The IP addresses of a host; raises OSError when there are none."""


async def resolved(host: str, port: int) -> Sequence[str]:
    """What the system says."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects only to addresses within ``reach``."""

    def __init__(self, reach: Reach, resolve: Resolve = resolved) -> None:
        self._reach = reach
        self._resolve = resolve
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address that answers; raises ConnectError."""
        problem: httpcore.ConnectError | httpcore.ConnectTimeout = httpcore.ConnectError(REFUSED)
        patience = min(CONNECT_SECONDS, timeout or CONNECT_SECONDS)
        for address in await self._allowed(host, port):
            try:
                return await self._inner.connect_tcp(address, port, patience, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem

    async def _allowed(self, host: str, port: int) -> Sequence[str]:
        try:
            found = list(dict.fromkeys(await self._resolve(host, port)))
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("The name is not known.") from error
        allowed = [each for each in found if self._reach is Reach.ANYWHERE or is_public(each)]
        return allowed[:MOST_ADDRESSES]


class GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport within ``reach``, over a pool whose connections are guarded."""

    def __init__(self, reach: Reach, resolve: Resolve = resolved) -> None:
        context = httpx.create_ssl_context()
        super().__init__(verify=context)
        self._reach = reach
        # httpx takes every argument of its pool but the last one.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=AT_ONCE,
            max_keepalive_connections=AT_ONCE,
            keepalive_expiry=ATTEMPT_SECONDS,
            network_backend=GuardedBackend(reach, resolve),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer; raises UnsupportedProtocol for an address that no webhook may go to."""
        problem = url_problem(str(request.url), self._reach)
        if problem:
            raise httpx.UnsupportedProtocol(problem)
        return await super().handle_async_request(request)


def guarded_client(reach: Reach, resolve: Resolve = resolved) -> httpx.AsyncClient:
    """A client for webhooks; to be closed by who made it."""
    return httpx.AsyncClient(
        transport=GuardedTransport(reach, resolve),
        timeout=ATTEMPT_SECONDS,
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": AGENT, "Accept": "*/*", "Accept-Encoding": "identity"},
    )
