"""A caller: speaks recordings into a call in real time, the room between them, and keeps what is heard.

Times are ``time.monotonic()`` seconds.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass

import numpy as np
from websockets.asyncio.client import ClientConnection

from benchmarks.conversation.model import Model, Request
from benchmarks.conversation.playout import PlayOut
from benchmarks.conversation.recogniser import Ear
from benchmarks.conversation.speech import RATE, Stretch, room
from benchmarks.conversation.voice import Pcm
from benchmarks.conversation.wires import Sound, Wipe, Wire
from benchmarks.servers import BenchmarkError

CHUNK = RATE // 50
CHUNK_SECONDS = CHUNK / RATE
POLL_SECONDS = 0.01
SPEAK_SECONDS = 30.0
SAY_SPARE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Said:
    """When a stretch was said, from its first sound to its last."""

    began: float
    ended: float


@dataclass(slots=True)
class _Speaking:
    """A stretch that is being said, in chunks; the first is filled up with room in front of the speech."""

    stretch: Stretch
    chunks: deque[Pcm]
    done: asyncio.Future[Said]
    begun: bool = False


class Caller:
    """A call that runs. ``number`` is the call's; ``late`` holds by how much each chunk left too late."""

    def __init__(self, socket: ClientConnection, wire: Wire, number: int, ear: Ear, model: Model) -> None:
        self.number = number
        self.heard = PlayOut()
        self.late: list[float] = []
        self.chance = np.random.default_rng(number)
        self.ear = ear
        self.model = model
        self._socket = socket
        self._wire = wire
        self._speaking: deque[_Speaking] = deque()
        self._utterance = ""

    @property
    def requests(self) -> list[Request]:
        """What the language model was asked in this call."""
        return self.model.of_call(self.number)

    async def say(self, *stretches: Stretch) -> Said:
        """Say them with their pauses; returns when the last sound has left."""
        begun: Said | None = None
        for stretch in stretches:
            said = await self._say(stretch)
            begun = Said(begun.began if begun else said.began, said.ended)
            if stretch.pause_after:
                await asyncio.sleep(said.ended + stretch.pause_after - time.monotonic() - CHUNK_SECONDS)
        assert begun is not None
        return begun

    async def sound_after(self, moment: float, seconds: float) -> float | None:
        """When the bot began to speak after ``moment``; None when it did not within ``seconds`` of it."""
        while time.monotonic() < moment + seconds:
            if (began := self.heard.began_after(moment)) is not None:
                return began
            await asyncio.sleep(POLL_SECONDS)
        return None

    async def silence_of(self, seconds: float, longest: float = SPEAK_SECONDS) -> None:
        """Wait until the bot has been silent for so long, at most ``longest`` seconds."""
        until = time.monotonic() + longest
        while (now := time.monotonic()) < until:
            since = self.heard.silent_since(now)
            if since is not None and now - since >= seconds:
                return
            await asyncio.sleep(POLL_SECONDS)

    async def speak(self) -> None:
        """Send a chunk every 20 ms until cancelled: each leaves when its last sample has been said."""
        due = time.monotonic()
        while True:
            due += CHUNK_SECONDS
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            self.late.append(time.monotonic() - due)
            await self._socket.send(self._wire.chunk(self._next_chunk(due)))

    async def listen(self) -> None:
        """Play what comes until the connection is closed."""
        async for message in self._socket:
            now = time.monotonic()
            match self._wire.read(message if isinstance(message, bytes) else message.encode()):
                case Sound(pcm=pcm, rate=rate, utterance_id=utterance):
                    if utterance != self._utterance:
                        self.heard.wipe(now)
                    self._utterance = utterance
                    self.heard.push(now, pcm, rate)
                case Wipe():
                    self.heard.wipe(now)
                case None:
                    pass

    async def _say(self, stretch: Stretch) -> Said:
        padded = np.concatenate([room(-len(stretch.pcm) % CHUNK, self.chance), stretch.pcm])
        chunks = deque(padded.reshape(-1, CHUNK))
        speaking = _Speaking(stretch, chunks, asyncio.get_running_loop().create_future())
        self._speaking.append(speaking)
        try:
            async with asyncio.timeout(stretch.seconds + SAY_SPARE_SECONDS):
                return await speaking.done
        except TimeoutError:
            raise BenchmarkError("The call broke off.") from None

    def _next_chunk(self, now: float) -> Pcm:
        if not self._speaking:
            return room(CHUNK, self.chance)
        speaking = self._speaking[0]
        if not speaking.begun:
            speaking.begun = True
            self.ear.hear(speaking.stretch)
        chunk = speaking.chunks.popleft()
        if not speaking.chunks:
            self._speaking.popleft()
            if not speaking.done.done():
                speaking.done.set_result(Said(now - speaking.stretch.seconds, now))
        return chunk
