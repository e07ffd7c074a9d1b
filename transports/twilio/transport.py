"""One phone call on its Media Stream: the caller's audio into the pipeline, the bot's out with marks behind it."""

from __future__ import annotations

import time

from loguru import logger

from transports.carrier_input import CarrierInput
from transports.carrier_output import CarrierOutput
from transports.connection import NORMAL, POLICY_VIOLATION, Connection, ConnectionLimits, Leave
from transports.hooks import Hooks
from transports.outbox import Message
from transports.socket import Socket
from transports.twilio import codec
from transports.twilio.codec import BadMessage, Digit, Mark, Media, Start, Stop, Unknown
from transports.utterance import Framing
from vantum.core import mulaw
from vantum.core.audio import PHONE_RATE, SAMPLE_BYTES, seconds
from vantum.core.dtmf import KEYS
from vantum.core.events import Event, KeyPressed, SessionStarted, UtteranceEnded, UtterancePaused
from vantum.core.playback import MarkedPlayback

ENCODING = "audio/x-mulaw"
INBOUND = "inbound"
FRAME_SAMPLES = 160
"""20 ms, the frame of the telephone network: the last chunk of a turn is filled up to it."""
LEAD_SECONDS = 0.38
"""With the frame that is being played, Twilio never holds more than 400 ms that an interruption must clear."""
FRAMING = Framing(
    PHONE_RATE, 2 * FRAME_SAMPLES, FRAME_SAMPLES, lead_seconds=LEAD_SECONDS, ledger=MarkedPlayback
)


class TwilioTransport:
    """A ``Transport`` over the Media Stream of the call ``call_sid`` (empty while Twilio has not told us)."""

    name = "twilio"
    output_rate = PHONE_RATE

    def __init__(self, socket: Socket, *, call_sid: str = "", limits: ConnectionLimits | None = None) -> None:
        self._connection = Connection(socket, limits or ConnectionLimits(), self.name)
        self._call_sid = call_sid
        self._stream_sid = ""
        self._input = CarrierInput()
        self._output: CarrierOutput | None = None
        self._hooks: Hooks | None = None
        self._refused = ""
        self._playing = ""
        self._tally = 0
        self._cleared = True

    # --- what a call asks ---------------------------------------------------------------------------

    def ends(self, hooks: Hooks) -> tuple[CarrierInput, CarrierOutput]:
        """The two ends of the pipeline."""
        self._hooks = hooks
        self._output = CarrierOutput(self, FRAMING, hooks)
        return self._input, self._output

    async def serve(self) -> str:
        """Serve the stream until it is over; returns why it ended, in words."""
        return await self._connection.serve(self._take, logger.warning)

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

    # --- what Twilio sends --------------------------------------------------------------------------

    async def _take(self, message: Message) -> Leave | None:
        try:
            event = codec.decode(message)
        except BadMessage as bad:
            logger.warning("Twilio sent what is no event.", problem=str(bad))
            return None
        match event:
            case Media(payload, _, track) if track == INBOUND:
                await self._hear(payload)
            case Mark(name):
                self._confirm(name)
            case Digit(key) if len(key) == 1 and key in KEYS:
                await self._press(key)
            case Start():
                return await self._begin(event)
            case Stop():
                return Leave(NORMAL, "caller hung up")
            case Unknown(raw):
                logger.debug("Twilio sent an event that is unknown here.", raw=raw)
        return None

    async def _begin(self, start: Start) -> Leave | None:
        if self._call_sid not in ("", start.call_sid):
            return Leave(POLICY_VIOLATION, "the stream is of another call")
        if (start.encoding, start.rate) != (ENCODING, PHONE_RATE):
            logger.error("Twilio's audio is not mu-law at 8000 Hz.", encoding=start.encoding, rate=start.rate)
            return Leave(POLICY_VIOLATION, "the stream's audio has an unknown format")
        if self._refused:
            return Leave(NORMAL, "the pipeline could not start")
        if not self._stream_sid and self._hooks is not None:
            self._stream_sid = start.stream_sid
            self._hooks.publish(SessionStarted())
            await self._input.request(SessionStarted())
        return None

    async def _hear(self, payload: bytes) -> None:
        if self._hooks is None or not self._stream_sid:
            return
        pcm = mulaw.decoded(payload)
        self._hooks.tap.caller_audio(pcm, PHONE_RATE, time.monotonic() - seconds(pcm, PHONE_RATE))
        await self._input.hear(pcm, PHONE_RATE)

    async def _press(self, key: str) -> None:
        if self._hooks is not None:
            self._hooks.publish(KeyPressed(key))
            await self._input.press(key)

    def _confirm(self, name: str) -> None:
        """A mark came back: what was sent before it has been played, or was cleared and is forgotten."""
        utterance_id, _, tally = name.rpartition(":")
        if self._output is not None and tally.isdecimal():
            self._output.confirm(utterance_id, int(tally))
