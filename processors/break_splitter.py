"""The break splitter in the pipeline: LLM tokens in, pieces of speech for the TTS out."""

from __future__ import annotations

from pipecat.frames.frames import (
    AggregatedTextFrame,
    EndFrame,
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    OutputTransportMessageUrgentFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.utils.text.base_text_aggregator import TextType

from vantum.core import break_splitter
from vantum.core.events import Stage, StageReached


class BreakSplitter(FrameProcessor):
    """Stands between LLM and TTS: each piece of the answer leaves as soon as it is complete."""

    def __init__(self, language: str = "en") -> None:
        """``language`` is the language of the answers (``en``, ``de-AT``), for its abbreviations."""
        super().__init__()
        self._language = language
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
            case LLMFullResponseEndFrame() | EndFrame() if direction is FrameDirection.DOWNSTREAM:
                await self._push_pieces(self._splitter.flush())
                self._begin_answer()
            case LLMFullResponseStartFrame() | InterruptionFrame():
                self._begin_answer()
        await self.push_frame(frame, direction)

    async def _split(self, text: str) -> None:
        if text and self._reached is None:
            await self._reach(Stage.FIRST_TOKEN)
        await self._push_pieces(self._splitter.feed(text))

    async def _push_pieces(self, pieces: list[str]) -> None:
        for piece in pieces:
            if self._reached is Stage.FIRST_TOKEN:
                await self._reach(Stage.FIRST_PIECE)
            await self.push_frame(AggregatedTextFrame(piece, TextType.SENTENCE))

    async def _reach(self, stage: Stage) -> None:
        self._reached = stage
        await self.push_frame(OutputTransportMessageUrgentFrame(message=StageReached(stage)))
