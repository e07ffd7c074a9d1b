"""The language model of a pipeline, whoever it is: its providers fail, and the conversation goes on."""

from __future__ import annotations

import random
import time

from pipecat.frames.frames import (
    Frame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMUpdateSettingsFrame,
    StartFrame,
    TTSUpdateSettingsFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.settings import LLMSettings, TTSSettings
from pipecat.utils.errors import ErrorCategory

from processors.failover import Desk
from processors.llm.answer import Answer, Given
from processors.llm.bench import LLMBench
from processors.llm.first_token import Chance, FirstToken
from vantum.core.errors import ProviderError

FIRST_TOKEN_SECONDS = 4.0
MARGIN_SECONDS = 0.1
"""So much earlier than the conversation stops waiting, it is told that nobody answers."""


class FailoverLLM(FrameProcessor):
    """Stands where a pipecat ``LLMService`` would, and has those of ``desk`` give the answers.

    All of them together have ``first_token_seconds`` for the first token. Frames that are not urgent stay behind
    an answer that is under way, as with any service of pipecat; an interruption ends it and all retries.
    ``language`` is the one of the answers.
    """

    def __init__(
        self,
        desk: Desk[FrameProcessor],
        first_token_seconds: float = FIRST_TOKEN_SECONDS,
        language: str = "en",
        chance: Chance = random.random,
    ) -> None:
        super().__init__()
        self._desk = desk
        self._first_token_seconds = first_token_seconds
        self._language = language
        self._chance = chance
        self._bench = LLMBench(self)
        self._given = Given()

    @property
    def said(self) -> str:
        """The whole of the last answer, as far as it is given; heard or not."""
        return self._given.text

    @property
    def language(self) -> str:
        """The language of the answers, a tag."""
        return self._language

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Answer a question; pass every frame on that is not for a language model."""
        await super().process_frame(frame, direction)
        match frame:
            case LLMContextFrame() if direction is FrameDirection.DOWNSTREAM:
                await self._respond(frame.context)
                return
            case LLMUpdateSettingsFrame(service=None, delta=LLMSettings() as settings):
                await self._bench.tell(settings)
                return
            case TTSUpdateSettingsFrame(delta=TTSSettings(language=str(language))):
                self._language = language
                self._desk.follow(language)
            case StartFrame():
                self._bench.open(self.processor_setup, frame)
                await self._make_ready()
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        """Let all models go."""
        await self._bench.close()
        await super().cleanup()

    async def _make_ready(self) -> None:
        """The first question finds the first model set up."""
        candidate = self._desk.choose()
        if candidate is not None:
            try:
                await self._bench.model(candidate)
            except ProviderError:
                # Whoever asks finds out, and asks another.
                return

    async def _respond(self, context: LLMContext) -> None:
        deadline = time.monotonic() + self._first_token_seconds - MARGIN_SECONDS
        first = FirstToken(self, self._desk, self._bench, context, self._chance)
        answer = Answer(self, self._desk, first, deadline, self._language)
        # Not the answer itself: it holds whom it is for.
        self._given = answer.given
        await self.push_frame(LLMFullResponseStartFrame())
        try:
            await answer.give()
        except ProviderError as error:
            # Not a permanent one for pipecat: the next question may well be answered.
            await self.push_error(str(error), error, category=ErrorCategory.UNKNOWN)
            # Who asked holds the error, and the error whoever asked: it has been told.
            error.__traceback__ = None
        finally:
            await self.push_frame(LLMFullResponseEndFrame())
