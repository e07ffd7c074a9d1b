"""A browser in memory: it plays the client's part in a call without any socket.

The transport reads and writes it as its ``Socket``; a test uses the verbs of a client, and looks at what was
sent to it, when, and what it heard.
"""

from __future__ import annotations

import msgpack  # type: ignore[import-untyped]
import uuid_utils

from transports.browser.dialect import NAMES, Asked, Dialect
from transports.socket import Gone
from vantum.core.audio import seconds
from vantum.testing.ear import Ear, Sound
from vantum.testing.memory_socket import NORMAL, VANISHED, MemorySocket, Received


class MemoryClient(MemorySocket):
    """A client that speaks ``dialect`` and plays what it hears. Its times are seconds since it was made."""

    def __init__(self, dialect: Dialect = Dialect.CURRENT) -> None:
        super().__init__()
        self._names = NAMES[dialect]
        self._ear = Ear()
        self._session_id: str | None = None

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

    def hang_up(self, code: int = NORMAL) -> None:
        """Leave: nothing more is heard, and nothing more can be sent here."""
        self.leave(code)

    # --- what the transport does: the Socket --------------------------------------------------------

    async def send(self, message: bytes | str) -> None:
        """Take one message for the client, always a binary one; raises ``Gone`` when it has left."""
        if isinstance(message, str):
            raise TypeError("A browser is sent binary messages.")
        if not self.connected:
            raise Gone(VANISHED)
        envelope: dict[str, object] = msgpack.unpackb(message)
        received = Received(self.now, str(envelope["eventType"]), _mapping(envelope["payload"]))
        self.received.append(received)
        self._session_id = str(envelope["sessionId"])
        self._play(received)

    def _ask(self, asked: Asked, payload: dict[str, object]) -> None:
        message = {
            "eventType": self._names.asked[asked],
            "eventId": str(uuid_utils.uuid7()),
            "sessionId": self._session_id,
            "payload": payload,
        }
        self.transmit(msgpack.packb(message))

    def fall_silent(self) -> None:
        """What still plays is heard no longer."""
        self._ear.stop(self.now)

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
