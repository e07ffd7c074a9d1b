"""The resampler: quality, delay, and no sample lost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InputTransportMessageFrame,
    InterruptionFrame,
    OutputAudioRawFrame,
    TextFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from processors.resampler import Resampler, ResampleStream
from vantum.core.events import TurnEndedByHand
from vantum.testing import run_processor

RATES = (8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000)
CHUNK = 0.02


def tone(hertz: float, rate: int, seconds: float) -> NDArray[np.int16]:
    times = np.arange(round(seconds * rate)) / rate
    return (16_000 * np.sin(2 * np.pi * hertz * times)).astype(np.int16)


def streamed(pcm: NDArray[np.int16], source: int, target: int) -> tuple[NDArray[np.int16], list[float]]:
    """What comes out of 20 ms chunks, and after each chunk how much is held back, in seconds."""
    stream, size = ResampleStream(source, target), round(source * CHUNK)
    out, held = b"", []
    for start in range(0, len(pcm), size):
        out += stream.convert(pcm[start : start + size].tobytes())
        held.append(min(len(pcm), start + size) / source - len(out) / 2 / target)
    return np.frombuffer(out + stream.flush(), np.int16), held


def snr_db(heard: NDArray[np.int16], hertz: float, rate: int) -> float:
    middle = slice(rate // 10, len(heard) - rate // 10)
    phase = 2 * np.pi * hertz * np.arange(len(heard))[middle] / rate
    basis = np.stack([np.sin(phase), np.cos(phase)], axis=1)
    weights, *_ = np.linalg.lstsq(basis, heard[middle].astype(float), rcond=None)
    clean = basis @ weights
    return float(10 * np.log10(np.var(clean) / np.var(heard[middle] - clean)))


@pytest.mark.parametrize("hertz", [1_000, 3_000])
@pytest.mark.parametrize("source", [rate for rate in RATES if rate != 16_000])
def test_tones_keep_60_db_over_100_chunks_both_ways(source: int, hertz: int) -> None:
    inward, _ = streamed(tone(hertz, source, 2.0), source, 16_000)
    outward, _ = streamed(tone(hertz, 16_000, 2.0), 16_000, source)
    assert snr_db(inward, hertz, 16_000) >= 60
    assert snr_db(outward, hertz, source) >= 60


@pytest.mark.parametrize(("source", "most"), [(44_100, 0.012), (48_000, 0.012), (8_000, 0.035)])
def test_little_is_held_back(source: int, most: float) -> None:
    _, held = streamed(tone(440, source, 2.0), source, 16_000)
    assert sum(held) / len(held) <= most


@pytest.mark.parametrize("source", [8_000, 44_100, 48_000])
def test_no_sample_is_lost_in_ten_minutes(source: int) -> None:
    stream, chunk = ResampleStream(source, 16_000), bytes(2 * round(source * 0.1))
    samples = sum(len(stream.convert(chunk)) for _ in range(6_000)) // 2
    assert samples + len(stream.flush()) // 2 == 600 * 16_000


def audio(frames: Sequence[Frame]) -> bytes:
    return b"".join(f.audio for f in frames if isinstance(f, InputAudioRawFrame | OutputAudioRawFrame))


async def test_audio_of_the_right_rate_passes_untouched() -> None:
    frame = InputAudioRawFrame(b"\1\2" * 320, 16_000, 1)
    run = await run_processor(Resampler(), [frame])
    assert [passed.frame for passed in run.down] == [frame]


async def test_the_callers_audio_is_converted_and_its_tail_leaves_when_the_turn_ends_by_hand() -> None:
    pcm = tone(440, 48_000, 1.0).tobytes()
    chunks = [InputAudioRawFrame(pcm[i : i + 1920], 48_000, 1) for i in range(0, len(pcm), 1920)]
    end = InputTransportMessageFrame(message=TurnEndedByHand())
    run = await run_processor(Resampler(), [*chunks, end])
    frames = run.of(InputAudioRawFrame)
    assert {f.sample_rate for f in frames} == {16_000}
    assert len(audio(frames)) == 2 * 16_000
    assert run.down[-1].frame is end


async def test_a_rate_that_changes_in_a_call_loses_nothing() -> None:
    frames = [InputAudioRawFrame(bytes(2 * rate), rate, 1) for rate in (8_000, 48_000, 16_000, 44_100)]
    run = await run_processor(Resampler(), [*frames, InputTransportMessageFrame(message=TurnEndedByHand())])
    assert len(audio(run.of(InputAudioRawFrame))) == 4 * 2 * 16_000


class Ear(FrameProcessor):
    """Knows the short way, and has the resampler given sound when a text comes."""

    def __init__(self, resampler: Resampler, sounds: Sequence[tuple[bytes, int]]) -> None:
        super().__init__(enable_direct_mode=True)
        self.heard: list[tuple[bytes, int]] = []
        self._resampler = resampler
        self._sounds = sounds

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Pass everything on."""
        await super().process_frame(frame, direction)
        if isinstance(frame, TextFrame):
            for pcm, rate in self._sounds:
                self._resampler.hear(pcm, rate)
        await self.push_frame(frame, direction)

    @property
    def hears(self) -> bool:
        """It may be given sound."""
        return True

    def hear(self, pcm: bytes, rate: int) -> None:
        """Keep what comes."""
        self.heard.append((pcm, rate))


async def test_on_the_short_way_the_audio_is_the_same() -> None:
    sounds = [(tone(440, rate, 0.5).tobytes(), rate) for rate in (8_000, 48_000, 16_000, 44_100)]
    resampler = Resampler()
    ear = Ear(resampler, sounds)
    end = InputTransportMessageFrame(message=TurnEndedByHand())
    run = await run_processor(Pipeline([resampler, ear]), [TextFrame("go"), end])
    as_frames = await run_processor(Resampler(), [*(InputAudioRawFrame(*sound, 1) for sound in sounds), end])
    assert {rate for _, rate in ear.heard} == {16_000}
    assert b"".join(pcm for pcm, _ in ear.heard) == audio(as_frames.of(InputAudioRawFrame))
    assert run.of(InputAudioRawFrame) == []


async def test_the_bots_tail_leaves_before_its_stop() -> None:
    pcm = tone(440, 16_000, 0.5).tobytes()
    spoken = TTSAudioRawFrame(pcm, 16_000, 1, context_id="c")
    run = await run_processor(Resampler(48_000), [spoken, TTSStoppedFrame(context_id="c")])
    assert len(audio(run.of(OutputAudioRawFrame))) == 3 * len(pcm)
    assert isinstance(run.down[-1].frame, TTSStoppedFrame)


async def test_what_an_interruption_cuts_is_dropped() -> None:
    spoken = TTSAudioRawFrame(tone(440, 16_000, 0.5).tobytes(), 16_000, 1, context_id="c")
    run = await run_processor(
        Resampler(48_000), [spoken, InterruptionFrame(), TTSStoppedFrame(context_id="c")]
    )
    kinds = [type(passed.frame) for passed in run.down]
    assert kinds == [TTSAudioRawFrame, InterruptionFrame, TTSStoppedFrame]


@pytest.mark.parametrize("rate", [0, 7_999, 48_001])
def test_a_rate_out_of_range_is_refused(rate: int) -> None:
    with pytest.raises(ValueError, match=f"rate is {rate}; it must lie between 8000 and 48000"):
        Resampler(rate)
