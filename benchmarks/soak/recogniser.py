"""Deepgram's stand-in of the soak: it knows the callers' recordings by their samples, so nobody tells it anything."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Self
from urllib.parse import parse_qs, urlsplit

import numpy as np
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from benchmarks.soak.speech import RECORDINGS
from benchmarks.soak.trouble import HearingTrouble, Trouble, answer_link
from benchmarks.stand_in import StandIn
from tests.wire.hearing import Listener, Message

NEEDLE_BYTES = 32
"""Sixteen samples in a row are in one recording and no other."""
LOUD = 300
HEARING_SECONDS = 0.15
"""From a sound to what is told of it: the detector of the server is to be first, as it is with Deepgram."""
UNKNOWN = "What did you say?"
GARBAGE = ("{]", '{"type": "Results"}', "[]", '{"type": "Results", "channel": 7}')


class Script:
    """What a link is to hear next: the words of the recording that ``audio`` is of."""

    def __init__(self, recordings: Mapping[str, bytes]) -> None:
        self.audio = b""
        self.began = False
        self._recordings = recordings

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        self.began = True
        return words_in(self.audio, self._recordings)


def words_in(audio: bytes, recordings: Mapping[str, bytes]) -> str:
    """The words of the recording that a piece of audio is of; a question for one that is of none."""
    for start in range(len(audio) - NEEDLE_BYTES, -1, -NEEDLE_BYTES):
        needle = audio[start : start + NEEDLE_BYTES]
        if np.abs(np.frombuffer(needle, "<i2").astype(int)).max() < LOUD:
            continue
        for words, pcm in recordings.items():
            if needle in pcm:
                return words
    return UNKNOWN


class Later:
    """Sends what was heard on a link ``HEARING_SECONDS`` after it was heard, in order."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        self._waiting: asyncio.Queue[tuple[float, Message]] = asyncio.Queue()
        self._task = asyncio.create_task(self._run())

    def send(self, messages: Iterable[Message]) -> None:
        """Send these when their time comes."""
        due = time.monotonic() + HEARING_SECONDS
        for message in messages:
            self._waiting.put_nowait((due, message))

    async def stop(self) -> None:
        """What waits is never sent."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                due, message = await self._waiting.get()
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                await self._connection.send(json.dumps(message))


class Recogniser(StandIn):
    """``async with Recogniser(trouble) as recogniser``: listens at ``recogniser.url``."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__()
        self._trouble = trouble
        self._recordings = {text: pcm.tobytes() for text, pcm in RECORDINGS.items()}

    async def _answer_request(self, connection: ServerConnection, request: Request) -> Response | None:
        return await answer_link(self._trouble.of_link(), connection, request)

    async def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        query = parse_qs(urlsplit(connection.request.path).query)
        options = {name: values[0] for name, values in query.items()}
        script = Script(self._recordings)
        listener = Listener(int(options["sample_rate"]), options["encoding"], options, script)
        later = Later(connection)
        try:
            with suppress(ConnectionClosed):
                await self._converse(connection, listener, script, later)
        finally:
            await later.stop()

    async def _converse(
        self, connection: ServerConnection, listener: Listener, script: Script, later: Later
    ) -> None:
        deaf = False
        async for data in connection:
            if isinstance(data, bytes):
                script.audio = data
                messages = listener.audio(data)
            else:
                kind = json.loads(data).get("type")
                if kind == "CloseStream":
                    await connection.close(1000)
                    return
                messages = listener.finalize() if kind == "Finalize" else []
            trouble, script.began = self._trouble.of_utterance() if script.began else None, False
            deaf = deaf or trouble is HearingTrouble.STALL
            match trouble:
                case HearingTrouble.DROP:
                    connection.transport.abort()
                case HearingTrouble.GARBAGE:
                    await connection.send(GARBAGE[len(data) % len(GARBAGE)])
            if not deaf:
                later.send(messages)
