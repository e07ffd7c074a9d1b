"""The break splitter in the pipeline: LLM tokens in, pieces of speech for the TTS out.

Of an answer that is made in advance only the first piece goes to the TTS until the answer is wanted.
"""

from __future__ import annotations

from collections import deque

from pipecat.frames.frames import (
    AggregatedTextFrame,
    EndFrame,
    Frame,
    InputTransportMessageFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    OutputTransportMessageUrgentFrame,
    TTSSpeakFrame,
    TTSUpdateSettingsFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.settings import TTSSettings
from pipecat.utils.text.base_text_aggregator import TextType

from vantum.core import break_splitter
from vantum.core.events import DraftDropped, DraftStarted, Event, Release, Say, Stage, StageReached


class BreakSplitter(FrameProcessor):
    """Stands between LLM and TTS: each piece of the answer leaves as soon as it is complete."""

    def __init__(self, language: str = "en") -> None:
        """``language`` is the language of the answers (``en``, ``de-AT``), for its abbreviations."""
        super().__init__()
        self._language = language
        self._draft: DraftStarted | None = None
        self._waiting: deque[Frame] = deque()
        self._leaving = False
        self._tokens = 0
        self._spoken = 0
        self._begin_answer()

    def _begin_answer(self) -> None:
        self._splitter = break_splitter.BreakSplitter(self._language)
        self._reached: Stage | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Consume the answer's text and push its pieces; push every other frame on as it is."""
        await super().process_frame(frame, direction)
        match frame:
            case LLMTextFrame() if direction is FrameDirection.DOWNSTREAM and not frame.skip_tts:
                await self._split(frame.text)
                return
            case OutputTransportMessageUrgentFrame(message=Say(text)):
                await self.push_frame(TTSSpeakFrame(text, append_to_context=False))
                return
            case LLMFullResponseEndFrame() | EndFrame() if direction is FrameDirection.DOWNSTREAM:
                await self._push_pieces(self._splitter.flush())
                self._begin_answer()
                await self._let_out(frame)
                return
            case LLMFullResponseStartFrame():
                self._begin_answer()
            case TTSUpdateSettingsFrame(delta=TTSSettings(language=str(language))):
                self._language = language
            case InterruptionFrame():
                self._begin_answer()
                await self._drop()
            case OutputTransportMessageUrgentFrame(message=message):
                await self._obey(message)
        await self.push_frame(frame, direction)

    async def _split(self, text: str) -> None:
        self._tokens += 1
        if text and self._reached is None:
            await self._reach(Stage.FIRST_TOKEN)
        await self._push_pieces(self._splitter.feed(text))

    async def _push_pieces(self, pieces: list[str]) -> None:
        for piece in pieces:
            if self._reached is Stage.FIRST_TOKEN:
                await self._reach(Stage.FIRST_PIECE)
            await self._let_out(AggregatedTextFrame(piece, TextType.SENTENCE))

    async def _reach(self, stage: Stage) -> None:
        self._reached = stage
        reached = StageReached(stage)
        await self._tell(reached)
        if stage is Stage.FIRST_TOKEN:
            # Who waits for the answer is behind the language model.
            await self.push_frame(InputTransportMessageFrame(message=reached), FrameDirection.UPSTREAM)

    async def _tell(self, event: Event) -> None:
        await self.push_frame(OutputTransportMessageUrgentFrame(message=event))

    # --- drafts -------------------------------------------------------------------------------------

    async def _obey(self, message: object) -> None:
        match message:
            case DraftStarted():
                self._draft = message
                self._tokens = self._spoken = 0
            case Release():
                self._draft = None
                await self._leave()

    async def _let_out(self, frame: Frame) -> None:
        """``frame`` leaves when its turn comes."""
        self._waiting.append(frame)
        await self._leave()

    async def _leave(self) -> None:
        """What may leave does, in order, also when tokens and the release come at the same time."""
        if self._leaving:
            return
        self._leaving = True
        try:
            while self._waiting and self._may_leave(self._waiting[0]):
                frame = self._waiting.popleft()
                if isinstance(frame, AggregatedTextFrame):
                    self._spoken += len(frame.text)
                await self.push_frame(frame)
        finally:
            self._leaving = False

    def _may_leave(self, frame: Frame) -> bool:
        """Of a draft one piece may; whatever is no piece may when no piece waits before it."""
        return self._draft is None or not self._spoken or not isinstance(frame, AggregatedTextFrame)

    async def _drop(self) -> None:
        """The answer is cut; a draft is told with what it cost."""
        self._waiting.clear()
        draft, self._draft = self._draft, None
        if draft is not None:
            await self._tell(DraftDropped(draft.attempt, draft.prompt_tokens, self._tokens, self._spoken))
