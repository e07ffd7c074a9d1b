"""The WebSocket to Deepgram: usable before it is up, and healed when it drops, so that no word is lost or doubled."""

from __future__ import annotations

import asyncio
import json
import random
import ssl
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from functools import cache
from http import HTTPStatus
from itertools import chain, repeat
from urllib.parse import parse_qs, urlsplit

from deepgram.core.api_error import ApiError
from loguru import logger
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

LINK_UP_SECONDS = 5.0
"""A link that is not up by then is an error, whether it is new or has dropped."""
CONNECT_WAITS = (0.0, 0.1, 1.0, 3.0)
"""Seconds before each attempt to open a new link; their sum is below ``LINK_UP_SECONDS``."""
HEAL_WAITS = (0.0, 0.1, 0.5)
"""Seconds before each attempt to open a link again that dropped; the last is repeated."""
JITTER = 0.1
"""Waits differ by up to this share, so that the calls of a process do not come back all at once."""
KEPT_SECONDS = 10.0
"""Audio kept until a final result has covered it; what is older is dropped."""
STABLE_SECONDS = 2.0
"""A link that drops sooner than this has not healed: what it may still take is what the first drop left over."""
SEND_SECONDS = 1.0
CLOSE_SECONDS = 0.9
"""With ``SEND_SECONDS`` for the goodbye before it, a link is closed within two seconds."""
MULAW = "mulaw"
BYTES_PER_SAMPLE = {"linear16": 2, MULAW: 1}


class Tape:
    """The audio that no final result has covered yet, and the requests among it, in order.

    What was sent is kept for a next stream; of the audio, sent or not, only the newest ``audio_bytes``.
    """

    def __init__(self, audio_bytes: int) -> None:
        self._free = audio_bytes
        self._sent: deque[str | bytes] = deque()
        self._waiting: deque[str | bytes] = deque()
        self._begins = 0
        """Where on the stream the first audio in ``_sent`` begins, in bytes."""

    @property
    def waits(self) -> bool:
        """Whether something is to be sent."""
        return bool(self._waiting)

    def add(self, item: str | bytes) -> None:
        """Audio, or a request."""
        self._waiting.append(item)
        if isinstance(item, bytes):
            self._free -= len(item)
        while self._free < 0:
            self._drop_oldest_audio()

    def take(self) -> str | bytes:
        """The next item to send."""
        item = self._waiting.popleft()
        self._sent.append(item)
        return item

    def covered(self, position: int) -> None:
        """The words in the first ``position`` bytes of this stream are known."""
        while self._begins < position and (oldest := _first_audio(self._sent)) is not None:
            index, audio = oldest
            known = min(len(audio), position - self._begins)
            self._begins += known
            self._free += known
            if known < len(audio):
                self._sent[index] = audio[known:]
            else:
                del self._sent[index]

    def answered(self) -> None:
        """The oldest request has its answer, and with it all audio before the request."""
        while any(isinstance(item, str) for item in self._sent):
            item = self._sent.popleft()
            if isinstance(item, str):
                return
            self._begins += len(item)
            self._free += len(item)

    def rewind(self) -> None:
        """A new stream begins: all that is kept is to be sent."""
        self._waiting.extendleft(reversed(self._sent))
        self._sent.clear()
        self._begins = 0

    def _drop_oldest_audio(self) -> None:
        for items in (self._sent, self._waiting):
            oldest = _first_audio(items)
            if oldest is not None:
                index, audio = oldest
                del items[index]
                self._free += len(audio)
                self._begins += len(audio) if items is self._sent else 0
                return


class DeepgramLink:
    """The WebSocket under Deepgram's SDK, usable from the moment it is made: what is sent too early waits.

    The SDK takes any object of this shape for its socket. Iterating opens the link and yields what arrives.
    A link that drops is opened again, and what no final result has covered is sent once more; the times in what
    arrives are those of the newest stream. ``close`` raises what ended the link, as the SDK's own socket does, so
    that pipecat reports it: an ``ApiError`` when Deepgram refused the request, a ``ConnectionError`` when it could
    not be reached, or not again, within ``LINK_UP_SECONDS``.
    """

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._url = url
        self._headers = headers
        self._rate, self._width = audio_format(url)
        self._tape = Tape(int(KEPT_SECONDS * self._rate * self._width))
        self._socket: ClientConnection | None = None
        self._leaving = False
        self._heal_by = 0.0
        self._waits: Iterable[float] = CONNECT_WAITS
        self._failure: Exception | None = None

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        try:
            socket = await self._open(LINK_UP_SECONDS, TimeoutError("no answer"))
            while not self._leaving:
                opened_at = asyncio.get_running_loop().time()
                drop = ConnectionError("Deepgram closed the link.")
                try:
                    self._socket = socket
                    await self._send_what_waits(socket)
                    async for message in socket:
                        self._note(message)
                        yield message
                except ConnectionClosed as closed:
                    drop = ConnectionError(f"Deepgram closed the link: {closed}")
                if not self._leaving:
                    socket = await self._heal(drop, opened_at)
        except (ApiError, ConnectionError) as failure:
            self._failure = failure

    async def send(self, data: str | bytes) -> None:
        """Send, or keep for later; what only concerns the present stream is not kept."""
        kind = "" if isinstance(data, bytes) else json.loads(data)["type"]
        if kind in ("", "Finalize"):
            in_turn = not self._tape.waits
            self._tape.add(data)
            if self._socket is not None and in_turn:
                await self._transmit(self._socket, self._tape.take())
            return
        self._leaving = self._leaving or kind == "CloseStream"
        if self._socket is not None:
            await self._transmit(self._socket, data)

    async def close(self) -> None:
        """Close within ``CLOSE_SECONDS``; raises what ended the link, if it was not its user."""
        if self._socket is not None:
            await _close(self._socket)
        task = asyncio.current_task()
        if self._failure is not None and not (task and task.cancelling()):
            raise self._failure

    async def _send_what_waits(self, socket: ClientConnection) -> None:
        while self._tape.waits:
            await self._transmit(socket, self._tape.take())

    async def _transmit(self, socket: ClientConnection, data: str | bytes) -> None:
        """Whatever does not arrive is on the tape; who reads from the link notices that it dropped."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await socket.send(data)
        except TimeoutError:
            # A peer that reads nothing would not read a goodbye either.
            socket.transport.abort()
        except ConnectionClosed:
            return

    def _note(self, message: str | bytes) -> None:
        match json.loads(message):
            case {"type": "Results", "is_final": True, "start": start, "duration": duration, **more}:
                self._tape.covered(round((start + duration) * self._rate) * self._width)
                if more.get("from_finalize"):
                    self._tape.answered()

    async def _heal(self, drop: ConnectionError, opened_at: float) -> ClientConnection:
        """Open the link again. Links that drop as soon as they are up share their time and their waits."""
        self._socket = None
        self._tape.rewind()
        logger.warning("The link to Deepgram dropped and is opened again.", problem=str(drop))
        now = asyncio.get_running_loop().time()
        if now - opened_at > STABLE_SECONDS or not self._heal_by:
            self._heal_by = now + LINK_UP_SECONDS
            self._waits = chain(HEAL_WAITS, repeat(HEAL_WAITS[-1]))
        return await self._open(self._heal_by - now, drop)

    async def _open(self, seconds: float, problem: Exception) -> ClientConnection:
        try:
            async with asyncio.timeout(seconds):
                for wait in self._waits:
                    await asyncio.sleep(wait * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311
                    try:
                        return await self._attempt()
                    except (OSError, InvalidHandshake, EOFError) as error:
                        problem = error
        except TimeoutError:
            pass
        raise ConnectionError(f"Deepgram cannot be reached: {problem}")

    async def _attempt(self) -> ClientConnection:
        try:
            # Audio does not compress; a deflate context for each call would only cost.
            return await connect(
                self._url,
                ssl=_tls_context() if self._url.startswith("wss:") else None,
                additional_headers=self._headers,
                compression=None,
                close_timeout=CLOSE_SECONDS,
            )
        except InvalidStatus as refusal:
            status, body = refusal.response.status_code, refusal.response.body
            if status >= 500 or status == HTTPStatus.TOO_MANY_REQUESTS:
                raise
            raise ApiError(status_code=status, body=body and body.decode(errors="replace")) from None


def audio_format(url: str) -> tuple[int, int]:
    """Hertz, and bytes a sample, of the audio that this request announces."""
    query = parse_qs(urlsplit(url).query)
    return int(query["sample_rate"][0]), BYTES_PER_SAMPLE.get(query["encoding"][0], 2)


def _first_audio(items: deque[str | bytes]) -> tuple[int, bytes] | None:
    return next(((index, item) for index, item in enumerate(items) if isinstance(item, bytes)), None)


async def _close(socket: ClientConnection) -> None:
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await socket.close()
    except TimeoutError:
        socket.transport.abort()


@cache
def _tls_context() -> ssl.SSLContext:
    # Reading the root certificates takes longer than a packet of audio lasts: once per process, not per call.
    return ssl.create_default_context()
