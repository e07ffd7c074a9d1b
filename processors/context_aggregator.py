"""The context aggregator: the shell around ``core/exchange.py``, which holds the conversation and decides.

What comes through the pipeline is told to the exchange: the caller's speech, words and keys, the bot's playback as
the transport output reports it, what the language model calls. What the exchange wants done becomes frames.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    EndFrame,
    EndWorkerFrame,
    ErrorFrame,
    Frame,
    FunctionCallsStartedFrame,
    InputDTMFFrame,
    InputTransportMessageFrame,
    InterimTranscriptionFrame,
    LLMContextFrame,
    OutputTransportMessageUrgentFrame,
    StartFrame,
    TranscriptionFrame,
    TTSSpeakFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.llm_service import LLMService

from processors.context_messages import called, context_messages, instruction, tool_calls
from processors.deeds import Deeds
from processors.keys import Keys
from processors.landing import Landing
from processors.language_switch import recogniser_follows, voice_follows
from processors.presence import Presence
from processors.stt.transcripts import transcript_of
from processors.timer import Timer
from processors.tools.tool import Tool
from processors.tools.toolbox import Returned, Toolbox
from vantum.core.acts import (
    Act,
    Ask,
    CallerBegan,
    CallerFinished,
    Cut,
    EndCall,
    LetCallerGo,
    RunTools,
    Speak,
    Tell,
    ToOutput,
)
from vantum.core.conversation import MAX_MESSAGES, Conversation, Message
from vantum.core.dtmf import Keypad
from vantum.core.errors import ProviderError
from vantum.core.events import (
    CallerLeft,
    ClientDropped,
    ClientReturned,
    ContextTooLong,
    LanguageChanged,
    LastWords,
    SessionStarted,
    ToolReturned,
)
from vantum.core.exchange import Exchange
from vantum.core.floor import Kind
from vantum.core.languages import Texts, base, in_language
from vantum.core.manners import Manners
from vantum.core.reports import OF_THE_CALLER, report_bot, report_caller
from vantum.core.turn import Signal

PROMPT_LANGUAGE = "en"
"""In any other language the model is told which one to answer in; a prompt may be in any."""
TURN_FRAMES: dict[type[Act], type[Frame]] = {
    CallerBegan: UserStartedSpeakingFrame,
    CallerFinished: UserStoppedSpeakingFrame,
}


class ContextAggregator(FrameProcessor):
    """Sits between STT and LLM.

    ``prompt`` is the system prompt; ``tools`` are offered to the language model; at most ``limit`` messages are
    kept. When the session becomes active the bot says ``disclosure``, which nothing interrupts, and ``greeting``, in
    the language of the call.
    Keys that the caller presses on a telephone are collected by ``keypad`` and are a turn like words. Without
    ``manners`` those of the call's settings apply.
    """

    def __init__(
        self,
        *,
        prompt: str,
        disclosure: Texts = "",
        greeting: Texts = "",
        tools: Sequence[Tool | FunctionSchema] = (),
        limit: int = MAX_MESSAGES,
        keypad: Keypad | None = None,
        manners: Manners | None = None,
    ) -> None:
        super().__init__(enable_direct_mode=True)
        self.conversation = Conversation(prompt, limit)
        self._opening = [(disclosure, Kind.DISCLOSURE), (greeting, Kind.OWN)]
        self._own_manners = manners
        self._exchange = Exchange(self.conversation, manners or Manners())
        self._toolbox = Toolbox(self, tools, self._tool_returned)
        self._tools = ToolsSchema(standard_tools=list(self._toolbox.schemas))
        self._keys = Keys(self, keypad or Keypad(), self._keys_entered)
        self._timer = Timer(self, self._tick)
        self._presence = Presence()
        self._landing = Landing()
        self._foreign = False
        self._farewell: Frame | None = None
        self._deeds = Deeds(self, self._exchange.acts, self._do)

    def adopt(self, manners: Manners) -> None:
        """Behave like this, unless the pipeline said otherwise."""
        if self._own_manners is None:
            self._exchange.manners = manners

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Take what the conversation is made of; pass every other frame on."""
        await super().process_frame(frame, direction)
        now = self._now()
        match frame:
            case TranscriptionFrame() | InterimTranscriptionFrame():
                self._presence.tell(now, partial(self._take_words, frame))
            case InputTransportMessageFrame() if await self._take_message(frame.message, now):
                pass
            case InputTransportMessageFrame(message=CallerLeft()):
                self._farewell = frame
                self._presence.catch_up(now)
                self._exchange.caller_left(now)
            case InputDTMFFrame():
                await self._keys.press(frame.button.value)
            case VADUserStoppedSpeakingFrame():
                # The recogniser is behind us and knows already: what follows may rest on that.
                await self.push_frame(frame, direction)
                silent_seconds = frame.stop_secs
                self._presence.tell(
                    now, lambda now: self._exchange.caller.speech_stopped(now, silent_seconds)
                )
            case TTSSpeakFrame() if direction is FrameDirection.DOWNSTREAM:
                self._exchange.say(now, frame.text)
            case EndFrame():
                self._exchange.over()
                self._decided()
                # What was decided before is done before.
                await self._deeds.wait()
                await self.push_frame(frame, direction)
            case StartFrame():
                await self.push_frame(frame, direction)
                if self.next is not None:
                    self._landing.watch(self.next)
                self._deeds.start()
                await self._instruct()
            case _:
                self._look_at(frame, direction, now)
                await self.push_frame(frame, direction)
                return
        self._decided()

    async def cleanup(self) -> None:
        """Stop the timers and the tools."""
        self._timer.cancel()
        self._keys.cancel()
        await self._deeds.cancel()
        await self._toolbox.cleanup()
        await super().cleanup()

    # --- what comes in ------------------------------------------------------------------------------

    def _take_words(self, frame: TranscriptionFrame | InterimTranscriptionFrame, now: float) -> None:
        final = isinstance(frame, TranscriptionFrame)
        if frame.text:
            self._exchange.acts.tell(transcript_of(frame))
        self._exchange.caller.words(now, Signal.FINAL if final else Signal.INTERIM, frame.text)

    def _look_at(self, frame: Frame, direction: FrameDirection, now: float) -> None:
        """Frames that others need too."""
        exchange = self._exchange
        match frame:
            case VADUserStartedSpeakingFrame(start_secs=seconds):
                self._presence.tell(now, partial(exchange.caller.speech_started, heard_seconds=seconds))
            case FunctionCallsStartedFrame() if direction is FrameDirection.UPSTREAM:
                exchange.tools_called(now, tool_calls(frame))
            case ErrorFrame(exception=ProviderError(kind="llm")) | ErrorFrame(processor=LLMService()):
                exchange.answer_failed()
            case _:
                return
        self._decided()

    async def _take_message(self, message: object, now: float) -> bool:
        """Whether the message is for the conversation."""
        match message:
            case SessionStarted():
                await self._open(message, now)
            case LanguageChanged():
                await self._speak(message.language, None)
                self._exchange.acts.tell(message)
            case ClientDropped():
                self._presence.left(time.monotonic())
            case ClientReturned():
                self._presence.returned(time.monotonic())
            case LastWords():
                self._exchange.close(now, message.text, message.reason)
            case ContextTooLong():
                self.conversation.shorten()
            case _:
                if isinstance(message, OF_THE_CALLER):
                    self._presence.tell(now, partial(report_caller, self._exchange, message))
                    return True
                return report_bot(self._exchange, message, now)
        return True

    async def _keys_entered(self, text: str) -> None:
        self._presence.tell(self._now(), lambda now: self._exchange.pressed(now, text))
        self._decided()

    async def _tool_returned(self, returned: Returned) -> None:
        event = ToolReturned(
            returned.call_id, returned.name, returned.result_json, returned.seconds, returned.failed
        )
        self._exchange.tool_returned(self._now(), event, returned.follow_up)
        self._decided()

    async def _tick(self, now: float) -> None:
        if self._presence.there:
            self._exchange.tick(self._presence.at_due(self._exchange.due(), now))
        self._decided()

    def _now(self) -> float:
        return self._presence.time(time.monotonic())

    async def _open(self, session: SessionStarted, now: float) -> None:
        if session.language or session.voice:
            await self._speak(session.language, session.voice)
        language = self._exchange.manners.language
        lines = [(in_language(texts, language), kind) for texts, kind in self._opening]
        self._exchange.opened(now, [(text, kind) for text, kind in lines if text])

    # --- language -----------------------------------------------------------------------------------

    async def _speak(self, language: str | None, voice: str | None) -> None:
        """Hear, answer and speak in ``language`` from here on, with ``voice``."""
        if not self._exchange.manners.bilingual:
            language = None
        if language is not None:
            self._exchange.speak(language)
            await self.push_frame(recogniser_follows(language), FrameDirection.UPSTREAM)
            await self._instruct()
        await self.push_frame(voice_follows(language=language, voice=voice))

    async def _instruct(self) -> None:
        """Every provider has its own place for a system prompt: the service knows it."""
        language = self._exchange.manners.language
        self._foreign = self._foreign or base(language) != PROMPT_LANGUAGE
        frame = instruction(self.conversation.messages[0].content, language if self._foreign else None)
        if frame is not None:
            await self.push_frame(frame)

    # --- what is to be done -------------------------------------------------------------------------

    def _decided(self) -> None:
        self._timer.set(self._presence.outside(self._exchange.due()))
        self._deeds.decided()

    async def _do(self, act: Act) -> None:
        match act:
            case Ask():
                self._landing.sent()
                await self.push_frame(LLMContextFrame(self._context(act.messages)))
            case Cut():
                await self._landing.wait()
                await self.broadcast_interruption()
            case Tell():
                await self.push_frame(OutputTransportMessageUrgentFrame(message=act.event))
            case ToOutput():
                await self.push_frame(OutputTransportMessageUrgentFrame(message=act.request))
            case Speak():
                await self.push_frame(TTSSpeakFrame(act.text, append_to_context=False))
            case RunTools():
                context = self._context(self.conversation.messages)
                self._toolbox.begin([called(call, context) for call in act.calls], self.next or self)
            case CallerBegan() | CallerFinished():
                await self.broadcast_frame(TURN_FRAMES[type(act)])
            case LetCallerGo() if self._farewell is not None:
                await self.push_frame(self._farewell)
            case EndCall():
                await self.push_frame(EndWorkerFrame(reason=act.reason), FrameDirection.UPSTREAM)

    def _context(self, messages: Sequence[Message]) -> LLMContext:
        return LLMContext(messages=context_messages(messages), tools=self._tools)
