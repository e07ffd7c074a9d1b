"""One browser call on its socket: messages in order into the pipeline, events and audio back in its dialect."""

from __future__ import annotations

import time
from weakref import proxy

import uuid_utils

from transports.browser import codec
from transports.browser.arrival import Arrival
from transports.browser.codec import BadMessage, Chunk, End, Ids, Request, Start
from transports.browser.dialect import Cancel, Dialect
from transports.carrier_input import CarrierInput
from transports.carrier_output import CarrierOutput
from transports.connection import INTERNAL_ERROR, ConnectionLimits, Leave
from transports.hooks import Hooks
from transports.outbox import Message
from transports.socket import Socket
from transports.tether import Tether
from transports.utterance import Framing
from vantum.core.audio import PIPELINE_RATE, WEB_AUDIO_BLOCK, chunk_samples, seconds
from vantum.core.events import (
    ClientDropped,
    ClientReturned,
    ErrorReported,
    Event,
    ProviderSwitched,
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
from vantum.core.resumption import Ticket, Tickets, digest
from vantum.core.session import Session, moved

CUT_PAUSE_SECONDS = 0.15
"""After a cut, clients need this long before the first chunk of the next utterance."""


class BrowserTransport:
    """A ``Transport`` over one browser's WebSocket, or over one after the other.

    With ``tickets`` a client whose connection is lost in an active session has ``resume_seconds`` to come back to it.
    """

    name = "browser"

    def __init__(
        self,
        socket: Socket | Arrival,
        *,
        output_rate: int,
        limits: ConnectionLimits | None = None,
        tickets: Tickets[BrowserTransport] | None = None,
        resume_seconds: float = 0.0,
    ) -> None:
        arrival = socket if isinstance(socket, Arrival) else Arrival(socket, limits)
        self.output_rate = output_rate
        self.session_id = arrival.session_id
        self._arrival = arrival
        self._connection = Tether(arrival.connection, proxy(self))
        self._tickets = tickets
        self._ticket: Ticket[BrowserTransport] | None = None
        self._resume_seconds = resume_seconds
        self._away_seconds: float | None = None
        self._resumed = False
        self._last_state: StateChanged | None = None
        self._output: CarrierOutput | None = None
        self._dialect: Dialect | None = None
        self._session = Session.IDLE
        self._sampling_rate = PIPELINE_RATE
        self._hooks: Hooks | None = None
        self._input = CarrierInput()
        self._refused: str | None = None
        self._speech_ids: dict[str, str | None] = {}

    # --- what a call asks ---------------------------------------------------------------------------

    def ends(self, hooks: Hooks) -> tuple[CarrierInput, CarrierOutput]:
        """The two ends of the pipeline."""
        self._hooks = hooks
        rate = self.output_rate
        framing = Framing(rate, chunk_samples(rate), WEB_AUDIO_BLOCK, CUT_PAUSE_SECONDS)
        self._output = CarrierOutput(proxy(self), framing, hooks)
        return self._input, self._output

    async def serve(self) -> str:
        """Serve the client until it is gone for good; returns why, in words."""
        return await self._connection.serve(self._take, self._tell_error)

    def wait_no_more(self) -> None:
        """The call is ending: a client that is lost is not waited for."""
        self._tear_ticket()
        self._connection.wait_no_more()

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
            case _:
                self._connection.put(self._packed(event, now))

    def _packed(self, event: Event, now: float) -> Message | None:
        """The message that tells of an event by itself; None where there is none."""
        dialect, ids = self._speaks, self._ids()
        match event:
            case WordsSpoken():
                return codec.response_words(dialect, ids, event, now)
            case Transcript():
                return codec.transcript(dialect, ids, event, now)
            case StateChanged():
                self._last_state = event
                return codec.state_changed(dialect, ids, event, now)
            case TurnLatency():
                return codec.turn_latency(dialect, ids, event)
            case ProviderSwitched():
                return codec.provider_switched(dialect, ids, event)
            case ErrorReported():
                return codec.failure(dialect, ids, event)
            case _:
                return None

    def play(self, utterance_id: str, pcm: bytes, rate: int) -> None:
        """Send one chunk of an utterance."""
        speech_id = self._speech_ids.get(utterance_id) or utterance_id
        self._connection.put(codec.speech_chunk(self._speaks, self._ids(), speech_id, pcm, rate))

    # --- what the client sends ----------------------------------------------------------------------

    def _take(self, message: Message) -> Leave | None:
        try:
            request = codec.decode(message)
        except BadMessage as bad:
            self._settle_dialect(bad.dialect)
            self._connection.put(codec.error_reply(bad, self._speaks, self._ids()))
            return None
        self._settle_dialect(request.dialect)
        if self._refused is None:
            self._obey(request)
            if self._away_seconds is not None:
                self._welcome_back(self._away_seconds)
        elif not isinstance(request, Chunk):
            self._connection.put(codec.refusal(request, self._refused, self._ids()))
            return Leave(INTERNAL_ERROR, "the pipeline could not start")
        return None

    def _obey(self, request: Request) -> None:
        match request:
            case Start():
                self._sampling_rate = request.sampling_rate or self._sampling_rate
                self._connection.put(codec.acknowledge(request, self.session_id, resumed=self._resumed))
                self._activate(SessionStarted(request.language, request.voice))
            case Chunk(audio=pcm, muted=muted):
                if self._session is Session.IDLE:
                    self._activate(SessionStarted())
                if self._output is not None:
                    self._output.client_sent(seconds(pcm, self._sampling_rate))
                if pcm and not muted and self._hooks is not None:
                    began = time.monotonic() - seconds(pcm, self._sampling_rate)
                    self._hooks.tap.caller_audio(pcm, self._sampling_rate, began)
                    self._input.hear(pcm, self._sampling_rate)
            case End():
                self._connection.put(codec.acknowledge(request, self.session_id))
                self._input.request(TurnEndedByHand())

    def _activate(self, started: SessionStarted) -> None:
        """The first start, or the first audio, makes the session active; later ones change nothing."""
        if self._session is Session.IDLE:
            self._session = moved(self._session, Session.ACTIVE)
            self._write_ticket()
            if self._hooks is not None:
                self._hooks.publish(started)
            self._input.request(started)

    def _settle_dialect(self, dialect: Dialect | None) -> None:
        """The first message with a name decides the dialect of the whole connection."""
        if self._dialect is None and dialect is not None:
            self._dialect = dialect

    # --- a client that is lost and comes back ---------------------------------------------------------

    def come_back(self, arrival: Arrival) -> None:
        """The client is back on a connection of its own; never waits."""
        self._tear_ticket()
        self._arrival = arrival
        self._write_ticket()
        self._connection.take(arrival.connection)

    def detached(self, reason: str) -> None:
        """The client is lost, and is waited for."""
        self._session = moved(self._session, Session.DETACHED)
        if self._ticket is not None:
            self._ticket.detached = True
        if self._output is not None:
            self._output.detach()
        self._note(ClientDropped(reason))

    def attached(self, seconds: float) -> None:
        """The client is back: what it says first is answered first."""
        self._session = moved(self._session, Session.ACTIVE)
        if self._ticket is not None:
            self._ticket.detached = False
        self._dialect = self._arrival.dialect
        self._resumed, self._away_seconds = True, seconds

    def left(self) -> None:
        """The client is gone for good."""
        self._tear_ticket()
        self._session = Session.ENDED

    def _welcome_back(self, seconds: float) -> None:
        self._away_seconds = None
        self._note(ClientReturned(seconds))
        if self._last_state is not None:
            self.tell(self._last_state)
        if self._output is not None:
            self._output.attach()

    def _note(self, event: ClientDropped | ClientReturned) -> None:
        if self._hooks is not None:
            self._hooks.publish(event)
        self._input.request(event)

    def _write_ticket(self) -> None:
        arrival = self._arrival
        if self._tickets is None or arrival.token is None:
            return
        self._connection.wait_up_to(self._resume_seconds)
        ids = frozenset({self.session_id, arrival.session_id})
        self._ticket = Ticket(self, arrival.visitor, ids, digest(arrival.token), arrival.connection.heard_at)
        self._tickets.add(self._ticket)

    def _tear_ticket(self) -> None:
        ticket, self._ticket = self._ticket, None
        if self._tickets is not None and ticket is not None:
            self._tickets.remove(ticket)

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
