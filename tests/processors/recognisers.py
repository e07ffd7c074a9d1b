"""Recognisers that hear words in audio made for them, and fail as they are told to; and the caller who speaks so.

A word is 0.2 s of audio whose every sample is its number; a recogniser knows a word only if it heard all of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    STTUpdateSettingsFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup
from pipecat.services.settings import STTSettings

from processors.stt.heard_tape import COVERED_SECONDS

RATE = 16_000
CHUNK_SECONDS = 0.04
CHUNKS_PER_WORD = 5
START_SECONDS = STOP_SECONDS = 0.2
WORDS = (
    "-",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)

Timed = tuple[float, Frame]


def chunk(number: int) -> InputAudioRawFrame:
    return InputAudioRawFrame(bytes([number, 0]) * int(RATE * CHUNK_SECONDS), RATE, 1)


def call(until: float, *said: tuple[float, tuple[int, ...]]) -> list[Timed]:
    """The audio of a caller who says the words of these numbers from these times on, and what a detector finds."""
    spoken: dict[int, int] = {}
    frames: list[Timed] = []
    for at, numbers in said:
        first = round(at / CHUNK_SECONDS)
        for index in range(len(numbers) * CHUNKS_PER_WORD):
            spoken[first + index] = numbers[index // CHUNKS_PER_WORD]
        end = at + len(numbers) * CHUNKS_PER_WORD * CHUNK_SECONDS
        frames.append((at + START_SECONDS, VADUserStartedSpeakingFrame(START_SECONDS)))
        frames.append((end + STOP_SECONDS, VADUserStoppedSpeakingFrame(STOP_SECONDS)))
    chunks = range(round(until / CHUNK_SECONDS))
    frames += [((index + 1) * CHUNK_SECONDS, chunk(spoken.get(index, 0))) for index in chunks]
    return sorted(((round(at, 6), frame) for at, frame in frames), key=lambda timed: timed[0])


@dataclass
class Way:
    """How a recogniser works: which seconds after its beginning it fails at, and how."""

    breaks_at: float | None = None
    error: Exception = field(default_factory=lambda: ConnectionError("reset by peer"))
    setup_error: Exception | None = None
    setup_seconds: float = 0.0
    answers: bool = True
    after: float = 0.2
    words_a_final: int | None = None
    """Finals in the middle of speech, of so many words."""
    tells_coverage: bool = False
    interims: bool = False
    stuck: bool = False
    """It does not stop when it is told to."""


class Recogniser(FrameProcessor):
    """Gives the words that it heard when the detector says that the caller has stopped."""

    def __init__(self, way: Way) -> None:
        super().__init__()
        self.way = way
        self.heard: list[int] = []
        self.languages: list[str] = []
        self.closed = False
        self._chunks: list[int] = []
        self._given = 0
        self._words: list[str] = []
        self._jobs: list[asyncio.Task[None]] = []

    async def setup(self, setup: FrameProcessorSetup) -> None:  # type: ignore[override]
        await super().setup(setup)
        await asyncio.sleep(self.way.setup_seconds)
        if self.way.setup_error is not None:
            raise self.way.setup_error
        if self.way.breaks_at is not None:
            self._jobs.append(self.create_task(self._break(self.way.breaks_at), "break"))

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if self.way.stuck and isinstance(frame, InputAudioRawFrame):
            await asyncio.Event().wait()
        match frame:
            case InputAudioRawFrame():
                await self._hear(frame)
            case VADUserStoppedSpeakingFrame():
                self._say_later()
            case STTUpdateSettingsFrame(delta=STTSettings(language=str(language)) as settings):
                self.languages.append(language)
                # As pipecat's own do.
                settings.language = "changed"
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        for job in self._jobs:
            await self.cancel_task(job)
        self.closed = True
        await super().cleanup()

    async def _hear(self, frame: InputAudioRawFrame) -> None:
        self._given += frame.num_frames
        number = frame.audio[0] if frame.num_frames == int(RATE * CHUNK_SECONDS) else 0
        if self._chunks and self._chunks[-1] != number:
            self._chunks.clear()
        self._chunks.append(number)
        self.heard.append(number)
        if number and len(self._chunks) == CHUNKS_PER_WORD:
            self._chunks.clear()
            await self._know(WORDS[number])

    async def _know(self, word: str) -> None:
        self._words.append(word)
        if self.way.interims and self.way.answers:
            await self.push_frame(InterimTranscriptionFrame(" ".join(self._words), "", "now"))
        if len(self._words) == self.way.words_a_final:
            self._say_later()

    def _say_later(self) -> None:
        words, self._words = self._words, []
        covered = self._given
        if self.way.answers and words:
            self._jobs.append(self.create_task(self._say(" ".join(words), covered), "say"))

    async def _say(self, text: str, covered: int) -> None:
        await asyncio.sleep(self.way.after)
        frame = TranscriptionFrame(text, "", "now")
        if self.way.tells_coverage:
            frame.metadata[COVERED_SECONDS] = covered / RATE
        await self.push_frame(frame)

    async def _break(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self.push_error("It broke.", self.way.error)


class Makers:
    """Makes a recogniser for each way, in order, and the last one over and over."""

    def __init__(self, *ways: Way | Exception) -> None:
        self._ways: Iterator[Way | Exception] = iter(ways)
        self._last: Way | Exception = Way()
        self.made: list[Recogniser] = []

    def __call__(self) -> FrameProcessor:
        self._last = next(self._ways, self._last)
        if isinstance(self._last, Exception):
            raise self._last
        self.made.append(Recogniser(self._last))
        return self.made[-1]
