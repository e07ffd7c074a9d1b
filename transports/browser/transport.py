"""One browser call on its socket: messages in order into the pipeline, events and audio back in its dialect."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import uuid_utils

from transports.browser import codec
from transports.browser.codec import BadMessage, Chunk, End, Ids, Request, Start
from transports.browser.dialect import GREETING_ORDER, Cancel, Dialect
from transports.browser.outbox import Outbox
from transports.browser.socket import Gone, Socket
from transports.carrier_input import CarrierInput
from transports.carrier_output import CarrierOutput
from transports.hooks import Hooks
from transports.rate_limit import RateLimit
from vantum.core.audio import PIPELINE_RATE, seconds
from vantum.core.events import (
    ErrorReported,
    Event,
    SessionStarted,
    StateChanged,
    Transcript,
    TurnEndedByHand,
    TurnLatency,
    UtteranceEnded,
    UtteranceStarted,
    WordsSpoken,
)
from vantum.core.session import Session, moved

POLICY_VIOLATION = 1008
NORMAL = 1000
GOING_AWAY = 1001
INTERNAL_ERROR = 1011
CLOSE_SECONDS = 2.0
"""How long a closing client may take to read what it is still sent."""


@dataclass(frozen=True, slots=True)
class BrowserLimits:
    """Bounds of one connection; the size of a message is bounded by the server."""

    messages_per_second: int = 200
    backlog_bytes: int = 1_048_576
    idle_seconds: float = 1_800.0


class BrowserTransport:
    """A ``Transport`` over one browser's WebSocket."""

    name = "browser"

    def __init__(self, socket: Socket, *, output_rate: int, limits: BrowserLimits | None = None) -> None:
        self.output_rate = output_rate
        self.session_id = str(uuid_utils.uuid7())
        self._socket = socket
        self._limits = limits or BrowserLimits()
        self._rate_limit = RateLimit(self._limits.messages_per_second)
        self._outbox = Outbox(self._limits.backlog_bytes)
        self._dialect: Dialect | None = None
        self._session = Session.IDLE
        self._sampling_rate = PIPELINE_RATE
        self._hooks: Hooks | None = None
        self._input = CarrierInput()
        self._refused: str | None = None
        self._turned_away = False
        self._last_message = time.monotonic()
        self._close_code = NORMAL
        for dialect in GREETING_ORDER:
            self._outbox.put(codec.connected(dialect, self._ids()))

    # --- what a call asks ---------------------------------------------------------------------------

    def ends(self, hooks: Hooks) -> tuple[CarrierInput, CarrierOutput]:
        """The two ends of the pipeline."""
        self._hooks = hooks
        return self._input, CarrierOutput(self, self.output_rate, hooks)

    async def serve(self) -> str:
        """Serve the connection until it is over; returns why it ended, in words."""
        reading = asyncio.create_task(self._read(), name="browser-read")
        writing = asyncio.create_task(self._outbox.drain(self._socket.send), name="browser-write")
        drowning = asyncio.create_task(self._outbox.overflowed.wait(), name="browser-backlog")
        idling = asyncio.create_task(self._fall_idle(), name="browser-idle")
        tasks = (reading, writing, drowning, idling)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if drowning.done():
                self._socket.abort()
                return "client read too slowly"
            if idling.done():
                self._close_code = GOING_AWAY
                return "nothing was sent for too long"
            return reading.result() if reading.done() else "client left"
        finally:
            self._session = Session.ENDED
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self, reason: str) -> None:
        """Send what still waits, then close; a client that does not read is dropped after 2 s."""
        self._outbox.close()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._outbox.drain(self._socket.send)
                await self._socket.close(self._close_code, reason)
        except (Gone, TimeoutError):
            self._socket.abort()

    def refuse(self, message: str) -> None:
        """The pipeline cannot start: tell the client, now or when it asks to start."""
        self._refused = message

    def tell(self, event: Event) -> None:
        """Send an event of the call to the client, if its dialect has a message for it."""
        now = time.time() * 1000.0
        dialect, ids = self._speaks, self._ids()
        match event:
            case UtteranceStarted():
                self._outbox.put(codec.response_started(dialect, ids, event.utterance_id, now))
                self._outbox.put(codec.speech_started(dialect, self._ids(), event.utterance_id, now))
            case UtteranceEnded():
                self._tell_end(event)
            case WordsSpoken():
                self._outbox.put(codec.response_words(dialect, ids, event, now))
            case Transcript():
                self._outbox.put(codec.transcript(dialect, ids, event, now))
            case StateChanged():
                self._outbox.put(codec.state_changed(dialect, ids, event, now))
            case TurnLatency():
                self._outbox.put(codec.turn_latency(dialect, ids, event))
            case ErrorReported():
                self._outbox.put(codec.failure(dialect, ids, event))
            case _:
                pass

    def play(self, utterance_id: str, pcm: bytes, rate: int) -> None:
        """Send one chunk of an utterance."""
        self._outbox.put(codec.speech_chunk(self._speaks, self._ids(), utterance_id, pcm, rate))

    # --- what the client sends ----------------------------------------------------------------------

    async def _read(self) -> str:
        while True:
            try:
                message = await self._socket.receive()
            except Gone as gone:
                return "client left" if gone.code in (NORMAL, GOING_AWAY, 1005) else "connection lost"
            self._last_message = time.monotonic()
            if not self._rate_limit.allows(self._last_message):
                most = self._limits.messages_per_second
                self._tell_error(f"Too many messages: at most {most} a second are allowed.")
                self._close_code = POLICY_VIOLATION
                return "too many messages"
            await self._take(message)
            if self._turned_away:
                return "the pipeline could not start"

    async def _fall_idle(self) -> None:
        """Return when nothing has been received for too long."""
        while (left := self._last_message + self._limits.idle_seconds - time.monotonic()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(left)

    async def _take(self, message: bytes | str) -> None:
        try:
            request = codec.decode(message)
        except BadMessage as bad:
            self._settle_dialect(bad.dialect)
            self._outbox.put(codec.error_reply(bad, self._speaks, self._ids()))
            return
        self._settle_dialect(request.dialect)
        if self._refused is None:
            await self._obey(request)
        elif not isinstance(request, Chunk):
            self._outbox.put(codec.refusal(request, self._refused, self._ids()))
            self._close_code = INTERNAL_ERROR
            self._turned_away = True

    async def _obey(self, request: Request) -> None:
        match request:
            case Start():
                self._sampling_rate = request.sampling_rate or self._sampling_rate
                self._outbox.put(codec.acknowledge(request, self.session_id))
                await self._activate(SessionStarted(request.language, request.voice))
            case Chunk(audio=pcm, muted=muted):
                await self._activate(SessionStarted())
                if pcm and not muted and self._hooks is not None:
                    began = time.monotonic() - seconds(pcm, self._sampling_rate)
                    self._hooks.tap.caller_audio(pcm, self._sampling_rate, began)
                    await self._input.hear(pcm, self._sampling_rate)
            case End():
                self._outbox.put(codec.acknowledge(request, self.session_id))
                await self._input.request(TurnEndedByHand())

    async def _activate(self, started: SessionStarted) -> None:
        """The first start, or the first audio, makes the session active; later ones change nothing."""
        if self._session is Session.IDLE:
            self._session = moved(self._session, Session.ACTIVE)
            if self._hooks is not None:
                self._hooks.publish(started)
            await self._input.request(started)

    def _settle_dialect(self, dialect: Dialect | None) -> None:
        """The first message with a name decides the dialect of the whole connection."""
        if self._dialect is None and dialect is not None:
            self._dialect = dialect

    # --- what the client is told --------------------------------------------------------------------

    @property
    def _speaks(self) -> Dialect:
        return self._dialect or Dialect.CURRENT

    def _ids(self) -> Ids:
        return Ids(str(uuid_utils.uuid7()), self.session_id)

    def _tell_end(self, ended: UtteranceEnded) -> None:
        dialect, utterance_id = self._speaks, ended.utterance_id
        if ended.interrupted:
            cause = Cancel.STOPPED if self._session is Session.ENDED else Cancel.BARGE_IN
            self._outbox.put(codec.speech_cancelled(dialect, self._ids(), utterance_id, cause))
        else:
            self._outbox.put(codec.speech_completed(dialect, self._ids(), utterance_id))
        self._outbox.put(codec.response_completed(dialect, self._ids(), utterance_id))

    def _tell_error(self, message: str) -> None:
        self.tell(ErrorReported("transport", message, retryable=False))
