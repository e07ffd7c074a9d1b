"""The embedded speech-to-text box: whole utterances to a shared recogniser, partials while the caller speaks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from enum import Enum, auto
from typing import Protocol

from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InputTransportMessageFrame,
    InterimTranscriptionFrame,
    STTUpdateSettingsFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.settings import STTSettings
from pipecat.transcriptions.language import Language
from pipecat.utils.errors import ErrorCategory
from pipecat.utils.time import time_now_iso8601

from processors.embedded.buffer import SpeechBuffer
from processors.embedded.choice import is_whole
from processors.language_switch import EnglishOnly
from vantum.core.errors import CapacityError, ProviderError
from vantum.core.events import CallerLeft, Recognised, Sign, TurnEndedByHand

PARTIAL_EVERY_SECONDS = 0.7


class Hears(Protocol):
    """Turns speech (PCM16, mono, 16 kHz) into words; raises ProviderError or CapacityError."""

    async def transcribe(self, pcm: bytes, phrases: Sequence[str] = ()) -> str: ...
    async def glimpse(self, pcm: bytes) -> str | None: ...


class _Caller(Enum):
    QUIET = auto()
    SPEAKING = auto()
    # The turn was ended by hand while the caller spoke: what follows until they are quiet is not part of it.
    CUT_OFF = auto()


class LocalSTT(FrameProcessor):
    """Hears one call. Audio (16 kHz) stops here; every utterance ends in exactly one final, with "" for no words.

    ``phrases`` are the script's examples of what the caller may say; a final that is one of them, and not the
    beginning of another, is followed by ``Recognised(Sign.WHOLE)``. Partials are taken back (``Sign.REVISING``)
    when the caller has stopped.
    """

    def __init__(self, recogniser: Hears, phrases: Sequence[str] = ()) -> None:
        # Nothing here waits: no queue and no task for passing frames on.
        super().__init__(enable_direct_mode=True)
        self._recogniser = recogniser
        self._phrases = tuple(phrases)
        self._english = EnglishOnly("embedded recogniser")
        self._buffer = SpeechBuffer()
        self._caller = _Caller.QUIET
        self._partial: asyncio.Task[None] | None = None
        self._partial_due = PARTIAL_EVERY_SECONDS
        self._glimpsed = False
        self._finals: set[asyncio.Task[None]] = set()
        self._in_order = asyncio.Lock()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Take the audio; pass on everything else, then act on it."""
        await super().process_frame(frame, direction)
        if isinstance(frame, InputAudioRawFrame):
            self._hear(frame.audio)
            return
        await self.push_frame(frame, direction)
        match frame:
            case VADUserStartedSpeakingFrame(start_secs=start_secs):
                self._begin(start_secs)
            case VADUserStoppedSpeakingFrame(stop_secs=stop_secs):
                self._finish(stop_secs, then=_Caller.QUIET)
            case InputTransportMessageFrame(message=TurnEndedByHand() | CallerLeft()):
                await self._finish_by_hand()
            case STTUpdateSettingsFrame(delta=STTSettings(language=language)):
                self._english.asked_for(language)

    async def cleanup(self) -> None:
        """End what is still being decoded: nobody waits for it any more."""
        await super().cleanup()
        for task in (*self._finals, self._partial):
            if task is not None:
                await self.cancel_task(task)

    def _hear(self, pcm: bytes) -> None:
        self._buffer.add(pcm)
        if self._caller is not _Caller.SPEAKING or self._buffer.seconds < self._partial_due:
            return
        if self._partial is None:
            self._partial_due = self._buffer.seconds + PARTIAL_EVERY_SECONDS
            self._partial = self.create_task(self._push_partial(self._buffer.so_far()), "local_stt_partial")
            self._partial.add_done_callback(self._partial_ended)

    def _begin(self, start_secs: float) -> None:
        if self._caller is _Caller.SPEAKING:
            return
        self._buffer.begin(start_secs)
        self._caller = _Caller.SPEAKING
        self._partial_due = self._buffer.seconds + PARTIAL_EVERY_SECONDS

    def _finish(self, stop_secs: float, then: _Caller) -> None:
        if self._caller is _Caller.SPEAKING:
            if self._partial is not None:
                self._partial.cancel()
            task = self.create_task(self._push_final(self._buffer.end(stop_secs)), "local_stt_final")
            self._finals.add(task)
            task.add_done_callback(self._finals.discard)
        self._caller = then

    async def _finish_by_hand(self) -> None:
        if self._caller is _Caller.SPEAKING:
            self._finish(0.0, then=_Caller.CUT_OFF)
        elif not self._finals:
            # Nothing is being heard: say so, rather than let the turn wait for words.
            await self._say("")

    def _partial_ended(self, _: asyncio.Task[None]) -> None:
        self._partial = None

    async def _push_partial(self, pcm: bytes) -> None:
        try:
            text = await self._recogniser.glimpse(pcm)
        except (ProviderError, CapacityError):
            # The pool has said so in the log. A partial is for display: the turn is none the worse without it.
            return
        if text:
            self._glimpsed = True
            await self.push_frame(InterimTranscriptionFrame(text, "", time_now_iso8601(), Language.EN))

    async def _push_final(self, pcm: bytes) -> None:
        if self._glimpsed:
            # That was a guess, and a better one is coming, however long it takes.
            self._glimpsed = False
            await self._tell(Sign.REVISING)
        async with self._in_order:
            try:
                text = await self._recogniser.transcribe(pcm, self._phrases)
            except (ProviderError, CapacityError) as error:
                await self._report(error)
                text = ""
            await self._say(text)
            if is_whole(text, self._phrases):
                await self._tell(Sign.WHOLE)

    async def _say(self, text: str) -> None:
        final = TranscriptionFrame(text, "", time_now_iso8601(), Language.EN, finalized=True)
        await self.push_frame(final)

    async def _tell(self, sign: Sign) -> None:
        await self.push_frame(InputTransportMessageFrame(message=Recognised(sign)))

    async def _report(self, error: ProviderError | CapacityError) -> None:
        await self.push_error(str(error), category=ErrorCategory.SERVER)
