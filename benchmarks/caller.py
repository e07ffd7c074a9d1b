"""One caller of the load: speaks the script in real time into a WebSocket, and notes what it hears when."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from benchmarks.figures import Heard
from benchmarks.script import CHUNK_SECONDS
from benchmarks.wires import Ready, Sound, Wire

OPEN_SECONDS = 30.0
CLOSE_SECONDS = 1.0


class Caller:
    """A call on ``url``. Times are ``time.monotonic()`` seconds."""

    def __init__(self, url: str, wire: Wire, speech: Sequence[bytes]) -> None:
        self.ready = asyncio.Event()
        self.setup_seconds = 0.0
        self.spoke_from: float | None = None
        self.heard: list[Heard] = []
        self.sent_late: list[tuple[float, float]] = []
        """When a chunk was due, and how much later it was sent."""
        self.failure = ""
        self._url = url
        self._wire = wire
        self._speech = speech
        self._began = 0.0

    async def run(self) -> None:
        """Call until the script is over or the task is cancelled; a failure is noted."""
        self._began = time.monotonic()
        try:
            async with (
                connect(
                    self._url,
                    open_timeout=OPEN_SECONDS,
                    close_timeout=CLOSE_SECONDS,
                    ping_interval=None,
                    compression=None,
                ) as socket,
                asyncio.TaskGroup() as tasks,
            ):
                tasks.create_task(self._listen(socket))
                await self._speak(socket)
        except (OSError, TimeoutError, WebSocketException) as error:
            self.failure = f"{type(error).__name__}: {error}"
        except ExceptionGroup as errors:
            self.failure = repr(errors.exceptions[0])

    def due(self, chunk: int) -> float | None:
        """When a chunk of the script is said; None if the call never began."""
        return None if self.spoke_from is None else self.spoke_from + chunk * CHUNK_SECONDS

    async def _speak(self, socket: ClientConnection) -> None:
        for message in self._wire.opening():
            await socket.send(message)
        self.spoke_from = time.monotonic()
        for index, pcm in enumerate(self._speech):
            due = self.spoke_from + index * CHUNK_SECONDS
            now = time.monotonic()
            if now < due:
                await asyncio.sleep(due - now)
            self.sent_late.append((due, time.monotonic() - due))
            await socket.send(self._wire.chunk(pcm))

    async def _listen(self, socket: ClientConnection) -> None:
        async for message in socket:
            now = time.monotonic()
            match self._wire.read(message if isinstance(message, bytes) else message.encode()):
                case Sound(seconds=seconds):
                    self.heard.append(Heard(now, seconds))
                case Ready() if not self.ready.is_set():
                    self.setup_seconds = now - self._began
                    self.ready.set()
                case _:
                    pass
