"""The media stream of one call: a prospect's voice to our server in real time, and the bot's voice back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import Enum, auto
from itertools import count
from uuid import uuid4

from loguru import logger
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from vantum.core.audio import PHONE_RATE
from vantum.core.errors import ProtocolError
from vantum.local_carrier.media import CONNECTED, Cleared, Marked, Scribe, Sound, wanted
from vantum.local_carrier.own_server import CLOSE_SECONDS, OwnServer, ServerError
from vantum.local_carrier.person import TICK_SECONDS, Person
from vantum.local_carrier.playout import PlayOut
from vantum.local_carrier.verbs import Verb

Tell = Callable[[str, str, Mapping[str, str]], None]
"""Told what became of a stream: its sid, the event, and facts about it."""


class StreamEnd(Enum):
    """Who ended a stream, if there was one."""

    BY_SERVER = auto()
    BY_PROSPECT = auto()
    NEVER_BEGAN = auto()


class MediaStream:
    """The stream that ``noun`` asks for; ``known`` is called when it is known who answered."""

    def __init__(
        self,
        noun: Verb,
        call: tuple[str, str],
        person: Person,
        server: OwnServer,
        tell: Tell,
        known: Callable[[], None],
    ) -> None:
        self.sid = f"MZ{uuid4().hex}"
        self._noun = noun
        self._scribe = Scribe(self.sid, *call)
        self._person = person
        self._server = server
        self._tell = tell
        self._known = known
        self._playout = PlayOut()
        self._began = 0.0

    async def run(self) -> StreamEnd:
        """Stream until somebody ends it; cancelled, the prospect has hung up."""
        try:
            socket = await self._server.connect(self._noun.attributes.get("url", ""))
        except ServerError as error:
            facts = {"StreamError": str(error), "StreamErrorCode": str(error.code)}
            self._tell(self.sid, "stream-error", facts)
            return StreamEnd.NEVER_BEGAN
        self._tell(self.sid, "stream-started", {})
        self._began = asyncio.get_running_loop().time()
        listening = asyncio.create_task(self._listen(socket), name=f"listening-{self.sid}")
        try:
            return await self._speak(socket)
        except ConnectionClosed:
            return StreamEnd.BY_SERVER
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await self._stop(socket)
            self._tell(self.sid, "stream-stopped", {})

    async def _speak(self, socket: ClientConnection) -> StreamEnd:
        """Every 20 ms what the prospect does, and the marks that were played meanwhile, by absolute deadlines."""
        loop = asyncio.get_running_loop()
        await socket.send(CONNECTED)
        named = [child.attributes for child in self._noun.children if child.name == "Parameter"]
        await socket.send(self._scribe.start({item["name"]: item["value"] for item in named}))
        for ticks in count(1):
            await asyncio.sleep(self._began + ticks * TICK_SECONDS - loop.time())
            now = self._now()
            for name in self._playout.due(now):
                await socket.send(self._scribe.mark(name))
            tick = self._person.tick(self._playout.heard(now))
            await socket.send(self._scribe.media(tick.audio))
            for key in tick.keys:
                await socket.send(self._scribe.digit(key))
            if tick.verdict:
                self._known()
            if tick.leaves:
                break
        return StreamEnd.BY_PROSPECT

    async def _listen(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for message in socket:
                try:
                    self._take(message)
                except (ProtocolError, ValueError) as error:
                    logger.warning("Our server sent what the carrier does not take.", problem=str(error))

    def _take(self, message: str | bytes) -> None:
        now = self._now()
        match wanted(message, self.sid):
            case Sound(samples):
                self._playout.play(now, samples)
            case Marked(name):
                self._playout.mark(now, name)
            case Cleared():
                self._playout.clear(now)

    async def _stop(self, socket: ClientConnection) -> None:
        """Say that the stream is over, if our server does not know, and close it; within bounds."""
        with suppress(ConnectionClosed, TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await socket.send(self._scribe.stop())
        await socket.close()

    def _now(self) -> int:
        """Samples since the stream began."""
        return round((asyncio.get_running_loop().time() - self._began) * PHONE_RATE)
