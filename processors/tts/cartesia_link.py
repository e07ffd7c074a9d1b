"""The WebSocket to Cartesia: opened before it is needed, opened again when it drops, and never waited for in vain."""

from __future__ import annotations

import asyncio
import json
import random
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache

from loguru import logger
from pipecat.processors.frame_processor import FrameProcessor
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.protocol import State

from processors.tts.cartesia_faults import link_error
from processors.weakly import weakly_told
from vantum.core.errors import ProviderError
from vantum.core.faults import Fault
from vantum.core.retry import Phase, jittered, waits

LINK_UP_SECONDS = 2.5
"""So long may an attempt to open the link take."""
STABLE_SECONDS = 2.0
"""A link that drops sooner than this after it was opened has not healed."""
SEND_SECONDS = 0.5
CLOSE_SECONDS = 0.9
LASTING = (Fault.AUTH, Fault.FATAL)
"""What a handshake is refused for will be refused for as long as the call lasts."""

Message = Mapping[str, object]


class CartesiaLink:
    """``take`` is given each message, in order; ``lost`` is told why nothing more comes of what was asked."""

    def __init__(
        self,
        owner: FrameProcessor,
        url: str,
        headers: Mapping[str, str],
        take: Callable[[Message], None],
        lost: Callable[[ProviderError], None],
    ) -> None:
        self._owner = owner
        self._url = url
        self._headers = headers
        self._take = weakly_told(take)
        self._lost = weakly_told(lost)
        self._socket: ClientConnection | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        self._tried: asyncio.Future[ProviderError | None] | None = None
        self._refused: ProviderError | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._heard_at = 0.0

    @property
    def is_up(self) -> bool:
        """Whether messages can be sent."""
        return self._socket is not None and self._socket.state is State.OPEN

    def silent_since(self, moment: float) -> float:
        """For how many seconds nothing has come, counted from ``moment`` at the earliest."""
        return time.monotonic() - max(moment, self._heard_at)

    def open(self) -> None:
        """Begin to open the link; nothing waits for it."""
        if self._keeping is None or self._keeping.done():
            self._keeping = self._owner.create_task(self._keep(), "link")

    async def up(self) -> None:
        """Wait until the link is up; raises ProviderError when the next attempt to open it fails."""
        if self._refused is not None:
            raise self._refused
        if self.is_up:
            return
        self._hurry.set()
        self.open()
        if self._tried is None:
            self._tried = asyncio.get_running_loop().create_future()
        problem = await asyncio.shield(self._tried)
        if problem is not None:
            raise problem

    async def send(self, message: Message) -> None:
        """Raises ProviderError when the link is lost, or takes nothing."""
        socket = self._socket
        if socket is None:
            raise link_error(ConnectionError("the link is down"))
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await socket.send(json.dumps(message))
        except TimeoutError:
            socket.transport.abort()
            raise link_error(ConnectionError("the link takes nothing")) from None
        except (ConnectionClosed, OSError) as error:
            raise link_error(error) from error

    def renew(self) -> None:
        """Leave this link, which may be dead without knowing it, and open another."""
        socket, self._socket = self._socket, None
        if socket is None:
            return
        self._lost(link_error(ConnectionError("the link was silent")))
        self._leave(socket)
        if self._keeping is not None:
            self._keeping.cancel()
        self._keeping = self._owner.create_task(self._keep(), "link")

    def _leave(self, socket: ClientConnection) -> None:
        leaving = self._owner.create_task(_close(socket), "leaving")
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)

    async def close(self) -> None:
        """Close within ``CLOSE_SECONDS``, whatever the other side does."""
        keeping, self._keeping = self._keeping, None
        socket, self._socket = self._socket, None
        if keeping is not None:
            await self._owner.cancel_task(keeping)
        if socket is not None:
            await _close(socket)
        await asyncio.gather(*self._leaving)

    async def _keep(self) -> None:
        while await self._hold():
            pass

    async def _hold(self) -> bool:
        """Open the link and read from it; False when it was refused, or failed as often as there are waits."""
        for wait in waits(Fault.NETWORK, Phase.CONNECT):
            await self._rest(wait)
            socket = await self._attempt()
            if socket is not None:
                opened_at = time.monotonic()
                await self._read(socket)
                if time.monotonic() - opened_at > STABLE_SECONDS:
                    return self._refused is None
            if self._refused is not None:
                break
        return False

    async def _rest(self, seconds: float) -> None:
        """Before an attempt; who needs the link does not wait."""
        if self._tried is None:
            with suppress(TimeoutError):
                async with asyncio.timeout(jittered(seconds, random.random())):  # noqa: S311
                    await self._hurry.wait()
        self._hurry.clear()

    async def _attempt(self) -> ClientConnection | None:
        problem: ProviderError | None = None
        try:
            # Audio in base64 does not compress; a deflate context for each call would only cost.
            socket = await connect(
                self._url,
                ssl=_tls_context() if self._url.startswith("wss:") else None,
                additional_headers=self._headers,
                compression=None,
                open_timeout=LINK_UP_SECONDS,
                close_timeout=CLOSE_SECONDS,
            )
        except (OSError, WebSocketException, EOFError) as error:
            problem = link_error(error)
            logger.warning("The link to Cartesia could not be opened.", problem=problem.message)
            if problem.fault in LASTING:
                self._refused = problem
        else:
            self._socket = socket
        tried, self._tried = self._tried, None
        if tried is not None and not tried.done():
            tried.set_result(problem)
        return self._socket

    async def _read(self, socket: ClientConnection) -> None:
        problem = link_error(ConnectionError("the link was closed"))
        try:
            async for data in socket:
                self._heard_at = time.monotonic()
                message = _parsed(data)
                if message is None:
                    # It may have been speech: whose what follows is, nobody knows.
                    problem = link_error(ConnectionError("it sent what is no message"))
                    self._leave(socket)
                    break
                self._take(message)
        except ConnectionClosed as closed:
            problem = link_error(closed)
            if problem.fault is Fault.AUTH:
                self._refused = problem
        self._socket = None
        logger.info("The link to Cartesia dropped.", problem=problem.message)
        self._lost(problem)


def _parsed(data: str | bytes) -> Message | None:
    try:
        message = json.loads(data)
    except ValueError:
        message = None
    return message if isinstance(message, dict) else None


async def _close(socket: ClientConnection) -> None:
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await socket.close()
    finally:
        # Who is cancelled meanwhile leaves no open link behind either.
        socket.transport.abort()


@cache
def _tls_context() -> ssl.SSLContext:
    # Reading the root certificates takes longer than a packet of audio lasts: once per process, not per call.
    return ssl.create_default_context()
