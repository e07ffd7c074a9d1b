"""One phone call on its Media Stream: the caller's audio into the pipeline, the bot's out with marks behind it."""

from __future__ import annotations

import time
from weakref import proxy

from loguru import logger

from transports.carrier_input import CarrierInput
from transports.carrier_output import CarrierOutput
from transports.connection import (
    CLIENT_LEFT,
    LOST,
    NORMAL,
    POLICY_VIOLATION,
    Connection,
    ConnectionLimits,
    Leave,
)
from transports.hooks import Hooks
from transports.outbox import Message
from transports.socket import Socket
from transports.tether import Tether
from transports.twilio import codec
from transports.twilio.codec import BadMessage, Digit, Mark, Media, Start, Stop, Unknown
from transports.utterance import Framing
from vantum.core import mulaw
from vantum.core.audio import PHONE_RATE, SAMPLE_BYTES, seconds
from vantum.core.dtmf import KEYS
from vantum.core.events import (
    ClientDropped,
    ClientReturned,
    Event,
    KeyPressed,
    SessionStarted,
    UtteranceEnded,
    UtterancePaused,
)
from vantum.core.playback import MarkedPlayback

ENCODING = "audio/x-mulaw"
INBOUND = "inbound"
FRAME_SAMPLES = 160
"""20 ms, the frame of the telephone network: the last chunk of a turn is filled up to it."""
LEAD_SECONDS = 0.38
"""With the frame that is being played, Twilio never holds more than 400 ms that an interruption must clear."""
UNSAID = LOST | {CLIENT_LEFT}
"""Twilio says so when a caller hangs up: however else a stream ends, the call may still be there."""
START_SECONDS = 5.0
"""How long a stream that is opened again may take to say whose it is."""
FRAMING = Framing(
    PHONE_RATE, 2 * FRAME_SAMPLES, FRAME_SAMPLES, lead_seconds=LEAD_SECONDS, ledger=MarkedPlayback
)


class TwilioTransport:
    """A ``Transport`` over the Media Stream of the call ``call_sid`` (empty while Twilio has not told us).

    A stream that is lost may be opened again within ``resume_seconds``; with 0 the call is over.
    ``name`` is that of the carrier, where it is another one that speaks as Twilio does.
    """

    output_rate = PHONE_RATE

    def __init__(
        self,
        socket: Socket,
        *,
        call_sid: str = "",
        limits: ConnectionLimits | None = None,
        resume_seconds: float = 0.0,
        name: str = "twilio",
    ) -> None:
        self.name = name
        self._limits = limits or ConnectionLimits()
        self._connection = Tether(Connection(socket, self._limits, self.name), proxy(self), UNSAID)
        self._resume_seconds = resume_seconds
        self._call_sid = call_sid
        self._stream_sid = ""
        self._input = CarrierInput()
        self._output: CarrierOutput | None = None
        self._hooks: Hooks | None = None
        self._refused = ""
        self._playing = ""
        self._tally = 0
        self._cleared = True
        self._away_seconds: float | None = None

    # --- what a call asks ---------------------------------------------------------------------------

    def ends(self, hooks: Hooks) -> tuple[CarrierInput, CarrierOutput]:
        """The two ends of the pipeline."""
        self._hooks = hooks
        self._output = CarrierOutput(proxy(self), FRAMING, hooks)
        return self._input, self._output

    async def serve(self) -> str:
        """Serve the stream until it is over, and not opened again; returns why it ended, in words."""
        return await self._connection.serve(self._take, logger.warning)

    def wait_no_more(self) -> None:
        """The call is ending: a stream that is lost is not waited for."""
        self._connection.wait_no_more()

    async def close(self, reason: str) -> None:
        """Close the stream, within bounds: Twilio then asks what is next for the call."""
        await self._connection.close(reason)

    def refuse(self, message: str) -> None:
        """The pipeline cannot start: the stream ends as soon as it begins."""
        self._refused = message

    def tell(self, event: Event) -> None:
        """An answer that is paused or cut is cleared from Twilio's buffer; a telephone shows nothing else."""
        match event:
            case UtterancePaused() | UtteranceEnded(interrupted=True) if (
                self._stream_sid and not self._cleared
            ):
                self._cleared = True
                self._connection.put(codec.clear(self._stream_sid))
            case _:
                pass

    def play(self, utterance_id: str, pcm: bytes, rate: int) -> None:  # noqa: ARG002 - the framing's rate
        """Send one chunk of an utterance, and behind it the mark that will tell that it was heard.

        A mark is named for all samples sent up to it, those sent again after a pause included. So no name comes
        twice, and a mark that a clear brings back is never taken for one of the audio that follows.
        """
        if utterance_id != self._playing:
            self._playing, self._tally = utterance_id, 0
        self._tally += len(pcm) // SAMPLE_BYTES
        self._cleared = False
        self._connection.put(codec.media(self._stream_sid, mulaw.encoded(pcm)))
        self._connection.put(codec.mark(self._stream_sid, f"{utterance_id}:{self._tally}"))

    # --- a stream that is lost and opened again -------------------------------------------------------

    @property
    def resumable(self) -> bool:
        """Whether the stream may be opened again, should it be lost."""
        return self._connection.resumable

    async def come_back(self, socket: Socket) -> bool:
        """Go on with the call on another stream, to its end; False, and nothing is done, if it is not of the call."""
        connection = Connection(socket, self._limits, self.name)
        start = await connection.first(_start_in, START_SECONDS)
        if start is None or not self.resumable or not self._is_ours(start):
            return False
        self._stream_sid = start.stream_sid
        self._connection.take(connection)
        await connection.closed.wait()
        return True

    def detached(self, reason: str) -> None:
        """The stream is lost: its marks do not come back, and what they stood for was not heard."""
        if self._output is not None:
            self._output.detach()
        self._cleared = True
        self._note(ClientDropped(reason))

    def attached(self, seconds: float) -> None:
        """The call has a stream again, whose start is still to be taken."""
        self._away_seconds = seconds

    def left(self) -> None:
        """The caller is gone."""

    def _welcome_back(self, seconds: float) -> None:
        self._away_seconds = None
        self._note(ClientReturned(seconds))
        if self._output is not None:
            self._output.attach()

    def _note(self, event: ClientDropped | ClientReturned) -> None:
        if self._hooks is not None:
            self._hooks.publish(event)
        self._input.request(event)

    # --- what Twilio sends --------------------------------------------------------------------------

    def _take(self, message: Message) -> Leave | None:
        try:
            event = codec.decode(message)
        except BadMessage as bad:
            logger.warning("Twilio sent what is no event.", problem=str(bad))
            return None
        match event:
            case Media(payload, _, track) if track == INBOUND:
                self._hear(payload)
            case Mark(name):
                self._confirm(name)
            case Digit(key) if len(key) == 1 and key in KEYS:
                self._press(key)
            case Start():
                return self._begin(event)
            case Stop():
                return Leave(NORMAL, "caller hung up")
            case Unknown(raw):
                logger.debug("Twilio sent an event that is unknown here.", raw=raw)
        return None

    def _begin(self, start: Start) -> Leave | None:
        if self._call_sid not in ("", start.call_sid):
            return Leave(POLICY_VIOLATION, "the stream is of another call")
        if not _readable(start):
            logger.error("Twilio's audio is not mu-law at 8000 Hz.", encoding=start.encoding, rate=start.rate)
            return Leave(POLICY_VIOLATION, "the stream's audio has an unknown format")
        if self._refused:
            return Leave(NORMAL, "the pipeline could not start")
        if self._away_seconds is not None:
            self._welcome_back(self._away_seconds)
        elif not self._stream_sid and self._hooks is not None:
            self._call_sid, self._stream_sid = start.call_sid, start.stream_sid
            self._connection.wait_up_to(self._resume_seconds)
            self._hooks.publish(SessionStarted())
            self._input.request(SessionStarted())
        return None

    def _is_ours(self, start: Start) -> bool:
        return start.call_sid == self._call_sid and _readable(start)

    def _hear(self, payload: bytes) -> None:
        if self._hooks is None or not self._stream_sid:
            return
        pcm = mulaw.decoded(payload)
        if self._output is not None:
            self._output.client_sent(seconds(pcm, PHONE_RATE))
        self._hooks.tap.caller_audio(pcm, PHONE_RATE, time.monotonic() - seconds(pcm, PHONE_RATE))
        self._input.hear(pcm, PHONE_RATE)

    def _press(self, key: str) -> None:
        if self._hooks is not None:
            self._hooks.publish(KeyPressed(key))
            self._input.press(key)

    def _confirm(self, name: str) -> None:
        """A mark came back: what was sent before it has been played, or was cleared and is forgotten."""
        utterance_id, _, tally = name.rpartition(":")
        if self._output is not None and tally.isdecimal():
            self._output.confirm(utterance_id, int(tally))


def _start_in(message: Message) -> Start | None:
    """The start of a stream, if the message is one."""
    try:
        event = codec.decode(message)
    except BadMessage:
        return None
    return event if isinstance(event, Start) else None


def _readable(start: Start) -> bool:
    return (start.encoding, start.rate) == (ENCODING, PHONE_RATE)
