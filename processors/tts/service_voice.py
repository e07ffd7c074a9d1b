"""Makes a voice of any pipecat text-to-speech service: it is at work inside, and asked for one piece at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InterruptionFrame,
    StartFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup
from pipecat.services.tts_service import TTSService

from processors.faults import provider_error, provider_error_told
from processors.inner import Inner
from processors.language_switch import voice_follows
from processors.resampler import ResampleStream
from processors.tts.piece import CHARACTERS_PER_SECOND, Word, letters
from processors.tts.voice import known_voice
from vantum.core.errors import ProviderError

QUIET_SECONDS = 1.0
"""A service that does not say when it is done is taken to be, when it is quiet for so long behind enough audio."""
ENOUGH = 0.6
"""Of the audio that a text takes at the usual speed: nobody speaks twice as fast."""
SUSPECT_SECONDS = 0.9
"""A service that was asked, and gave nothing for so long, is begun anew for the next piece."""
TTS = "tts"
NO_VOICES: Mapping[str, str] = MappingProxyType({})

Item = bytes | Word | ProviderError | None
"""What a service gives of a piece; None is its end."""


class ServiceVoice:
    """``make`` builds the service, without waiting; it is built anew after it has failed.

    ``voices`` are the service's ids of the voices that have a plain name; without any, a voice is used as it is
    named. Word times are taken from the service where it has them.
    """

    def __init__(self, make: Callable[[], TTSService], voices: Mapping[str, str] = NO_VOICES) -> None:
        self._make = make
        self._voices = voices
        self._stage: _Stage | None = None
        self._inner: Inner | None = None
        self._asked_for: tuple[str | None, str | None] = (None, None)
        self._reading = _Reading()
        self._problem: ProviderError | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._cuts = 0
        self._failed = False

    async def open(self, owner: FrameProcessor, setup: FrameProcessorSetup, rate: int) -> None:
        """Begin to set the service up."""
        self._stage = _Stage(owner, replace(setup, audio_out_sample_rate=rate), rate)
        self._begin(self._stage)

    async def speak(self, text: str, context_id: str) -> AsyncGenerator[bytes | Word, None]:
        """The audio and the words of one piece; raises ProviderError with what the service reports."""
        stage, inner = await self._working()
        reading = self._reading = self._reading.following(stage.rate)
        asked_at, heard = time.monotonic(), 0.0
        enough = ENOUGH * letters(text) / CHARACTERS_PER_SECOND
        self._failed = True
        try:
            await inner.send(TTSSpeakFrame(text))
            while (item := await reading.next(QUIET_SECONDS if heard >= enough > 0 else None)) is not None:
                if isinstance(item, bytes):
                    heard += len(item) / 2 / stage.rate
                yield item
            self._failed = False
            if not reading.ended:
                # The service would keep what follows behind what it believes to be still under way.
                await self.abandon(context_id)
        except (GeneratorExit, asyncio.CancelledError):
            # Cut by the caller, or given up: the service is at fault only if it was silent.
            self._failed = not heard and time.monotonic() - asked_at >= SUSPECT_SECONDS
            raise

    async def finish(self, context_id: str) -> None:
        """Each piece is a turn of its own for the service."""

    async def abandon(self, context_id: str) -> None:  # noqa: ARG002 - one piece at a time
        """Interrupt the service; nothing that it made before that is heard."""
        if self._inner is not None and not self._failed:
            self._cuts += 1
            await self._inner.send(InterruptionFrame())

    async def follow(self, language: str | None, voice: str | None) -> None:
        """Tell the service, and those that take its place."""
        if voice is not None and self._voices:
            voice = known_voice(voice, self._voices)
        self._asked_for = (language or self._asked_for[0], voice or self._asked_for[1])
        if self._inner is not None and (language or voice):
            await self._inner.send(voice_follows(language, voice))

    async def close(self) -> None:
        """Let the service go."""
        inner, self._inner = self._inner, None
        closing = (inner.close(),) if inner is not None else ()
        await asyncio.gather(*closing, *self._leaving)

    async def _working(self) -> tuple[_Stage, Inner]:
        """The service; a new one in the place of one that has failed."""
        if self._stage is None:
            raise RuntimeError("A voice speaks when it was opened.")
        problem, self._problem = self._problem, None
        if problem is not None:
            self._failed = True
            raise problem
        inner = self._inner
        if inner is not None and (self._failed or not inner.service.is_usable):
            leaving = self._stage.owner.create_task(inner.close(), "leaving")
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)
            inner = None
        if inner is None:
            inner = self._begin(self._stage)
            if any(self._asked_for):
                await inner.send(voice_follows(*self._asked_for))
        return self._stage, inner

    def _begin(self, stage: _Stage) -> Inner:
        self._failed, self._cuts, self._reading = False, 0, _Reading()
        inner = self._inner = Inner(stage.owner, self._make(), self._take)
        inner.start(stage.setup, StartFrame(), self._could_not_start)
        return inner

    async def _could_not_start(self, problem: Exception) -> None:
        name = type(self._inner.service).__name__ if self._inner is not None else ""
        self._problem = provider_error(TTS, name, problem)
        self._reading.put(self._problem)

    async def _take(self, frame: Frame, direction: FrameDirection) -> None:  # noqa: ARG002
        match frame:
            case InterruptionFrame():
                self._cuts -= 1
            case ErrorFrame():
                self._reading.put(provider_error_told(TTS, type(frame.processor).__name__, frame))
            case _ if not self._cuts and self._stage is not None:
                self._reading.take(frame, self._stage.owner.get_clock().get_time())


@dataclass(frozen=True, slots=True)
class _Stage:
    owner: FrameProcessor
    setup: FrameProcessorSetup
    rate: int


class _Reading:
    """What a service gives of one piece. ``over`` is its name for the piece before, ``last_pts`` when that ended."""

    def __init__(self, rate: int = 0, over: str | None = None, last_pts: int = 0) -> None:
        self._rate = rate
        self._over = over
        self._last_pts = last_pts
        self._context: str | None = None
        self._base: int | None = None
        self._stream: ResampleStream | None = None
        self._items: asyncio.Queue[Item] = asyncio.Queue()
        self.ended = False
        """Whether the service has said that it is done."""

    def following(self, rate: int) -> _Reading:
        """The piece after this one."""
        return _Reading(rate, self._context or self._over, self._last_pts)

    def put(self, item: Item) -> None:
        """This came."""
        self._items.put_nowait(item)

    async def next(self, quiet_seconds: float | None) -> bytes | Word | None:
        """What comes next; None behind the last, or after ``quiet_seconds``. Raises what the service reports."""
        try:
            async with asyncio.timeout(quiet_seconds):
                item = await self._items.get()
        except TimeoutError:
            return None
        if isinstance(item, ProviderError):
            raise item
        return item

    def take(self, frame: Frame, now: int) -> None:
        """A frame of the service, at ``now`` on the pipeline's clock."""
        match frame:
            case TTSStartedFrame() | TTSAudioRawFrame() | TTSTextFrame() | TTSStoppedFrame():
                if not self._is_of_this_piece(frame.context_id):
                    return
            case _:
                return
        match frame:
            case TTSStoppedFrame():
                if self._stream is not None:
                    self.put(self._stream.flush())
                self.ended = True
                self.put(None)
            case TTSAudioRawFrame():
                self._begins(now)
                self.put(self._pcm(frame))
            case TTSTextFrame(pts=int(pts)) if len(frame.text.split()) == 1:
                # More words than one are what pipecat tells behind the piece, of which it had no times.
                self._last_pts = max(self._last_pts, pts)
                self.put(Word(frame.text.strip(), max(0, pts - self._begins(now)) / 1e9))

    def _is_of_this_piece(self, context_id: str | None) -> bool:
        if context_id is None:
            return True
        if self._context is None and context_id != self._over:
            self._context = context_id
        return context_id == self._context

    def _begins(self, now: int) -> int:
        """When the piece's audio began: pipecat counts word times from there, or from the last word before it."""
        if self._base is None:
            self._base = max(self._last_pts, now)
        return self._base

    def _pcm(self, frame: TTSAudioRawFrame) -> bytes:
        pcm = frame.audio
        if frame.num_channels > 1:
            pcm = np.frombuffer(pcm, np.int16)[:: frame.num_channels].tobytes()
        if frame.sample_rate == self._rate:
            return pcm
        if self._stream is None:
            self._stream = ResampleStream(frame.sample_rate, self._rate)
        return self._stream.convert(pcm)
