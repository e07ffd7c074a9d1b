"""Providers that cost nothing and answer after fixed delays, on pipecat's own service bases.

Both servers of the benchmark use them, so that what differs is what stands around them.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator

from pipecat.adapters.llm.services.open_ai_adapter import OpenAILLMAdapter
from pipecat.frames.frames import (
    Frame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.llm_service import LLMService
from pipecat.services.settings import LLMSettings, STTSettings, TTSSettings
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.transcriptions.language import Language
from pipecat.utils.time import time_now_iso8601

REAL_CLIENTS = "BENCHMARK_REAL_CLIENTS"
"""The variable that asks both servers for the clients of Deepgram, OpenAI and Cartesia in the places of these."""

STT_SECONDS = 0.15
"""From the end of speech as the VAD tells it to the final transcript."""
LLM_SECONDS = 0.2
TOKEN_SECONDS = 0.01
TTS_SECONDS = 0.1
"""From a piece of text to its first audio."""

CALLER_WORDS = "I would like to know what this costs."
FIRST_SENTENCE = "Yes, I can help you with that."
ANSWER = f"{FIRST_SENTENCE} Let me look it up."
GREETING = "Hello."
"""What a phone call begins with: a telephone shows nothing, so this tells the load that the call is up."""
SECONDS_PER_CHAR = 0.05
TOKENS = tuple(re.findall(r"\s*\S+", ANSWER))

SENTENCE_TOKENS = len(FIRST_SENTENCE.split())
"""A sentence is known to be complete when the token after it has come: this many after the first."""

ANSWER_WAIT = STT_SECONDS + LLM_SECONDS + SENTENCE_TOKENS * TOKEN_SECONDS + TTS_SECONDS
"""What the providers alone need from the end of speech, as the VAD tells it, to the first audio of the answer."""

AUDIO_SECONDS = 0.1
PERIOD = b"\x00\x10" * 32 + b"\x00\xf0" * 32


class DelayedSTT(STTService):
    """Gives the same words for every stretch of speech."""

    def __init__(self, *, audio_passthrough: bool) -> None:
        super().__init__(
            audio_passthrough=audio_passthrough,
            ttfs_p99_latency=0.5,
            settings=STTSettings(model="delayed", language=Language.EN),
        )
        self._finals: set[asyncio.Task[None]] = set()

    async def run_stt(self, _: bytes) -> AsyncGenerator[Frame | None, None]:
        """Take the audio, as a service does that sends it on and is answered later."""
        yield None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Say the words some time after the end of speech."""
        await super().process_frame(frame, direction)
        if isinstance(frame, VADUserStoppedSpeakingFrame):
            final = self.create_task(self._push_final(), "final")
            self._finals.add(final)
            final.add_done_callback(self._finals.discard)

    async def cleanup(self) -> None:
        """Forget what is still due."""
        await super().cleanup()
        for final in tuple(self._finals):
            await self.cancel_task(final)

    async def _push_final(self) -> None:
        await asyncio.sleep(STT_SECONDS)
        final = TranscriptionFrame(CALLER_WORDS, "", time_now_iso8601(), Language.EN, finalized=True)
        await self.push_frame(final)


class DelayedLLM(LLMService[OpenAILLMAdapter]):
    """Streams the same answer to every question."""

    def __init__(self) -> None:
        super().__init__(
            settings=LLMSettings(
                model="delayed",
                system_instruction=None,
                temperature=None,
                max_tokens=None,
                top_p=None,
                top_k=None,
                frequency_penalty=None,
                presence_penalty=None,
                seed=None,
                filter_incomplete_user_turns=None,
                user_turn_completion_config=None,
            )
        )

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Answer a context; pass everything else on."""
        await super().process_frame(frame, direction)
        if not isinstance(frame, LLMContextFrame):
            await self.push_frame(frame, direction)
            return
        await self.push_frame(LLMFullResponseStartFrame())
        try:
            await self._stream()
        finally:
            await self.push_frame(LLMFullResponseEndFrame())

    async def _stream(self) -> None:
        # By the clock: the lateness of one timer must not add to that of the next.
        loop = asyncio.get_running_loop()
        first = loop.time() + LLM_SECONDS
        for index, token in enumerate(TOKENS):
            await asyncio.sleep(first + index * TOKEN_SECONDS - loop.time())
            await self.push_frame(LLMTextFrame(token))


class DelayedTTS(TTSService):
    """Speaks with a tone as long as the text; once it has begun, all of it is there."""

    def __init__(self) -> None:
        super().__init__(
            push_start_frame=True,
            push_stop_frames=True,
            settings=TTSSettings(model="delayed", voice="tone", language=None),
        )

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        """The audio of ``text``."""
        await asyncio.sleep(TTS_SECONDS)
        for pcm in tone(len(text) * SECONDS_PER_CHAR, self.sample_rate):
            yield TTSAudioRawFrame(pcm, self.sample_rate, 1, context_id=context_id)


def tone(seconds: float, rate: int) -> list[bytes]:
    """A square wave of PCM16 at ``rate``, in pieces of 100 ms."""
    size = 2 * round(seconds * rate)
    pcm = (PERIOD * (size // len(PERIOD) + 1))[:size]
    step = 2 * round(AUDIO_SECONDS * rate)
    return [pcm[start : start + step] for start in range(0, size, step)]
