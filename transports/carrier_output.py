"""The tail of every pipeline: makes the bot's turns of what comes down, and publishes what happens.

An answer of the language model is one turn, and so is each line spoken outside of one. A turn that has been played
or cut goes back upstream to the conversation, as ``UtteranceEnded`` with the words heard.
"""

from __future__ import annotations

from weakref import proxy

from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    OutputAudioRawFrame,
    OutputDTMFFrame,
    OutputTransportMessageUrgentFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from transports.hooks import Hooks
from transports.player import Player, Wire
from transports.reports import Reports
from transports.utterance import Framing
from vantum.core.events import Event, Hold, Release


class CarrierOutput(FrameProcessor):
    """Plays what comes down the pipeline over ``wire``, framed as its carrier wants it."""

    def __init__(self, wire: Wire, framing: Framing, hooks: Hooks) -> None:
        super().__init__(enable_direct_mode=True)
        self._rate = framing.rate
        self._hooks = hooks
        self._player = Player(wire, framing, hooks, Reports(proxy(self)))
        self._response_open = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Play audio and words, publish events, pass what others may want to see."""
        await super().process_frame(frame, direction)
        if direction is FrameDirection.UPSTREAM:
            await self.push_frame(frame, direction)
            return
        match frame:
            case OutputAudioRawFrame():
                self._queue_audio(frame)
                return
            case TTSTextFrame():
                now = self.get_clock().get_time()
                self._player.queue_text(frame.text, frame.context_id, frame.pts, now)
                return
            case OutputDTMFFrame():
                self._player.press(frame.to_string())
                return
            case OutputTransportMessageUrgentFrame() if self._takes(frame.message):
                return
            case _:
                await self._obey(frame)
        await self.push_frame(frame, direction)

    def confirm(self, utterance_id: str, tally: int) -> None:
        """The carrier has played the first ``tally`` samples that it was sent of an utterance."""
        self._player.confirm(utterance_id, tally)

    def client_sent(self, sound_seconds: float) -> None:
        """The client sent so much sound: it is there."""
        self._player.client_sent(sound_seconds)

    def detach(self) -> None:
        """The client is gone: nothing is played, and what comes down waits."""
        self._player.detach()

    def attach(self) -> None:
        """The client is back: it hears what waits, from the word in which it was interrupted."""
        self._player.attach()

    async def _obey(self, frame: Frame) -> None:
        """What begins, completes and cuts a bot turn."""
        match frame:
            case LLMFullResponseStartFrame():
                self._response_open = True
                self._player.begin()
            case LLMFullResponseEndFrame() if self._response_open:
                self._response_open = False
                self._player.complete()
            case TTSStoppedFrame() if not self._response_open:
                self._player.complete()
            case InterruptionFrame():
                self._response_open = False
                self._player.cut()
            case EndFrame():
                self._response_open = False
                self._player.finish()
                await self._player.silent.wait()
            case CancelFrame():
                self._player.stop()
            case _:
                pass

    def _takes(self, message: object) -> bool:
        """Whether a message is for the output: what it is asked to do, or what is to be published."""
        match message:
            case Hold():
                self._player.hold()
            case Release():
                self._player.release()
            case _ if isinstance(message, Event):
                self._hooks.publish(message)
            case _:
                return False
        return True

    def _queue_audio(self, frame: OutputAudioRawFrame) -> None:
        if frame.sample_rate != self._rate:
            raise ValueError(f"Audio at {frame.sample_rate} Hz came to an output at {self._rate} Hz.")
        context = frame.context_id if isinstance(frame, TTSAudioRawFrame) else None
        self._player.queue_audio(frame.audio, context, self.get_clock().get_time())
