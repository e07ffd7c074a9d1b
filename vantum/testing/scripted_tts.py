"""A voice of known speed: a tone instead of speech, with the time of every word."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator

from pipecat.frames.frames import Frame, TTSAudioRawFrame
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService

CHUNK_SECONDS = 0.1
"""How much audio a frame holds."""

_PERIOD = b"\x00\x10" * 32 + b"\x00\xf0" * 32
"""One period of a square wave of 250 Hz: audible, and never mistaken for silence."""


class ScriptedTTS(TTSService):
    """Speaks every text with a tone of ``seconds_per_char`` a character.

    The first audio of a piece of text comes ``first_audio`` seconds after the text, the rest ``speed`` times
    faster than it plays. ``spoken`` holds the texts in order. An interruption stops it like a real service.
    """

    def __init__(
        self, *, first_audio: float = 0.2, seconds_per_char: float = 0.06, speed: float = 10.0
    ) -> None:
        super().__init__(
            push_text_frames=False,
            push_start_frame=True,
            push_stop_frames=True,
            settings=TTSSettings(model="scripted", voice="tone", language=None),
        )
        self.spoken: list[str] = []
        self._first_audio = first_audio
        self._seconds_per_char = seconds_per_char
        self._speed = speed
        self._context_seconds: dict[str, float] = {}

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        """The audio of ``text``, at the pace of the script."""
        self.spoken.append(text)
        await asyncio.sleep(self._first_audio)
        begins = self._context_seconds.get(context_id, 0.0)
        self._context_seconds[context_id] = begins + len(text) * self._seconds_per_char
        await self.add_word_timestamps(self._word_times(text, begins), context_id)
        for chunk in self._chunks(text):
            yield TTSAudioRawFrame(chunk, self.sample_rate, 1, context_id=context_id)
            await asyncio.sleep(len(chunk) / 2 / self.sample_rate / self._speed)

    async def on_audio_context_interrupted(self, context_id: str) -> None:
        """Forget how far the speech had come."""
        self._context_seconds.pop(context_id, None)
        await super().on_audio_context_interrupted(context_id)

    async def on_audio_context_completed(self, context_id: str) -> None:
        """Forget how long the speech was."""
        self._context_seconds.pop(context_id, None)
        await super().on_audio_context_completed(context_id)

    def _word_times(self, text: str, begins: float) -> list[tuple[str, float]]:
        """Each word with the second of the context it begins at."""
        return [
            (word[0], round(begins + word.start() * self._seconds_per_char, 9))
            for word in re.finditer(r"\S+", text)
        ]

    def _chunks(self, text: str) -> list[bytes]:
        samples = round(len(text) * self._seconds_per_char * self.sample_rate)
        tone = (_PERIOD * (samples * 2 // len(_PERIOD) + 1))[: samples * 2]
        step = round(CHUNK_SECONDS * self.sample_rate) * 2
        return [tone[at : at + step] for at in range(0, len(tone), step)]
