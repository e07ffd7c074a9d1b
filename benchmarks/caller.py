"""One caller of the load: speaks the script in real time into a WebSocket, and notes what it hears when."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence

from benchmarks.heard import Heard
from benchmarks.line import Line, LineRefusedError, connected, framed
from benchmarks.ways import Way, new_call_sid
from benchmarks.wires import Asked, Cleared, Ready, Sound, Wire

CHUNK_SECONDS = 0.02


class Caller:
    """A call by ``way``; ``frames`` are the chunks of the script, framed. Times are ``time.monotonic()`` seconds."""

    def __init__(self, way: Way, wire: Wire, frames: Sequence[bytes]) -> None:
        self.ready = asyncio.Event()
        self.began = 0.0
        self.setup_seconds = 0.0
        self.spoke_from: float | None = None
        self.heard: list[Heard] = []
        self.sent_late: list[tuple[float, float]] = []
        """When a chunk was due, and how much later it was sent."""
        self.failure = ""
        self.refused = 0
        """The status with which the call was turned away; 0 if it was not."""
        self._way = way
        self._wire = wire
        self._frames = frames
        self._sid = new_call_sid()
        self._line: Line | None = None
        self._next = 0
        self._timer: asyncio.TimerHandle | None = None
        self._plays_until = 0.0
        self._marks: deque[str] = deque()

    async def run(self) -> None:
        """Call until the connection is over or the task is cancelled; a failure is noted."""
        self.began = time.monotonic()
        try:
            address = await self._way.address(self._sid)
            self._line = await connected(address.url, address.headers, self._take)
            for message in self._wire.opening(self._sid):
                self._line.send(framed(message))
            self.spoke_from = time.monotonic()
            self._speak()
            await self._line.over
            self.failure = "The server ended the call."
        except LineRefusedError as refusal:
            self.refused, self.failure = refusal.status, str(refusal)
        except (OSError, TimeoutError) as error:
            self.failure = f"{type(error).__name__}: {error}"
        finally:
            self._hang_up()

    def due(self, chunk: int) -> float | None:
        """When a chunk of the script is said; None if the call never began."""
        return None if self.spoke_from is None else self.spoke_from + chunk * CHUNK_SECONDS

    def _speak(self) -> None:
        """Send every chunk that is due, and come back for the next: by absolute deadlines, without a task."""
        assert self.spoke_from is not None
        assert self._line is not None
        now = time.monotonic()
        while self._next < len(self._frames) and (due := self.spoke_from + self._next * CHUNK_SECONDS) <= now:
            self.sent_late.append((due, now - due))
            self._line.send(self._frames[self._next])
            self._next += 1
        if self._next < len(self._frames):
            wait = self.spoke_from + self._next * CHUNK_SECONDS - now
            self._timer = asyncio.get_running_loop().call_later(wait, self._speak)

    def _hang_up(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._line is not None:
            for message in self._wire.goodbye(self._sid):
                self._line.send(framed(message))
            self._line.close()

    def _take(self, message: bytes) -> None:
        now = time.monotonic()
        match self._wire.read(message):
            case Sound(seconds=seconds):
                self.heard.append(Heard(now, seconds))
                self._plays_until = max(self._plays_until, now) + seconds
                self._is_ready(now)
            case Ready():
                self._is_ready(now)
            case Asked(reply=reply):
                self._marks.append(reply)
                asyncio.get_running_loop().call_later(max(0.0, self._plays_until - now), self._played, reply)
            case Cleared():
                self._plays_until = now
                while self._marks:
                    self._played(self._marks[0])

    def _is_ready(self, now: float) -> None:
        if not self.ready.is_set():
            self.setup_seconds = now - self.began - self._wire.first_sound
            self.ready.set()

    def _played(self, reply: str) -> None:
        """Give a mark back, unless a clear already did."""
        if reply in self._marks and self._line is not None:
            self._marks.remove(reply)
            self._line.send(framed(reply))
