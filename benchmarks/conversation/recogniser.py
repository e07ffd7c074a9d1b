"""Deepgram's stand-in: it is told what each caller says, and sends what Deepgram would, in real time."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from benchmarks.conversation.hearing import (
    DEFAULT_ENDPOINTING_MS,
    FINALIZE_SECONDS,
    Final,
    Hearing,
    Message,
    plan,
    results,
)
from benchmarks.conversation.speech import Stretch
from benchmarks.stand_in import StandIn

SILENCE_SECONDS = 3.0
"""So much silence is told as an empty final, again and again."""
SAMPLE_BYTES = 2


@dataclass(slots=True)
class Ear:
    """One link. ``finals`` are the finals with words that were sent: when, and which words."""

    connection: ServerConnection
    options: dict[str, str]
    finals: list[tuple[float, str]] = field(default_factory=list)
    _bytes: int = 0
    _quiet_since: float = 0.0
    _hearings: list[Hearing] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def heard(self) -> float:
        """Seconds of audio so far."""
        return self._bytes / SAMPLE_BYTES / int(self.options["sample_rate"])

    def hear(self, stretch: Stretch) -> None:
        """The caller begins to say this now."""
        self.start(self._hear(stretch))

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Do something beside the link, until it is closed."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def serve(self) -> None:
        """Take audio and wishes until the link is closed."""
        self.start(self._tell_silence())
        try:
            async for data in self.connection:
                if isinstance(data, bytes):
                    self._bytes += len(data)
                    continue
                kind = json.loads(data).get("type")
                if kind == "Finalize":
                    self.start(self._finalize())
                elif kind == "CloseStream":
                    await self.connection.close(1000)
        except ConnectionClosed:
            pass
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _hear(self, stretch: Stretch) -> None:
        began = time.monotonic()
        endpointing = int(self.options.get("endpointing", DEFAULT_ENDPOINTING_MS)) / 1000
        hearing = Hearing(stretch, self.heard, endpointing)
        self._hearings.append(hearing)
        for after, step in plan(stretch, self.options):
            await asyncio.sleep(max(0.0, began + after - time.monotonic()))
            resumed = self._hearings[-1] is not hearing
            await self._send(hearing.messages(step, self.heard, resumed))
            if isinstance(step, Final):
                self._quiet_since = self.heard

    async def _finalize(self) -> None:
        await asyncio.sleep(FINALIZE_SECONDS)
        under_way = [hearing for hearing in self._hearings if not hearing.told_all]
        if under_way:
            await self._send(under_way[0].flush(self.heard))
        else:
            await self._send([results([], self._quiet_since, self.heard, True, False, True)])

    async def _tell_silence(self) -> None:
        while True:
            await asyncio.sleep(SILENCE_SECONDS)
            told_all = all(hearing.told_all for hearing in self._hearings)
            if told_all and self.heard - self._quiet_since >= SILENCE_SECONDS:
                await self._send([results([], self._quiet_since, self.heard, True, False, False)])
                self._quiet_since = self.heard

    async def _send(self, messages: list[Message]) -> None:
        for message in messages:
            words = words_of(message)
            if message.get("is_final") and words:
                self.finals.append((time.monotonic(), words))
            try:
                await self.connection.send(json.dumps(message))
            except ConnectionClosed:
                return


class Recogniser(StandIn):
    """``async with Recogniser() as recogniser``: listens at ``recogniser.url``; ``ears`` are its links, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.ears: list[Ear] = []

    async def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        query = parse_qs(urlsplit(connection.request.path).query)
        ear = Ear(connection, {name: values[0] for name, values in query.items()})
        self.ears.append(ear)
        await ear.serve()


def words_of(message: Message) -> str:
    """The transcript of a result; empty for other messages."""
    match message.get("channel"):
        case {"alternatives": [{"transcript": str(words)}, *_]}:
            return words
        case _:
            return ""
