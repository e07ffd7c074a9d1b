"""A browser in memory: it plays the client's part in a call without any socket.

The transport reads and writes it as its ``Socket``; a test uses the verbs of a client, and looks at what was
sent to it, when, and what it heard.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import NamedTuple

import msgpack  # type: ignore[import-untyped]
import uuid_utils

from transports.browser.dialect import NAMES, Asked, Dialect
from transports.socket import Gone
from vantum.core.audio import seconds
from vantum.testing.ear import Ear, Sound

NORMAL = 1000
VANISHED = 1006


class Received(NamedTuple):
    """A message to the client: when it came, its ``eventType`` and its payload."""

    time: float
    event: str
    payload: dict[str, object]


@dataclass(frozen=True, slots=True)
class Closed:
    """The server closed the connection."""

    time: float
    code: int
    reason: str


class MemoryClient:
    """A client that speaks ``dialect`` and plays what it hears. Its times are seconds since it was made."""

    def __init__(self, dialect: Dialect = Dialect.CURRENT) -> None:
        self.received: list[Received] = []
        self.closed: Closed | None = None
        self._names = NAMES[dialect]
        self._ear = Ear()
        self._outgoing: asyncio.Queue[bytes | str | Gone] = asyncio.Queue()
        self._connected = True
        self._session_id: str | None = None
        self._zero = asyncio.get_running_loop().time()

    @property
    def now(self) -> float:
        """Seconds since the client was made."""
        return round(asyncio.get_running_loop().time() - self._zero, 9)

    @property
    def sounds(self) -> tuple[Sound, ...]:
        """When the bot was audible."""
        return self._ear.sounds

    # --- what a client does -------------------------------------------------------------------------

    def start(self, **payload: object) -> None:
        """Start the session, with ``samplingRate=…`` and the like as the protocol has them."""
        self._ask(Asked.START, payload)

    def speak(self, pcm: bytes, *, muted: bool = False) -> None:
        """Send a chunk of the caller's audio."""
        self._ask(Asked.CHUNK, {"audio": pcm, "isMuted": muted})

    def end_turn(self) -> None:
        """End the caller's turn by hand."""
        self._ask(Asked.END, {})

    def transmit(self, message: bytes | str) -> None:
        """Send any message, as it is."""
        self._outgoing.put_nowait(message)

    def hang_up(self, code: int = NORMAL) -> None:
        """Leave: nothing more is heard, and nothing more can be sent here."""
        self._leave(code)

    # --- what the transport does: the Socket --------------------------------------------------------

    async def receive(self) -> bytes | str:
        """The next message of the client; raises ``Gone`` when it has left."""
        message = await self._outgoing.get()
        if isinstance(message, Gone):
            self._outgoing.put_nowait(message)
            raise Gone(message.code)
        return message

    async def send(self, message: bytes | str) -> None:
        """Take one message for the client, always a binary one; raises ``Gone`` when it has left."""
        if isinstance(message, str):
            raise TypeError("A browser is sent binary messages.")
        if not self._connected:
            raise Gone(VANISHED)
        envelope: dict[str, object] = msgpack.unpackb(message)
        received = Received(self.now, str(envelope["eventType"]), _mapping(envelope["payload"]))
        self.received.append(received)
        self._session_id = str(envelope["sessionId"])
        self._play(received)

    async def close(self, code: int, reason: str) -> None:
        """Close in good order; harmless when the client has left."""
        if self._connected:
            self.closed = Closed(self.now, code, reason)
            self._leave(code)

    def abort(self) -> None:
        """Drop the connection."""
        if self._connected:
            self.closed = Closed(self.now, VANISHED, "")
            self._leave(VANISHED)

    def _ask(self, asked: Asked, payload: dict[str, object]) -> None:
        message = {
            "eventType": self._names.asked[asked],
            "eventId": str(uuid_utils.uuid7()),
            "sessionId": self._session_id,
            "payload": payload,
        }
        self.transmit(msgpack.packb(message))

    def _leave(self, code: int) -> None:
        self._connected = False
        self._ear.stop(self.now)
        self._outgoing.put_nowait(Gone(code))

    def _play(self, received: Received) -> None:
        match received.payload:
            case {"audio": bytes(pcm), "utteranceId": str(utterance), "sampleRate": int(rate)}:
                self._ear.play(utterance, seconds(pcm, rate), received.time)
            case _ if received.event in self._names.speech_cancel.values():
                self._ear.stop(received.time)


def _mapping(payload: object) -> dict[str, object]:
    if not isinstance(payload, dict):
        raise TypeError(f"A payload is a map, not {payload!r}.")
    return payload
