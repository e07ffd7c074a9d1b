"""One live call: open, run, drain within bounds, close, record."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from loguru import logger
from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    Frame,
    InputTransportMessageFrame,
    TTSSpeakFrame,
)
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.llm_service import LLMService
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService

from processors.llm.failover import FailoverLLM
from processors.stt.failover import FailoverSTT
from processors.weakly import weakly_told
from transports.carrier_input import CarrierInput
from transports.hooks import Hooks
from vantum.call_files import Keep
from vantum.core.call_facts import CallFacts
from vantum.core.errors import VantumError
from vantum.core.events import (
    CallEnded,
    CallStarted,
    ConversationState,
    ErrorReported,
    Event,
    LanguageChanged,
    LastWords,
    StateChanged,
)
from vantum.core.latency import Waterfall
from vantum.core.phrases import phrases
from vantum.core.recording_duty import RecordingDuty
from vantum.factory import Rates, assemble, built
from vantum.loader import Pipeline
from vantum.memory import Measurement, parts_of, watched_memory
from vantum.parts import Call
from vantum.pipeline_run import PipelineRun
from vantum.record import CallRecord
from vantum.services import Services
from vantum.thinking_alert import ThinkingAlert

MESSAGE_LENGTH = 300
LAST_WORDS_SECONDS = 60.0
"""How long a farewell or a voicemail message may take."""


Watch = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call is to end: why, the frames that bring it about, and how long they may take."""

    reason: str
    frames: tuple[Frame, ...] = ()
    seconds: float = 0.0


class Transport(Protocol):
    """What a call needs of its carrier."""

    name: str
    output_rate: int

    def ends(self, hooks: Hooks) -> tuple[CarrierInput, FrameProcessor]:
        """The head and the tail of the pipeline."""

    def tell(self, event: Event) -> None:
        """Let the client know of an event; never waits."""

    def refuse(self, message: str) -> None:
        """The pipeline cannot start: say so when the client asks."""

    async def serve(self) -> str:
        """Serve the client until it leaves, and is not waited for; returns why, in words."""

    def wait_no_more(self) -> None:
        """The call is ending: a client that is lost is not waited for, nor is one that is lost already."""

    async def close(self, reason: str) -> None:
        """Close in good order, within bounds."""


class LiveCall:
    """A call on ``transport`` through ``pipeline``; ``run`` is its whole life.

    ``watch`` is told of every event, after the record and before the client; so are those that ``watched_by`` adds.
    """

    def __init__(
        self,
        transport: Transport,
        pipeline: Pipeline,
        services: Services,
        facts: CallFacts,
        watch: Watch = lambda _: None,
    ) -> None:
        self.id = facts.id
        self._transport = transport
        self._pipeline = pipeline
        self._services = services
        self._watchers = [watch]
        settings = services.settings
        self._call = Call(facts, services, settings.record, transport.output_rate)
        self._built = _built(pipeline, self._call)
        duty = self._duty = RecordingDuty(facts.variables)
        sound = settings.record and self._call.record and not duty.never
        self._record = CallRecord(
            services.writer,
            settings.data,
            self.id,
            started_at=datetime.now(UTC),
            keep=Keep.WORDS_AND_SOUND if sound else Keep.WORDS,
            may_keep_sound=lambda: duty.allows,
        )
        self._waterfall = Waterfall()
        self._alert = ThinkingAlert(self.id, settings.thinking_alert_seconds, weakly_told(self.publish))
        self._language = self._call.language
        self._state = ConversationState.INITIALIZING
        self._hung_up = ""
        self._run: PipelineRun | None = None
        self._ending: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()

    @property
    def facts(self) -> CallFacts:
        """Who calls whom."""
        return self._call.facts

    @property
    def language(self) -> str:
        """The language in which the call goes on, a tag."""
        return self._language

    @property
    def voicemail(self) -> str:
        """The message that the pipeline leaves at a machine; "" hangs up."""
        return self._call.voicemail

    def watched_by(self, watch: Watch) -> None:
        """Have ``watch`` told of every event from here on; it must not raise and never waits."""
        self._watchers.append(watch)

    async def run(self) -> None:
        """Live until the client leaves, the pipeline ends, a limit is reached or ``end`` is called."""
        reason = "the server failed"
        try:
            names = self._call.provider_names
            self.publish(CallStarted(self.id, self._pipeline.name, self._transport.name, names))
            with watched_memory(self._measured, self._services.settings.max_call_mb, self._too_large):
                reason = await self._live()
        except VantumError as error:
            reason = str(error)
            logger.error("A call failed.", call=self.id, error=reason)
        finally:
            self.publish(StateChanged(self._state, ConversationState.ENDED))
            self.publish(CallEnded(reason))
            await self._transport.close(reason)
            self._record.close()
            # Some of those who watch hold on to the call.
            self._watchers.clear()

    def end(self, reason: str) -> None:
        """Say goodbye and end the call."""
        frames = (TTSSpeakFrame(phrases(self._language).goodbye), EndFrame())
        self._end(Ending(reason, frames, self._services.settings.goodbye_seconds))

    def end_with(self, words: str, reason: str) -> None:
        """Stop whatever is being said, say ``words`` instead, to their end, and end the call."""
        message = InputTransportMessageFrame(message=LastWords(words, reason))
        self._end(Ending(reason, (message,), LAST_WORDS_SECONDS))

    def hang_up(self, reason: str) -> None:
        """End the call at once, without a word."""
        self._end(Ending(reason))

    async def say(self, words: str) -> None:
        """Say ``words`` after what is being said; nothing before the pipeline is at work or after its end."""
        if self._run is not None:
            await self._run.queue([TTSSpeakFrame(words)])

    def _measured(self) -> Measurement:
        """Of what this call keeps; not of what all calls share."""
        processors = () if isinstance(self._built, VantumError) else self._built
        shared = [*parts_of(self._services), self._pipeline]
        return Measurement([*processors, self._transport, self._record, self._waterfall], shared)

    def _too_large(self, held: int) -> None:
        logger.warning("A call needs too much memory and ends.", call=self.id, bytes=held)
        self.end_with(phrases(self._language).goodbye, "the call needed too much memory")

    def _end(self, ending: Ending) -> None:
        if not self._ending.done():
            self._ending.set_result(ending)
            self._transport.wait_no_more()

    # --- living -------------------------------------------------------------------------------------

    async def _live(self) -> str:
        run = self._started()
        if run is None:
            return await self._transport.serve()
        serving = asyncio.create_task(self._transport.serve(), name=f"client-{self.id}")
        limit = self._services.settings.max_call_seconds
        try:
            await asyncio.wait(
                (run.task, serving, self._ending), timeout=limit, return_when=asyncio.FIRST_COMPLETED
            )
            if serving.done():
                await run.hear_out()
                # Who was waited for is told to wait no more when the call is ended.
                return self._ending.result().reason if self._ending.done() else serving.result()
            if run.task.done():
                return self._hung_up or "the pipeline ended"
            if not self._ending.done():
                self.end("the call reached its longest time")
            return await self._finish(self._ending.result(), run, serving)
        finally:
            self._run = None
            await run.stop()
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    def _started(self) -> PipelineRun | None:
        """The pipeline at work; None when it could not be built, which the client is told."""
        if isinstance(self._built, VantumError):
            logger.error("A call's pipeline cannot be built.", call=self.id, error=str(self._built))
            self.publish(ErrorReported("pipeline", str(self._built), retryable=False))
            self._transport.refuse("The call cannot start: its pipeline failed to build.")
            return None
        hooks = Hooks(weakly_told(self.publish), self._record, self._services.pacer)
        head, tail = self._transport.ends(hooks)
        call, name = self._call, f"call-{self.id}"
        rates = Rates(call.hearing_rate, call.speaking_rate, self._transport.output_rate)
        worker = assemble(head, self._built, tail, rates=rates, name=name)
        worker.add_event_handler("on_pipeline_error", self._pipeline_failed)
        worker.add_event_handler("on_pipeline_finished", self._pipeline_finished)
        self._run = PipelineRun(worker, head, name)
        return self._run

    async def _pipeline_failed(self, _: PipelineWorker, frame: ErrorFrame) -> None:
        message = frame.error[:MESSAGE_LENGTH]
        self.publish(ErrorReported(_source(frame.processor), message, retryable=True))

    async def _pipeline_finished(self, _: PipelineWorker, frame: Frame) -> None:
        if isinstance(frame, EndFrame) and frame.reason:
            self._hung_up = f"the bot hung up: {frame.reason}"

    async def _finish(self, ending: Ending, run: PipelineRun, serving: asyncio.Task[str]) -> str:
        """The last words and the end of the pipeline, within their time; returns why the call ended."""
        if ending.frames:
            await run.queue(ending.frames)
            await asyncio.wait(
                (run.task, serving), timeout=ending.seconds, return_when=asyncio.FIRST_COMPLETED
            )
        return ending.reason

    # --- telling ------------------------------------------------------------------------------------

    def publish(self, event: Event) -> None:
        """Tell the record, those who watch, the latency waterfall and the client."""
        now = time.monotonic()
        match event:
            case StateChanged():
                self._state = event.state
            case LanguageChanged(language):
                self._language = language
        self._record.event(event)
        self._duty.hear(event)
        self._alert.watch(event)
        for watch in self._watchers:
            watch(event)
        self._transport.tell(event)
        latency = self._waterfall.watch(event, now)
        if latency is not None:
            self.publish(latency)


def _source(processor: FrameProcessor | None) -> str:
    match processor:
        case STTService() | FailoverSTT():
            return "stt"
        case LLMService() | FailoverLLM():
            return "llm"
        case TTSService():
            return "tts"
        case _:
            return "pipeline"


def _built(pipeline: Pipeline, call: Call) -> list[FrameProcessor] | VantumError:
    """What the pipeline file builds, or why it could not."""
    try:
        return built(pipeline, call)
    except VantumError as error:
        return error
