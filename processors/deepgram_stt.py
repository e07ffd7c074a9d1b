"""The caller's words from Deepgram: pipecat's service, over a link that never keeps a call waiting."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from functools import cache, partial
from http import HTTPStatus
from typing import cast
from urllib.parse import parse_qs, urlsplit

import httpx
from deepgram import AsyncDeepgramClient
from deepgram.core.api_error import ApiError
from deepgram.listen.v1.socket_client import AsyncV1SocketClient
from deepgram.transport import install_transport
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InputTransportMessageFrame,
    TranscriptionFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.deepgram import stt as pipecat_deepgram
from pipecat.services.deepgram.stt import DeepgramSTTService
from pipecat.utils.time import time_now_iso8601
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from vantum.core import mulaw
from vantum.core.events import TurnEndedByHand

LINK_UP_SECONDS = 5.0
"""A link that is not up by then is an error."""
CONNECT_WAITS = (0.0, 0.1, 1.0, 3.0)
"""Seconds before each attempt to open the link; their sum is below ``LINK_UP_SECONDS``."""
HELD_SECONDS = 5.0
"""Audio kept while the link is being opened; what is older is dropped."""
SEND_SECONDS = 1.0
CLOSE_SECONDS = 0.9
"""With ``SEND_SECONDS`` for the goodbye before it, a link is closed within two seconds."""
MULAW = "mulaw"
BYTES_PER_SAMPLE = {"linear16": 2, MULAW: 1}


class Backlog:
    """What waits for the link, in order; of the audio only the newest ``audio_bytes``."""

    def __init__(self, audio_bytes: int) -> None:
        self._free = audio_bytes
        self._items: deque[str | bytes] = deque()

    def __len__(self) -> int:
        return len(self._items)

    def add(self, item: str | bytes) -> None:
        self._items.append(item)
        if isinstance(item, str):
            return
        self._free -= len(item)
        while self._free < 0:
            oldest = next(held for held in self._items if isinstance(held, bytes))
            self._items.remove(oldest)
            self._free += len(oldest)

    def take(self) -> str | bytes:
        item = self._items.popleft()
        if isinstance(item, bytes):
            self._free += len(item)
        return item


class DeepgramLink:
    """The WebSocket under Deepgram's SDK, usable from the moment it is made: what is sent too early waits.

    The SDK takes any object of this shape for its socket. Iterating opens the link and yields what arrives;
    ``close`` raises what ended the link, as the SDK's own socket does, so that pipecat reports it: an
    ``ApiError`` when Deepgram refused the request, a ``ConnectionError`` when it was unreachable or left.
    """

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._url = url
        self._headers = headers
        self._backlog = Backlog(held_bytes(url))
        self._socket: ClientConnection | None = None
        self._failure: Exception | None = None

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        try:
            self._socket = await self._open()
            while self._backlog:
                await self._socket.send(self._backlog.take())
            async for message in self._socket:
                yield message
            self._failure = ConnectionError("Deepgram closed the link.")
        except ConnectionClosed as closed:
            self._failure = ConnectionError(f"Deepgram closed the link: {closed}")
        except (ApiError, ConnectionError) as failure:
            self._failure = failure

    async def send(self, data: str | bytes) -> None:
        if self._socket is None or self._backlog:
            self._backlog.add(data)
            return
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._socket.send(data)
        except TimeoutError:
            # A peer that reads nothing would not read a goodbye either.
            self._socket.transport.abort()
            raise ConnectionError("Deepgram takes no more audio.") from None

    async def close(self) -> None:
        if self._socket is not None:
            await _close(self._socket)
        task = asyncio.current_task()
        if self._failure is not None and not (task and task.cancelling()):
            raise self._failure

    async def _open(self) -> ClientConnection:
        problem: Exception = TimeoutError("no answer")
        try:
            async with asyncio.timeout(LINK_UP_SECONDS):
                for wait in CONNECT_WAITS:
                    await asyncio.sleep(wait)
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


class DeepgramSTT(DeepgramSTTService):
    """Interim and final transcripts over one link for the whole call; the input audio stops here.

    The audio of the pipeline is PCM16 whatever ``encoding`` (``linear16`` or ``mulaw``) the link is to carry. An
    answer to Finalize without words is pushed as a finalized ``TranscriptionFrame("")``.
    """

    def __init__(
        self,
        *,
        api_key: str,
        url: str,
        model: str,
        language: str,
        sample_rate: int = 16_000,
        encoding: str = "linear16",
        keyterms: Sequence[str] = (),
    ) -> None:
        self._compress = mulaw.encoded if encoding == MULAW else _as_it_is
        super().__init__(
            api_key=api_key,
            base_url=url,
            encoding=encoding,
            sample_rate=sample_rate,
            audio_passthrough=False,
            settings=DeepgramSTTService.Settings(
                model=model,
                language=language,
                smart_format=True,
                punctuate=True,
                interim_results=True,
                endpointing=300,
                utterance_end_ms=1000,
                keyterm=list(keyterms) or None,
                extra={"vad_events": True},
            ),
        )

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case InputTransportMessageFrame(message=TurnEndedByHand()):
                await self._finalize()

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        async for frame in super().run_stt(self._compress(audio)):
            yield frame

    async def push_error_frame(self, error: ErrorFrame, force_treat_as_permanent: bool = False) -> None:
        if "Deepgram" not in error.error:
            error.error = f"Deepgram: {error.error}"
        await super().push_error_frame(error, force_treat_as_permanent)

    # pipecat has no public way to the open connection, nor to an answer that it pushes no frame for: these
    # two methods are the only ones that reach into the service.

    async def _finalize(self) -> None:
        connection = cast("AsyncV1SocketClient | None", self._connection)
        if connection is not None:
            self.request_finalize()
            await connection.send_finalize()

    async def _on_message(self, message: object) -> None:
        await super()._on_message(message)
        if self._finalize_pending:
            await self.push_frame(TranscriptionFrame("", self._user_id, time_now_iso8601(), result=message))


def _as_it_is(pcm: bytes) -> bytes:
    return pcm


def held_bytes(url: str) -> int:
    """The size of ``HELD_SECONDS`` of the audio that this request announces."""
    query = parse_qs(urlsplit(url).query)
    width = BYTES_PER_SAMPLE.get(query["encoding"][0], 2)
    return int(HELD_SECONDS * width * int(query["sample_rate"][0]))


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


# pipecat makes an SDK client for every call, and each would read the root certificates for HTTP requests that
# it never sends: 20 to 90 ms of the event loop. They share one HTTP client instead; the links do not use it.
pipecat_deepgram.AsyncDeepgramClient = partial(AsyncDeepgramClient, httpx_client=httpx.AsyncClient())  # type: ignore[assignment, attr-defined]

# The SDK keeps the maker of its sockets per process, not per client, and loads half of itself for it: here,
# not in the first call.
install_transport(async_factory=DeepgramLink)
