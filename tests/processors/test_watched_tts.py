"""A voice that stalls, fails or says nothing, on virtual time: the rest is spoken, and what is told is true."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping

import pytest
from pipecat.frames.frames import (
    AggregatedTextFrame,
    ErrorFrame,
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.services.settings import TTSSettings

from processors.piece import Word
from processors.watched_tts import FIRST_AUDIO_SECONDS, OPEN_SECONDS, STALL_SECONDS, WatchedTTS
from vantum.core.errors import ProviderError
from vantum.testing import run_processor
from vantum.testing.processor_run import Run

WORD_SECONDS = 0.25
Speech = AsyncGenerator[bytes | Word, None]
NEVER = 3600.0


class Voice(WatchedTTS):
    """Speaks a word in a quarter of a second; ``faults`` befall what it is asked for by number, counted from 1."""

    def __init__(self, faults: Mapping[int, Callable[[Voice, str], Speech]]) -> None:
        super().__init__(
            push_text_frames=False,
            push_start_frame=True,
            push_stop_frames=True,
            stop_frame_timeout_s=OPEN_SECONDS,
            settings=TTSSettings(model="voice", voice="voice", language=None),
        )
        self.asked: list[str] = []
        self.abandoned = 0
        self.closed = 0
        self._faults = faults

    async def speak(self, text: str, context_id: str) -> Speech:
        self.asked.append(text)
        try:
            async for item in self._faults.get(len(self.asked), Voice.all_of)(self, text):
                yield item
        finally:
            self.closed += 1

    async def abandon(self, context_id: str) -> None:
        self.abandoned += 1

    async def all_of(self, text: str) -> Speech:
        for index, word in enumerate(text.split()):
            yield Word(word, index * WORD_SECONDS, (index + 1) * WORD_SECONDS)
        for _ in text.split():
            yield self.audio(WORD_SECONDS)

    def audio(self, seconds: float) -> bytes:
        return b"\1\0" * round(seconds * self.sample_rate)


async def stall(voice: Voice, text: str) -> Speech:
    """A word and a half, and no more."""
    for index, word in enumerate(text.split()):
        yield Word(word, index * WORD_SECONDS, (index + 1) * WORD_SECONDS)
    yield voice.audio(1.5 * WORD_SECONDS)
    await asyncio.sleep(NEVER)


async def stall_at_the_end(voice: Voice, text: str) -> Speech:
    """All of it, but not that it is over."""
    async for item in voice.all_of(text):
        yield item
    await asyncio.sleep(NEVER)


async def hang(voice: Voice, text: str) -> Speech:
    await asyncio.sleep(NEVER)
    yield b""


async def nothing(voice: Voice, text: str) -> Speech:
    for _ in range(0):
        yield b""


async def fail(voice: Voice, text: str) -> Speech:
    if text:
        raise ProviderError("tts", "voice", "out of order")
    yield b""


async def refuse(voice: Voice, text: str) -> Speech:
    if text:
        raise ValueError("too long")
    yield b""


async def untimed(voice: Voice, text: str) -> Speech:
    yield voice.audio(1.0)


async def untimed_stall(voice: Voice, text: str) -> Speech:
    yield voice.audio(0.5)
    await asyncio.sleep(NEVER)


def turn(*pieces: str) -> list[Frame]:
    texts = [AggregatedTextFrame(piece, "sentence") for piece in pieces]
    return [LLMFullResponseStartFrame(), *texts, LLMFullResponseEndFrame()]


def told(run: Run) -> str:
    return " ".join(frame.text for frame in run.of(TTSTextFrame))


def seconds(run: Run) -> float:
    return sum(len(frame.audio) for frame in run.of(TTSAudioRawFrame)) / 2 / 16_000


def errors(run: Run) -> list[str]:
    return [frame.error for frame in run.of(ErrorFrame)]


async def test_s20_the_rest_of_a_stalled_piece_is_spoken_within_two_seconds() -> None:
    voice = Voice({1: stall})
    run = await run_processor(voice, turn("One two three.", "Four."))
    assert voice.asked == ["One two three.", "two three.", "Four."]
    assert (voice.abandoned, voice.closed) == (1, 3)
    assert told(run) == "One two three. Four."
    assert errors(run) == []
    audio = run.times(TTSAudioRawFrame)
    assert audio[:2] == [0.0, STALL_SECONDS]
    assert seconds(run) == pytest.approx(4.5 * WORD_SECONDS)
    stamps = [(frame.pts or 0) / 1e9 for frame in run.of(TTSTextFrame)]
    # "two" was told where it was begun; it was said again from 1.5 words on.
    assert [at - stamps[0] for at in stamps] == pytest.approx([0.0, 0.25, 2.5 * 0.25, 3.5 * 0.25], abs=1e-6)
    assert len(run.of(TTSStartedFrame)) == len(run.of(TTSStoppedFrame)) == 1
    assert run.down[-1].frame.__class__ is LLMFullResponseEndFrame


async def test_a_piece_that_stalls_behind_its_last_word_is_over() -> None:
    voice = Voice({1: stall_at_the_end})
    run = await run_processor(voice, turn("One two.", "Three."))
    assert voice.asked == ["One two.", "Three."]
    assert told(run) == "One two. Three."
    assert errors(run) == []


@pytest.mark.parametrize(("fault", "again_at"), [(hang, FIRST_AUDIO_SECONDS), (nothing, 0.0), (fail, 0.0)])
async def test_a_piece_that_gives_nothing_is_asked_for_again(
    fault: Callable[[Voice, str], Speech], again_at: float
) -> None:
    voice = Voice({1: fault})
    run = await run_processor(voice, turn("One."))
    assert voice.asked == ["One.", "One."]
    assert told(run) == "One."
    assert run.times(TTSAudioRawFrame) == [again_at]
    assert errors(run) == []


@pytest.mark.parametrize(
    ("fault", "problem", "goes_on_at"),
    [
        (hang, "the voice (tts): nothing came for 2 s", FIRST_AUDIO_SECONDS + STALL_SECONDS),
        (nothing, "the voice (tts): it gave no audio", 0.0),
        (fail, "voice (tts): out of order", 0.0),
    ],
)
async def test_s21_after_two_failures_the_next_piece_is_spoken(
    fault: Callable[[Voice, str], Speech], problem: str, goes_on_at: float
) -> None:
    voice = Voice({2: fault, 3: fault})
    run = await run_processor(voice, turn("One.", "Two two.", "Three."))
    assert voice.asked == ["One.", "Two two.", "Two two.", "Three."]
    assert told(run) == "One. Three."
    assert errors(run) == [problem]
    assert run.times(TTSAudioRawFrame) == [0.0, goes_on_at]
    assert len(run.of(TTSStoppedFrame)) == 1


async def test_what_was_spoken_before_the_second_failure_is_told_and_no_more() -> None:
    voice = Voice({1: stall, 2: stall})
    run = await run_processor(voice, turn("One two three four.", "Five."))
    assert voice.asked == ["One two three four.", "two three four.", "Five."]
    assert told(run) == "One two three Five."
    assert len(errors(run)) == 1


async def test_a_turn_that_gives_nothing_ends_at_once_and_the_voice_stays_in_use() -> None:
    voice = Voice(dict.fromkeys(range(1, 11), nothing))
    run = await run_processor(voice, [frame for _ in range(5) for frame in turn("One.")])
    assert run.times(TTSStoppedFrame) == [0.0] * 5
    assert len(errors(run)) == 5
    assert told(run) == ""
    assert voice.is_usable


async def test_what_would_fail_again_is_not_asked_for_again() -> None:
    voice = Voice({1: refuse})
    run = await run_processor(voice, turn("One.", "Two."))
    assert voice.asked == ["One.", "Two."]
    assert errors(run) == ["too long"]
    assert told(run) == "Two."


async def test_a_piece_without_letters_is_silent_and_no_error() -> None:
    voice = Voice({1: nothing})
    run = await run_processor(voice, [*turn("..."), TTSSpeakFrame("One.")])
    assert voice.asked == ["...", "One."]
    assert errors(run) == []
    assert seconds(run) == WORD_SECONDS


async def test_words_of_a_voice_without_times_are_told_all_the_same() -> None:
    run = await run_processor(Voice({1: untimed}), turn("One three."))
    stamps = [(frame.pts or 0) / 1e9 for frame in run.of(TTSTextFrame)]
    assert told(run) == "One three."
    assert stamps[1] - stamps[0] == pytest.approx(3 / 8, abs=1e-6)


async def test_a_stall_of_a_voice_without_times_is_estimated() -> None:
    voice = Voice({1: untimed_stall})
    run = await run_processor(voice, turn("One two three four."))
    # 7.5 letters in half a second.
    assert voice.asked[1] == "three four."
    assert told(run) == "One two three four."


async def test_an_interruption_closes_what_is_being_spoken() -> None:
    voice = Voice({1: hang})
    run = await run_processor(voice, [*turn("One.", "Two."), (1.0, InterruptionFrame())], settle=10.0)
    assert (voice.asked, voice.closed, voice.abandoned) == (["One."], 1, 1)
    assert errors(run) == []
    assert told(run) == ""
