"""A call by a script whose client loses its connection and comes back, on virtual time.

Connections are numbered from 0. Who comes back is ``HOME`` unless a step says otherwise.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace

from transports.browser.arrival import Arrival
from transports.browser.dialect import Dialect
from transports.browser.returns import Returns
from transports.browser.transport import BrowserTransport
from vantum.core.call_facts import CallFacts
from vantum.core.resumption import Visitor
from vantum.live_call import LiveCall, Transport
from vantum.settings import Settings
from vantum.testing import CallScript, PlayedCall, ScriptedLLM, ScriptedTTS
from vantum.testing.call_script import SETTINGS, Build, facts_of, limits_of
from vantum.testing.memory_client import MemoryClient
from vantum.testing.memory_socket import Received

HOME = Visitor("192.0.2.1", "https://example.test")
AWAY = replace(HOME, address="192.0.2.2")
ACK = "connection.lifecycle.ack"
LOST = 1006

Deed = Callable[[MemoryClient, LiveCall], None]
Say = Callable[[MemoryClient], None]


def starts(client: MemoryClient) -> None:
    """What a client says first, unless a step says otherwise."""
    client.start()


class Comeback(CallScript):
    """A ``CallScript`` with more than one connection; ``found`` tells who of those that came back has the call."""

    def __init__(
        self,
        *,
        llm: ScriptedLLM | None = None,
        tts: ScriptedTTS | None = None,
        greeting: str = "",
        seconds: float = 30.0,
    ) -> None:
        super().__init__(llm=llm, tts=tts, greeting=greeting)
        self.returns = Returns(seconds)
        self.clients: list[MemoryClient] = []
        self.found: list[bool] = []
        self._coming: list[asyncio.Task[None]] = []

    def drops(self, at: float, code: int = LOST, *, number: int = -1) -> None:
        """A connection is lost, by default the last one."""
        self._deeds.append((at, lambda *_: self.clients[number].hang_up(code)))

    def leaves(self, at: float) -> None:
        """The client ends the call, on its last connection."""
        self._hangs_up_at = at
        self.drops(at, 1000)

    def does(self, at: float, deed: Deed) -> None:
        """Anything happens."""
        self._deeds.append((at, deed))

    def comes_back(self, at: float, say: Say | None = None, visitor: Visitor = HOME) -> None:
        """A client connects, and says something first: by default that it has the last token."""
        self._deeds.append((at, lambda *_: self._come(say or self.with_token(-1), visitor)))

    def with_token(self, number: int) -> Say:
        """Start with the token that connection ``number`` was greeted with."""
        greeted = self.clients
        return lambda client: client.start(resumeToken=token(greeted[number if number >= 0 else -2]))

    def with_session(self, number: int) -> Say:
        """Start with the id of the session that connection ``number`` was greeted with."""

        def say(client: MemoryClient) -> None:
            client._session_id = self.clients[number]._session_id
            client.start()

        return say

    async def play(self, build: Build | None = None, **settings: str) -> PlayedCall:
        """Have the call to its end."""
        first = self._client()

        def line(chosen: Settings) -> tuple[Transport, CallFacts]:
            arrival = Arrival(first, limits_of(chosen), HOME, resumable=self.returns.on)
            transport = BrowserTransport(
                arrival,
                output_rate=chosen.output_rate,
                tickets=self.returns.tickets,
                resume_seconds=self.returns.seconds,
            )
            return transport, facts_of(transport, chosen)

        given: Mapping[str, str] = {**SETTINGS, **settings}
        try:
            return await self._run(first, build, given, line)
        finally:
            for client in self.clients:
                client.hang_up()
            await asyncio.gather(*self._coming)

    def _client(self) -> MemoryClient:
        client = MemoryClient(Dialect.CURRENT)
        if self.clients:
            # All connections tell the time of the call.
            client._zero = self.clients[0]._zero
        self.clients.append(client)
        return client

    def _come(self, say: Say, visitor: Visitor) -> None:
        client = self._client()
        say(client)
        arrival = Arrival(client, None, visitor, resumable=self.returns.on)
        self._coming.append(asyncio.create_task(self._ask(arrival), name="comeback"))

    async def _ask(self, arrival: Arrival) -> None:
        self.found.append(await self.returns.claimed(arrival))
        if self.found[-1]:
            await self.returns.stay(arrival)

    def sounds(self, number: int) -> list[tuple[float, float]]:
        """When the bot was heard on a connection."""
        return [(sound.begin, sound.end) for sound in self.clients[number].sounds]

    def told(self, number: int) -> list[tuple[float, str]]:
        """What a connection was told, but for audio and words."""
        return [
            (each.time, each.event)
            for each in self.clients[number].received
            if "audio" not in each.payload and "text" not in each.payload
        ]


def token(client: MemoryClient) -> str:
    """The token that a connection was greeted with."""
    [ack] = [each for each in client.received if each.event == ACK]
    return str(ack.payload["resumeToken"])


def acknowledged(client: MemoryClient) -> Received:
    """The answer to the first start."""
    return next(each for each in client.received if each.event == "audio.input.start")
