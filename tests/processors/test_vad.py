"""The voice activity detector on real speech."""

from __future__ import annotations

import pytest
from pipecat.frames.frames import (
    InputAudioRawFrame,
    InputTransportMessageFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from processors.silero import SileroBatch
from processors.vad import GAP_SECONDS, VAD
from tests.speech import clip, pieces, silence
from vantum.core.events import TurnEndedByHand
from vantum.testing import Input, Run, run_processor

SPEECH = clip("weather_question")


def spoken(pcm: bytes, chunk_seconds: float = 0.02, start: float = 0.0) -> list[Input]:
    """Audio frames, each at the time at which its last sample was spoken."""
    size = int(chunk_seconds * 32_000)
    return [
        (start + (index + 1) * chunk_seconds, InputAudioRawFrame(piece, 16_000, 1))
        for index, piece in enumerate(pieces(pcm, size))
    ]


async def hear(frames: list[Input], settle: float = 0.5) -> Run:
    return await run_processor(VAD(SileroBatch()), frames, settle=settle)


@pytest.mark.parametrize("chunk_seconds", [0.02, 0.1, 0.256])
async def test_speech_starts_and_stops_once_however_it_is_cut(chunk_seconds: float) -> None:
    run = await hear(spoken(silence(0.5) + SPEECH + silence(1.0), chunk_seconds))
    assert len(run.of(VADUserStartedSpeakingFrame)) == 1
    assert len(run.of(VADUserStoppedSpeakingFrame)) == 1
    assert run.times(VADUserStartedSpeakingFrame)[0] < 0.5 + 0.8 + chunk_seconds


async def test_audio_passes_complete_and_in_order_in_frames_of_40_ms() -> None:
    run = await hear(spoken(SPEECH))
    frames = run.of(InputAudioRawFrame)
    assert b"".join(frame.audio for frame in frames)[: len(SPEECH) - 1280] == SPEECH[: len(SPEECH) - 1280]
    assert {len(frame.audio) for frame in frames[:-1]} <= {1280, 640}


async def test_all_audio_up_to_the_stop_is_passed_before_the_stop() -> None:
    run = await hear(spoken(silence(0.5) + SPEECH + silence(1.0)))
    kinds = [type(passed.frame) for passed in run.down]
    stop = kinds.index(VADUserStoppedSpeakingFrame)
    before = sum(len(p.frame.audio) for p in run.down[:stop] if isinstance(p.frame, InputAudioRawFrame))
    heard_at = run.down[stop].time
    assert before >= (heard_at - 0.04) * 32_000


async def test_the_end_of_a_turn_by_hand_ends_the_speech_first() -> None:
    frames = spoken(SPEECH[: int(1.0 * 32_000)])
    end = InputTransportMessageFrame(message=TurnEndedByHand())
    run = await hear([*frames, (1.001, end), *spoken(SPEECH, start=2.0)], settle=1.0)
    kinds = [type(p.frame) for p in run.down if not isinstance(p.frame, InputAudioRawFrame)]
    assert kinds[:4] == [
        VADUserStartedSpeakingFrame,
        VADUserStoppedSpeakingFrame,
        InputTransportMessageFrame,
        VADUserStartedSpeakingFrame,
    ]


async def test_a_word_in_the_last_chunk_before_the_end_by_hand_is_heard() -> None:
    end = InputTransportMessageFrame(message=TurnEndedByHand())
    word = InputAudioRawFrame(SPEECH[12_800 : 12_800 + 25_600], 16_000, 1)
    run = await hear([(0.8, word), (0.8, end)])
    kinds = [type(p.frame) for p in run.down if not isinstance(p.frame, InputAudioRawFrame)]
    assert kinds == [VADUserStartedSpeakingFrame, VADUserStoppedSpeakingFrame, InputTransportMessageFrame]


async def test_audio_that_stops_arriving_ends_the_speech() -> None:
    run = await hear(spoken(SPEECH[: int(1.0 * 32_000)]), settle=2.0)
    assert run.times(VADUserStoppedSpeakingFrame) == [pytest.approx(1.0 + GAP_SECONDS, abs=0.01)]


async def test_silence_is_no_speech() -> None:
    run = await hear(spoken(silence(3.0)))
    assert run.of(VADUserStartedSpeakingFrame) == []
