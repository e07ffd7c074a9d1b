"""The WebSocket to Deepgram: usable before it is up, and healed when it drops, so that no word is lost or doubled."""

from __future__ import annotations

import asyncio
import json
import random
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from enum import StrEnum
from functools import cache
from urllib.parse import parse_qs, urlsplit

from deepgram.core.api_error import ApiError
from loguru import logger
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from processors.stt.deepgram_faults import deepgram_error, failed, refusal, told_error
from processors.stt.deepgram_messages import ERROR, Finals, Message, message_of
from processors.stt.deepgram_tape import Tape
from processors.weakly import weakly_told
from vantum.core.errors import ProviderError
from vantum.core.faults import Fault
from vantum.core.retry import Phase, jittered, waits

LINK_UP_SECONDS = 5.0
"""A new link that is not up by then is an error."""
HEAL_SECONDS = 3.5
"""So is one that dropped: long enough to wait as long as Deepgram may ask for, and to try again."""
KEPT_SECONDS = 10.0
"""Audio kept until a final result has covered it; what is older is dropped."""
STABLE_SECONDS = 2.0
"""A link that drops sooner than this has not healed: it has the time that the first drop left over."""
ANSWER_SECONDS = 2.0
"""A link on which nothing comes for so long, though an answer is due, is dropped."""
SECOND_ANSWER_SECONDS = 1.0
"""On the link that takes its place, where all was sent at once: the caller has waited for that long already."""
ANSWERABLE_SECONDS = 0.5
"""Deepgram need not answer a Finalize that has less audio before it."""
MOST_STALLS = 2
"""In a row: a new link would be no better."""
SEND_SECONDS = 1.0
SHORT_BYTES = 16_384
"""So much an empty buffer takes without waiting for the network: half of what it holds (websockets' default)."""
GOODBYE_SECONDS = 0.25
"""For the last message, and again for the close: who puts us to work waits 0.6 s for both."""
MULAW = "mulaw"
BYTES_PER_SAMPLE = {"linear16": 2, MULAW: 1}


class LinkState(StrEnum):
    """Whether what is sent arrives."""

    DOWN = "down"
    UP = "up"


Watch = Callable[["DeepgramLink", LinkState], Awaitable[None]]
WATCH: ContextVar[Watch | None] = ContextVar("watch", default=None)
"""Who is told of the links that are made: the SDK makes them, and lets nobody hand it more than an address."""


class DeepgramLink:
    """The WebSocket under Deepgram's SDK, usable from the moment it is made: what is sent too early waits.

    The SDK takes any object of this shape for its socket. Iterating opens the link and yields what arrives.
    A link that drops, or that takes audio and does not answer, is opened again, and what no final result has
    covered is sent once more; the times in what arrives are those of the newest stream. ``close`` raises what ended
    the link, as the SDK's own socket does, so that pipecat reports it: an ``ApiError`` when Deepgram refused the
    request, and else a ``ProviderError``.
    """

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._url = url
        self._headers = headers
        self._rate, self._width = audio_format(url)
        self._tape = Tape(int(KEPT_SECONDS * self._rate * self._width))
        self._socket: ClientConnection | None = None
        self._leaving = False
        self._attempts = _Attempts(Phase.CONNECT, LINK_UP_SECONDS)
        self._answer = _Answer(self._abort)
        self._finals = Finals()
        self._failure: Exception | None = None
        self._watch = WATCH.get()

    @property
    def uncovered_seconds(self) -> float:
        """Of the audio that was sent, or waits, what no final result has covered yet."""
        return self._tape.uncovered / self._width / self._rate

    async def __aiter__(self) -> AsyncIterator[str]:
        try:
            await self._tell(LinkState.DOWN)
            socket = await self._open()
            while not self._leaving:
                up_at = asyncio.get_running_loop().time()
                drop = failed("Deepgram closed the link.")
                try:
                    await self._begin(socket)
                    async for raw in socket:
                        if self._is_good(raw):
                            yield str(raw)
                except ConnectionClosed as closed:
                    drop = self._answer.missed() or deepgram_error(closed)
                except ProviderError as told:
                    drop = told
                    await _close(socket)
                if not self._leaving:
                    socket = await self._heal(drop, up_at)
        except (ApiError, ProviderError) as failure:
            self._failure = failure

    async def send(self, data: str | bytes) -> None:
        """Send, or keep for later; what only concerns the present stream is not kept."""
        kind = "" if isinstance(data, bytes) else json.loads(data)["type"]
        if kind in ("", "Finalize"):
            in_turn = not self._tape.waits
            self._tape.add(data)
            if self._socket is not None and in_turn:
                await self._transmit_next(self._socket)
            return
        self._leaving = self._leaving or kind == "CloseStream"
        if self._socket is not None:
            await self._transmit(self._socket, data, GOODBYE_SECONDS if self._leaving else SEND_SECONDS)

    async def close(self) -> None:
        """Close within ``GOODBYE_SECONDS``; raises what ended the link, if it was not its user."""
        self._answer.stop()
        if self._socket is not None:
            await _close(self._socket)
        task = asyncio.current_task()
        if self._failure is not None and not (task and task.cancelling()):
            raise self._failure

    # --- a stream -----------------------------------------------------------------------------------

    async def _begin(self, socket: ClientConnection) -> None:
        self._socket, self._finals = socket, Finals()
        await self._tell(LinkState.UP)
        while self._tape.waits:
            await self._transmit_next(socket)

    async def _transmit_next(self, socket: ClientConnection) -> None:
        item = self._tape.take()
        await self._transmit(socket, item, SEND_SECONDS)
        if isinstance(item, str) and self._answer_is_due():
            self._answer.wait()

    async def _transmit(self, socket: ClientConnection, data: str | bytes, seconds: float) -> None:
        """Whatever does not arrive is on the tape; who reads from the link notices that it dropped."""
        try:
            if len(data) <= SHORT_BYTES and not socket.transport.get_write_buffer_size():
                # It is taken at once, and no wait has to be bounded.
                await socket.send(data)
                return
            async with asyncio.timeout(seconds):
                await socket.send(data)
        except TimeoutError:
            # A peer that reads nothing would not read a goodbye either.
            socket.transport.abort()
        except ConnectionClosed:
            return

    def _is_good(self, raw: str | bytes) -> bool:
        """Take note of what arrived; whether it is for the SDK. Raises what Deepgram says is wrong."""
        message = message_of(raw)
        if message is None:
            logger.debug("Deepgram sent what is no message of its protocol.")
            return False
        if message["type"] == ERROR:
            raise told_error(message)
        self._note(message)
        return not self._finals.overtook(message)

    def _note(self, message: Message) -> None:
        match message:
            case {"type": "Results", "is_final": True, "start": start, "duration": duration, **more}:
                self._tape.covered(round((start + duration) * self._rate) * self._width)
                if more.get("from_finalize"):
                    self._tape.answered()
        self._answer.came()
        if self._answer_is_due():
            self._answer.wait()

    def _answer_is_due(self) -> bool:
        return self._tape.asked >= ANSWERABLE_SECONDS * self._rate * self._width

    def _abort(self) -> None:
        if self._socket is not None:
            self._socket.transport.abort()

    # --- opening ------------------------------------------------------------------------------------

    async def _heal(self, drop: ProviderError, up_at: float) -> ClientConnection:
        """Open the link again."""
        self._socket = None
        self._answer.stop()
        self._tape.rewind()
        await self._tell(LinkState.DOWN)
        if self._answer.stalls >= MOST_STALLS:
            raise drop
        logger.warning("The link to Deepgram dropped and is opened again.", problem=drop.message)
        fresh = asyncio.get_running_loop().time() - up_at > STABLE_SECONDS
        if fresh or self._attempts.phase is Phase.CONNECT:
            self._attempts = _Attempts(Phase.MID_CALL, HEAL_SECONDS)
        return await self._open(drop)

    async def _open(self, problem: Exception | None = None) -> ClientConnection:
        """``problem`` is what was wrong with the link before."""
        began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(self._attempts.seconds):
                while True:
                    if problem is not None:
                        await self._attempts.wait(problem)
                    try:
                        return await self._attempt()
                    except (OSError, InvalidHandshake, EOFError, ApiError) as error:
                        problem = error
        except TimeoutError:
            raise _unreachable(problem or TimeoutError("no answer")) from None
        finally:
            self._attempts.seconds -= asyncio.get_running_loop().time() - began

    async def _attempt(self) -> ClientConnection:
        try:
            # Audio does not compress; a deflate context for each call would only cost.
            return await connect(
                self._url,
                ssl=_tls_context() if self._url.startswith("wss:") else None,
                additional_headers=self._headers,
                compression=None,
                close_timeout=GOODBYE_SECONDS,
            )
        except InvalidStatus as status:
            raise refusal(status) from None

    async def _tell(self, state: LinkState) -> None:
        if self._watch is not None:
            await self._watch(self, state)


class _Attempts:
    """What is left of the attempts to open a link, and of the ``seconds`` for them."""

    def __init__(self, phase: Phase, seconds: float) -> None:
        self.phase = phase
        self.seconds = seconds
        self._used = Counter[Fault]()

    async def wait(self, problem: Exception) -> None:
        """Wait as long as is due after ``problem``; raises it when there is no further attempt."""
        error = deepgram_error(problem)
        schedule = waits(error.fault, self.phase, error.retry_after)
        used = self._used[error.fault]
        self._used[error.fault] += 1
        if used >= len(schedule):
            raise _unreachable(problem)
        await asyncio.sleep(jittered(schedule[used], random.random()))  # noqa: S311


class _Answer:
    """The wait for an answer; ``late`` is called when nothing has come in time."""

    def __init__(self, late: Callable[[], None]) -> None:
        self.stalls = 0
        self._late = weakly_told(late)
        self._timer: asyncio.TimerHandle | None = None
        self._missed = False

    def wait(self) -> None:
        """An answer is due."""
        if self._timer is None:
            seconds = SECOND_ANSWER_SECONDS if self.stalls else ANSWER_SECONDS
            self._timer = asyncio.get_running_loop().call_later(seconds, self._stall)

    def came(self) -> None:
        """Something has come."""
        self.stop()
        self.stalls = 0

    def stop(self) -> None:
        """Nothing is waited for."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def missed(self) -> ProviderError | None:
        """That nothing came, if that is what ended the stream; asked once."""
        missed, self._missed = self._missed, False
        return failed("Deepgram takes audio and does not answer.") if missed else None

    def _stall(self) -> None:
        self._timer = None
        self.stalls += 1
        self._missed = True
        self._late()


def audio_format(url: str) -> tuple[int, int]:
    """Hertz, and bytes a sample, of the audio that this request announces."""
    query = parse_qs(urlsplit(url).query)
    return int(query["sample_rate"][0]), BYTES_PER_SAMPLE.get(query["encoding"][0], 2)


def _unreachable(problem: Exception) -> ApiError | ProviderError:
    if isinstance(problem, ApiError | ProviderError):
        return problem
    error = deepgram_error(problem)
    return failed(f"Deepgram cannot be reached: {error.message}", error.fault)


async def _close(socket: ClientConnection) -> None:
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await socket.close()
    finally:
        # Who is cancelled meanwhile leaves no open link behind either.
        socket.transport.abort()


@cache
def _tls_context() -> ssl.SSLContext:
    # Reading the root certificates takes longer than a packet of audio lasts: once per process, not per call.
    return ssl.create_default_context()
