"""Uses a provider once, as a call would: has it hear a recording, answer a question, or say a sentence."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMTextFrame,
    StartFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup
from pipecat.workers.runner import WorkerRunner

from processors.faults import provider_error, provider_error_told
from processors.inner import Inner
from processors.tts.voice import Voice
from vantum.core.audio import SAMPLE_BYTES
from vantum.core.choice import Kind
from vantum.core.errors import ProviderError
from vantum.providers import maker_of
from vantum.providers.brief import Brief

SMOKE_SECONDS = 20.0
"""So long a provider may take altogether, without what it is given to hear."""
CHUNK_SECONDS = 0.02


@dataclass(slots=True)
class Came:
    """What came of it: the words, or the seconds of ``speech``; seconds to the first of it and to the last."""

    words: str = ""
    speech: float = 0.0
    first: float | None = None
    last: float = 0.0

    def take(self, words: str, since: float) -> None:
        """More came."""
        self.words += words
        self.last = time.monotonic() - since
        self.first = self.last if self.first is None else self.first


async def smoke(told: Brief, given: str, pcm: bytes = b"") -> Came:
    """Have the provider do its job once.

    ``given`` is the question or the sentence, and ``pcm`` what is to be heard (PCM16, mono, at the brief's rate).
    Raises ProviderError when nothing comes of it.
    """
    kind, name = told.kind, told.spec.name
    made = maker_of(kind, told.spec)(told)
    try:
        async with (
            asyncio.timeout(SMOKE_SECONDS + len(pcm) / SAMPLE_BYTES / told.rate),
            _bench(told) as bench,
        ):
            match kind:
                case Kind.STT:
                    return await _heard(bench, cast("FrameProcessor", made), pcm)
                case Kind.LLM:
                    return await _answered(bench, cast("FrameProcessor", made), given)
                case Kind.TTS:
                    return await _said(bench, cast("Voice", made), given)
    except TimeoutError:
        raise ProviderError(kind, name, f"Nothing came within {SMOKE_SECONDS:g} s.") from None


class _Bench(FrameProcessor):
    """Has one service at work inside it, and keeps what it makes."""

    place: FrameProcessorSetup

    def __init__(self, told: Brief) -> None:
        super().__init__(enable_direct_mode=True)
        self.told = told
        self.made: asyncio.Queue[Frame] = asyncio.Queue()
        self.ready = asyncio.Event()
        self._inner: Inner | None = None

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        await super().setup(setup)
        self.place = setup

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, StartFrame):
            self.ready.set()
        await self.push_frame(frame, direction)

    def begin(self, service: FrameProcessor) -> Inner:
        """Put a service to work."""
        inner = self._inner = Inner(self, service, self._take)
        inner.start(self.place, StartFrame(), self._could_not_start)
        return inner

    async def frame(self) -> Frame:
        """What comes next; raises ProviderError for an error."""
        frame = await self.made.get()
        if isinstance(frame, ErrorFrame):
            raise provider_error_told(self.told.kind, self.told.spec.name, frame)
        return frame

    async def cleanup(self) -> None:
        if self._inner is not None:
            await self._inner.close()
        await super().cleanup()

    async def _take(self, frame: Frame, direction: FrameDirection) -> None:  # noqa: ARG002
        await self.made.put(frame)

    async def _could_not_start(self, error: Exception) -> None:
        await self.made.put(ErrorFrame(str(error), exception=error))


@asynccontextmanager
async def _bench(told: Brief) -> AsyncIterator[_Bench]:
    bench = _Bench(told)
    worker = PipelineWorker(
        Pipeline([bench]),
        params=PipelineParams(audio_in_sample_rate=told.rate, audio_out_sample_rate=told.rate),
        enable_rtvi=False,
        enable_turn_tracking=False,
        idle_timeout_secs=None,
    )
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    try:
        await bench.ready.wait()
        yield bench
    finally:
        await worker.cancel()
        await running


async def _heard(bench: _Bench, service: FrameProcessor, pcm: bytes) -> Came:
    """What is heard, timed from the end of the speech; the line stays open, and silent, until then."""
    inner = bench.begin(service)
    speaking = bench.create_task(_speak(inner, pcm, bench.told.rate), "speech")
    since = time.monotonic() + len(pcm) / SAMPLE_BYTES / bench.told.rate
    came = Came()
    try:
        while True:
            frame = await bench.frame()
            if isinstance(frame, TranscriptionFrame) and frame.text.strip():
                came.take(f" {frame.text.strip()}" if came.words else frame.text.strip(), since)
                if time.monotonic() >= since:
                    return came
    finally:
        await bench.cancel_task(speaking)


async def _speak(inner: Inner, pcm: bytes, rate: int) -> None:
    """The recording at the pace of speech, then silence."""
    size = round(CHUNK_SECONDS * rate) * SAMPLE_BYTES
    await inner.send(VADUserStartedSpeakingFrame())
    for at in range(0, len(pcm), size):
        await inner.send(InputAudioRawFrame(pcm[at : at + size], rate, 1))
        await asyncio.sleep(CHUNK_SECONDS)
    await inner.send(VADUserStoppedSpeakingFrame())
    while True:
        await inner.send(InputAudioRawFrame(bytes(size), rate, 1))
        await asyncio.sleep(CHUNK_SECONDS)


async def _answered(bench: _Bench, service: FrameProcessor, question: str) -> Came:
    inner = bench.begin(service)
    since = time.monotonic()
    await inner.send(LLMContextFrame(LLMContext([{"role": "user", "content": question}])))
    came = Came()
    while not isinstance(frame := await bench.frame(), LLMFullResponseEndFrame):
        if isinstance(frame, LLMTextFrame):
            came.take(frame.text, since)
    return _something(bench, came)


async def _said(bench: _Bench, voice: Voice, sentence: str) -> Came:
    await voice.open(bench, bench.place, bench.told.rate)
    since = time.monotonic()
    came = Came()
    try:
        async for item in voice.speak(sentence, "smoke"):
            if isinstance(item, bytes):
                came.take("", since)
                came.speech += len(item) / SAMPLE_BYTES / bench.told.rate
    except OSError as error:
        raise provider_error(bench.told.kind, bench.told.spec.name, error) from error
    finally:
        await voice.close()
    return _something(bench, came)


def _something(bench: _Bench, came: Came) -> Came:
    """What came, if anything did; raises ProviderError."""
    if came.first is None:
        raise ProviderError(bench.told.kind, bench.told.spec.name, "It ended without a word.")
    return came
