"""What somebody who speaks does on the line: 20 ms at a time, in real time, over Media Streams."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Final

from aiohttp import ClientConnectionError, ClientWebSocketResponse, WSMsgType

from benchmarks.campaign.people import PEOPLE, marked
from vantum.core.audio import PHONE_RATE
from vantum.local_carrier.media import CONNECTED, Cleared, Marked, Scribe, Sound, wanted
from vantum.local_carrier.person import TICK_SECONDS, Person
from vantum.local_carrier.playout import PlayOut
from vantum.local_carrier.prospect import Deed, Prospect, Says
from vantum.local_carrier.voice import Voice

LONGEST_SECONDS: Final = 120.0

Sounds = Mapping[Deed, bytes]
Said = Callable[[str, float], None]
"""Told of a line as it begins, and how many seconds it takes."""


async def sounds_of_all() -> dict[Deed, bytes]:
    """What all people sound like, each line behind its tone."""
    voice = Voice()
    try:
        spoken = [await voice.sounds(person) for person in PEOPLE]
    finally:
        await voice.close()
    return {
        deed: marked(deed.text, sound) if isinstance(deed, Says) else sound
        for sounds in spoken
        for deed, sound in sounds.items()
    }


class Talk:
    """The talk of ``who`` over ``socket``; ``heard`` is called with the first sound of the server."""

    def __init__(
        self,
        socket: ClientWebSocketResponse,
        who: Prospect,
        sounds: Sounds,
        said: Said,
        heard: Callable[[], None],
    ) -> None:
        self._socket = socket
        self._person = Person(who, _Noted(sounds, said))
        self._heard = heard
        self._was_heard = False
        self._playout = PlayOut()
        self._began = 0.0

    async def run(self, scribe: Scribe, stream_sid: str) -> bool:
        """To its end; whether it was the server's."""
        await self._socket.send_str(CONNECTED)
        await self._socket.send_str(scribe.start({}))
        self._began = asyncio.get_running_loop().time()
        speaking = asyncio.create_task(self._speak(scribe))
        listening = asyncio.create_task(self._listen(stream_sid))
        try:
            await asyncio.wait(
                (speaking, listening), timeout=LONGEST_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            if speaking.done() and speaking.exception() is None:
                await self._socket.send_str(scribe.stop())
                return False
            return listening.done()
        finally:
            for task in (speaking, listening):
                task.cancel()
            await asyncio.gather(speaking, listening, return_exceptions=True)

    async def _speak(self, scribe: Scribe) -> None:
        loop = asyncio.get_running_loop()
        for ticks in count(1):
            await asyncio.sleep(self._began + ticks * TICK_SECONDS - loop.time())
            now = self._now()
            for name in self._playout.due(now):
                await self._socket.send_str(scribe.mark(name))
            tick = self._person.tick(self._playout.heard(now))
            try:
                await self._socket.send_str(scribe.media(tick.audio))
            except ClientConnectionError:
                # The one who listens learns how it ended.
                await asyncio.Event().wait()
            if tick.leaves:
                return

    async def _listen(self, stream_sid: str) -> None:
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                return
            match wanted(message.data, stream_sid):
                case Sound(samples):
                    self._playout.play(self._now(), samples)
                    if not self._was_heard:
                        self._was_heard = True
                        self._heard()
                case Marked(name):
                    self._playout.mark(self._now(), name)
                case Cleared():
                    self._playout.clear(self._now())

    def _now(self) -> int:
        return round((asyncio.get_running_loop().time() - self._began) * PHONE_RATE)


class _Noted(Mapping[Deed, bytes]):
    """Sounds; a line that is taken to be said is told."""

    def __init__(self, sounds: Sounds, said: Said) -> None:
        self._sounds = sounds
        self._said = said

    def __getitem__(self, deed: Deed) -> bytes:
        sound = self._sounds[deed]
        if isinstance(deed, Says):
            self._said(deed.text, len(sound) / PHONE_RATE)
        return sound

    def __iter__(self) -> Iterator[Deed]:
        return iter(self._sounds)

    def __len__(self) -> int:
        return len(self._sounds)
