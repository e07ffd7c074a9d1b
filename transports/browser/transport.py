"""One browser call on its socket: messages in order into the pipeline, events and audio back in its dialect."""

from __future__ import annotations

import time

import uuid_utils

from transports.browser import codec
from transports.browser.codec import BadMessage, Chunk, End, Ids, Request, Start
from transports.browser.dialect import GREETING_ORDER, Cancel, Dialect
from transports.carrier_input import CarrierInput
from transports.carrier_output import CarrierOutput
from transports.connection import INTERNAL_ERROR, Connection, ConnectionLimits, Leave
from transports.hooks import Hooks
from transports.outbox import Message
from transports.socket import Socket
from transports.utterance import Framing
from vantum.core.audio import PIPELINE_RATE, WEB_AUDIO_BLOCK, chunk_samples, seconds
from vantum.core.events import (
    ErrorReported,
    Event,
    SessionStarted,
    StateChanged,
    Transcript,
    TurnEndedByHand,
    TurnLatency,
    UtteranceEnded,
    UtterancePaused,
    UtteranceResumed,
    UtteranceStarted,
    WordsSpoken,
)
from vantum.core.session import Session, moved

CUT_PAUSE_SECONDS = 0.15
"""After a cut, clients need this long before the first chunk of the next utterance."""


class BrowserTransport:
    """A ``Transport`` over one browser's WebSocket."""

    name = "browser"

    def __init__(self, socket: Socket, *, output_rate: int, limits: ConnectionLimits | None = None) -> None:
        self.output_rate = output_rate
        self.session_id = str(uuid_utils.uuid7())
        self._connection = Connection(socket, limits or ConnectionLimits(), self.name)
        self._dialect: Dialect | None = None
        self._session = Session.IDLE
        self._sampling_rate = PIPELINE_RATE
        self._hooks: Hooks | None = None
        self._input = CarrierInput()
        self._refused: str | None = None
        self._speech_ids: dict[str, str | None] = {}
        for dialect in GREETING_ORDER:
            self._connection.put(codec.connected(dialect, self._ids()))

    # --- what a call asks ---------------------------------------------------------------------------

    def ends(self, hooks: Hooks) -> tuple[CarrierInput, CarrierOutput]:
        """The two ends of the pipeline."""
        self._hooks = hooks
        rate = self.output_rate
        framing = Framing(rate, chunk_samples(rate), WEB_AUDIO_BLOCK, CUT_PAUSE_SECONDS)
        return self._input, CarrierOutput(self, framing, hooks)

    async def serve(self) -> str:
        """Serve the connection until it is over; returns why it ended, in words."""
        try:
            return await self._connection.serve(self._take, self._tell_error)
        finally:
            self._session = Session.ENDED

    async def close(self, reason: str) -> None:
        """Send what still waits, then close; a client that does not read is dropped after 2 s."""
        await self._connection.close(reason)

    def refuse(self, message: str) -> None:
        """The pipeline cannot start: tell the client, now or when it asks to start."""
        self._refused = message

    def tell(self, event: Event) -> None:
        """Send an event of the call to the client, if its dialect has a message for it."""
        now = time.time() * 1000.0
        dialect, ids = self._speaks, self._ids()
        match event:
            case UtteranceStarted():
                self._connection.put(codec.response_started(dialect, ids, event.utterance_id, now))
                self._connection.put(codec.speech_started(dialect, self._ids(), event.utterance_id, now))
            case UtterancePaused():
                self._connection.put(codec.response_paused(dialect, ids, event.utterance_id, now))
                self._silence(event.utterance_id)
            case UtteranceResumed():
                self._tell_resumed(event, now)
            case UtteranceEnded():
                self._tell_end(event)
            case WordsSpoken():
                self._connection.put(codec.response_words(dialect, ids, event, now))
            case Transcript():
                self._connection.put(codec.transcript(dialect, ids, event, now))
            case StateChanged():
                self._connection.put(codec.state_changed(dialect, ids, event, now))
            case TurnLatency():
                self._connection.put(codec.turn_latency(dialect, ids, event))
            case ErrorReported():
                self._connection.put(codec.failure(dialect, ids, event))
            case _:
                pass

    def play(self, utterance_id: str, pcm: bytes, rate: int) -> None:
        """Send one chunk of an utterance."""
        speech_id = self._speech_ids.get(utterance_id) or utterance_id
        self._connection.put(codec.speech_chunk(self._speaks, self._ids(), speech_id, pcm, rate))

    # --- what the client sends ----------------------------------------------------------------------

    async def _take(self, message: Message) -> Leave | None:
        try:
            request = codec.decode(message)
        except BadMessage as bad:
            self._settle_dialect(bad.dialect)
            self._connection.put(codec.error_reply(bad, self._speaks, self._ids()))
            return None
        self._settle_dialect(request.dialect)
        if self._refused is None:
            await self._obey(request)
        elif not isinstance(request, Chunk):
            self._connection.put(codec.refusal(request, self._refused, self._ids()))
            return Leave(INTERNAL_ERROR, "the pipeline could not start")
        return None

    async def _obey(self, request: Request) -> None:
        match request:
            case Start():
                self._sampling_rate = request.sampling_rate or self._sampling_rate
                self._connection.put(codec.acknowledge(request, self.session_id))
                await self._activate(SessionStarted(request.language, request.voice))
            case Chunk(audio=pcm, muted=muted):
                await self._activate(SessionStarted())
                if pcm and not muted and self._hooks is not None:
                    began = time.monotonic() - seconds(pcm, self._sampling_rate)
                    self._hooks.tap.caller_audio(pcm, self._sampling_rate, began)
                    await self._input.hear(pcm, self._sampling_rate)
            case End():
                self._connection.put(codec.acknowledge(request, self.session_id))
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

    def _silence(self, utterance_id: str) -> None:
        """Clients never play on what was cancelled: what may follow needs another utterance id."""
        speech_id = self._speech_ids.get(utterance_id, utterance_id)
        self._speech_ids[utterance_id] = None
        if speech_id is not None:
            cause = Cancel.STOPPED if self._session is Session.ENDED else Cancel.BARGE_IN
            self._connection.put(codec.speech_cancelled(self._speaks, self._ids(), speech_id, cause))

    def _tell_resumed(self, resumed: UtteranceResumed, now: float) -> None:
        dialect, utterance_id, speech_id = self._speaks, resumed.utterance_id, str(uuid_utils.uuid7())
        self._speech_ids[utterance_id] = speech_id
        told = codec.response_resumed(dialect, self._ids(), utterance_id, speech_id, now)
        self._connection.put(told)
        self._connection.put(codec.speech_started(dialect, self._ids(), speech_id, now))

    def _tell_end(self, ended: UtteranceEnded) -> None:
        dialect, utterance_id = self._speaks, ended.utterance_id
        if ended.interrupted:
            self._silence(utterance_id)
        else:
            speech_id = self._speech_ids.get(utterance_id) or utterance_id
            self._connection.put(codec.speech_completed(dialect, self._ids(), speech_id))
        self._speech_ids.pop(utterance_id, None)
        self._connection.put(codec.response_completed(dialect, self._ids(), utterance_id))

    def _tell_error(self, message: str) -> None:
        self.tell(ErrorReported("transport", message, retryable=False))
