"""The context aggregator: turns what the caller says into turns, and turns into questions to the language model.

It asks ``core/turn.py`` when the caller's turn is over, ``core/barge_in.py`` whether a sound takes the floor from
the bot, and keeps ``core/conversation.py``, which holds exactly what was heard: the caller's words as recognised,
the bot's as the transport output reports them played (``UtteranceEnded`` coming back upstream).
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    EndWorkerFrame,
    Frame,
    InputDTMFFrame,
    InputTransportMessageFrame,
    InterimTranscriptionFrame,
    LLMContextFrame,
    LLMUpdateSettingsFrame,
    OutputTransportMessageUrgentFrame,
    StartFrame,
    TranscriptionFrame,
    TTSSpeakFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext, LLMContextMessage
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.settings import LLMSettings

from processors.confidence import confidence_of
from processors.timer import Timer
from vantum.core.barge_in import BargeIn, Floor, decide
from vantum.core.conversation import MAX_MESSAGES, Conversation, Message, Role
from vantum.core.dtmf import PAUSE_SECONDS, Keypad
from vantum.core.events import (
    ConversationState,
    Event,
    LastWords,
    SessionStarted,
    StateChanged,
    Transcript,
    TurnCommitted,
    TurnEnd,
    TurnEndedByHand,
    UtteranceEnded,
    UtteranceStarted,
)
from vantum.core.turn import Action, AwaitWords, ClosedEmpty, Committed, Opened, Signal, Turn

WORDS_SECONDS = 5.0
"""How long the recogniser may stay silent after the caller's speech before the turn closes with what there is."""
REPORT_SECONDS = 1.0
"""How long the transport may take to report what was heard of a cut answer."""


class ContextAggregator(FrameProcessor):
    """Sits between STT and LLM.

    ``prompt`` is the system prompt; ``greeting`` opens the call when the session becomes active; ``tools`` are
    offered to the language model; at most ``limit`` messages are kept. Keys that the caller presses on a
    telephone are collected by ``keypad`` and are a turn like words.
    """

    def __init__(
        self,
        *,
        prompt: str,
        greeting: str = "",
        tools: Sequence[FunctionSchema] = (),
        limit: int = MAX_MESSAGES,
        keypad: Keypad | None = None,
    ) -> None:
        super().__init__(enable_direct_mode=True)
        self.conversation = Conversation(prompt, limit)
        self._greeting = greeting
        self._tools = ToolsSchema(standard_tools=list(tools))
        self._turn = Turn()
        self._turns = 0
        self._held: list[str] = []
        self._floor = Floor.NOTHING
        self._state = ConversationState.INITIALIZING
        self._closing = False
        self._keypad = keypad or Keypad()
        self._keys_timer = Timer(self, PAUSE_SECONDS, self._keys_paused)
        self._speech_ended = time.monotonic()
        self._words_timer = Timer(self, WORDS_SECONDS, self._words_timed_out)
        self._report_timer = Timer(self, REPORT_SECONDS, self._nothing_reported)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Take the caller's speech and words, and the bot's playback; pass every other frame on."""
        await super().process_frame(frame, direction)
        match frame:
            case TranscriptionFrame():
                await self._take_words(Signal.FINAL, frame)
            case InterimTranscriptionFrame():
                await self._take_words(Signal.INTERIM, frame)
            case VADUserStartedSpeakingFrame():
                await self._do(self._turn.take(Signal.SPEECH_STARTED))
                await self.push_frame(frame, direction)
            case VADUserStoppedSpeakingFrame():
                self._speech_ended = time.monotonic() - frame.stop_secs
                await self.push_frame(frame, direction)
                await self._do(self._turn.take(Signal.SPEECH_STOPPED))
            case InputTransportMessageFrame():
                await self._take_message(frame, direction)
            case InputDTMFFrame():
                await self._take_key(frame.button.value)
            case StartFrame():
                await self.push_frame(frame, direction)
                await self._instruct()
            case _:
                await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        """Stop the timers."""
        self._keys_timer.cancel()
        self._words_timer.cancel()
        self._report_timer.cancel()
        await super().cleanup()

    async def _instruct(self) -> None:
        """Every provider has its own place for a system prompt: the service knows it."""
        prompt = self.conversation.messages[0].content
        if prompt:
            await self.push_frame(LLMUpdateSettingsFrame(delta=LLMSettings(system_instruction=prompt)))

    # --- what comes in ------------------------------------------------------------------------------

    async def _take_message(self, frame: InputTransportMessageFrame, direction: FrameDirection) -> None:
        match frame.message:
            case SessionStarted():
                await self._open_call()
            case TurnEndedByHand():
                self._speech_ended = time.monotonic()
                await self._do(self._turn.take(Signal.HAND))
            case UtteranceStarted():
                await self._bot_speaks()
            case UtteranceEnded():
                await self._bot_was_heard(frame.message)
            case LastWords():
                await self._say_last(frame.message)
            case _:
                await self.push_frame(frame, direction)

    async def _take_words(
        self, signal: Signal, frame: TranscriptionFrame | InterimTranscriptionFrame
    ) -> None:
        if frame.text:
            language = str(frame.language or "en")
            final = signal is Signal.FINAL
            await self._tell(Transcript(frame.text, final, confidence_of(frame), language))
        await self._do(self._turn.take(signal, frame.text))

    async def _take_key(self, key: str) -> None:
        keys = self._keypad.press(key)
        if keys is None:
            self._keys_timer.start()
        else:
            await self._enter(keys)

    async def _keys_paused(self) -> None:
        await self._enter(self._keypad.pause())

    async def _enter(self, keys: str | None) -> None:
        """Keys are a turn of their own."""
        self._keys_timer.cancel()
        if keys and not self._closing:
            self._speech_ended = time.monotonic()
            await self._commit(Committed(pressed(keys), TurnEnd.KEYS))

    async def _words_timed_out(self) -> None:
        await self._do(self._turn.take(Signal.TIMEOUT))

    # --- the caller's turn --------------------------------------------------------------------------

    async def _do(self, action: Action | None) -> None:
        if self._closing:
            return
        match action:
            case Opened():
                await self._barge_in()
                await self.broadcast_frame(UserStartedSpeakingFrame)
            case AwaitWords():
                self._words_timer.start()
            case Committed():
                self._words_timer.cancel()
                await self._commit(action)
            case ClosedEmpty():
                self._words_timer.cancel()
                await self.broadcast_frame(UserStoppedSpeakingFrame)
                await self._answer_if_owed()

    async def _barge_in(self) -> None:
        if decide(self._floor, interruptible=True) is BargeIn.IGNORE:
            return
        self._report_timer.start()
        was_heard = self._floor is Floor.SPEAKING
        await self.broadcast_interruption()
        await self._move(ConversationState.INTERRUPTED if was_heard else ConversationState.LISTENING)

    async def _commit(self, turn: Committed) -> None:
        self._turns += 1
        silent = time.monotonic() - self._speech_ended
        await self._tell(TurnCommitted(self._turns, turn.text, turn.ended_by, silent))
        await self.broadcast_frame(UserStoppedSpeakingFrame)
        self._held.append(turn.text)
        if self._floor is Floor.NOTHING:
            await self._answer_if_owed()
        else:
            await self._barge_in()

    async def _answer_if_owed(self) -> None:
        """Ask the language model once for all that the caller said and nobody answered."""
        if self._floor is not Floor.NOTHING:
            return
        for text in self._held:
            self.conversation.heard_caller(text)
        self._held.clear()
        if not self.conversation.unanswered:
            await self._move(ConversationState.LISTENING)
            return
        self._floor = Floor.THINKING
        await self._move(ConversationState.THINKING)
        messages: list[LLMContextMessage] = [_message(m) for m in self.conversation.messages[1:]]
        await self.push_frame(LLMContextFrame(LLMContext(messages=messages, tools=self._tools)))

    # --- the bot's turn -----------------------------------------------------------------------------

    async def _open_call(self) -> None:
        if not self._greeting:
            await self._move(ConversationState.LISTENING)
            return
        self._floor = Floor.THINKING
        await self.push_frame(TTSSpeakFrame(self._greeting, append_to_context=False))

    async def _say_last(self, last: LastWords) -> None:
        """Whatever is said from here on changes nothing: the end travels behind the last word."""
        self._closing = True
        self._held.clear()
        if self._floor is not Floor.NOTHING:
            await self.broadcast_interruption()
        await self.push_frame(TTSSpeakFrame(last.text, append_to_context=False))
        await self.push_frame(EndWorkerFrame(reason=last.reason), FrameDirection.UPSTREAM)

    async def _bot_speaks(self) -> None:
        self._floor = Floor.SPEAKING
        await self._move(ConversationState.RESPONDING)

    async def _bot_was_heard(self, utterance: UtteranceEnded) -> None:
        self._report_timer.cancel()
        self.conversation.caller_heard(utterance.text, interrupted=utterance.interrupted)
        self._floor = Floor.NOTHING
        if self._held:
            await self._answer_if_owed()
        else:
            await self._move(ConversationState.LISTENING)

    async def _nothing_reported(self) -> None:
        await self._bot_was_heard(UtteranceEnded("", "", interrupted=True))

    # --- telling ------------------------------------------------------------------------------------

    async def _move(self, state: ConversationState) -> None:
        if state is not self._state:
            previous, self._state = self._state, state
            await self._tell(StateChanged(previous, state))

    async def _tell(self, event: Event) -> None:
        await self.push_frame(OutputTransportMessageUrgentFrame(message=event))


def pressed(keys: str) -> str:
    """What the language model reads when the caller pressed keys."""
    return f"(pressed {' '.join(keys)} on the phone's keypad)"


def _message(message: Message) -> LLMContextMessage:
    if message.role is Role.ASSISTANT:
        return {"role": "assistant", "content": message.content}
    return {"role": "user", "content": message.content}
