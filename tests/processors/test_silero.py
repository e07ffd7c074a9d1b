"""Silero for all calls: batches give what single runs give."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from processors.silero import MAX_BATCH, SileroBatch, SileroStream, levels_db
from tests.speech import clip, pieces

CLIPS = ("weather_question", "order_status", "librivox_0870", "stop")


class Ear:
    """Keeps what the model said of one call."""

    def __init__(self, batch: SileroBatch) -> None:
        self.heard: list[tuple[float, float]] = []
        self.stream = SileroStream(
            batch, 16_000, lambda probability, level: self.heard.append((probability, level))
        )


async def listen(ears: list[Ear], clips: list[bytes], size: int) -> None:
    """Feed all calls side by side in pieces of ``size`` bytes, 20 ms apart."""
    for together in zip(*(pieces(pcm, size) for pcm in clips), strict=False):
        for ear, pcm in zip(ears, together, strict=True):
            ear.stream.feed(pcm)
        await asyncio.sleep(0.02)
    await asyncio.sleep(1.0)


async def test_a_batch_hears_exactly_what_single_runs_hear() -> None:
    clips = [clip(name)[:48_000] for name in CLIPS]
    shared = SileroBatch()
    together = [Ear(shared) for _ in clips]
    await listen(together, clips, 640)
    alone = [Ear(SileroBatch()) for _ in clips]
    for ear, pcm in zip(alone, clips, strict=True):
        await listen([ear], [pcm], 640)
    assert [ear.heard for ear in together] == [ear.heard for ear in alone]
    assert {len(ear.heard) for ear in together} == {48_000 // 1024}


async def test_the_size_of_the_chunks_changes_nothing() -> None:
    heard = []
    for size in (640, 3_200, 8_192):
        ear = Ear(SileroBatch())
        await listen([ear], [clip("order_status")[: 8_192 * 8]], size)
        heard.append(ear.heard)
    assert heard[0][:60] == heard[1][:60] == heard[2][:60]


async def test_speech_is_probable_and_noise_is_not() -> None:
    speech, noise = Ear(SileroBatch()), Ear(SileroBatch())
    hiss = np.random.default_rng(1).normal(0, 300, 48_000).astype(np.int16).tobytes()
    await listen([speech], [clip("weather_question")], 640)
    await listen([noise], [hiss], 640)
    assert max(p for p, _ in speech.heard) > 0.9
    assert max(p for p, _ in noise.heard) < 0.5


async def test_more_calls_than_a_batch_holds_are_all_heard() -> None:
    batch = SileroBatch()
    ears = [Ear(batch) for _ in range(MAX_BATCH * 2 + 3)]
    for ear in ears:
        ear.stream.feed(bytes(1024))
    await asyncio.sleep(0.02)
    assert [len(ear.heard) for ear in ears] == [1] * len(ears)


async def test_a_call_that_left_is_not_heard() -> None:
    batch = SileroBatch()
    ear = Ear(batch)
    ear.stream.feed(bytes(1024))
    batch.withdraw(ear.stream)
    await asyncio.sleep(0.02)
    assert ear.heard == []


async def test_half_a_window_waits_for_the_other_half() -> None:
    ear = Ear(SileroBatch())
    ear.stream.feed(bytes(1000))
    await asyncio.sleep(0.02)
    assert ear.heard == []
    ear.stream.feed(bytes(24))
    await asyncio.sleep(0.02)
    assert len(ear.heard) == 1


@pytest.mark.parametrize(("chunk", "windows"), [(32_000, 1875), (32_001, 1874)])
async def test_of_audio_that_comes_faster_than_it_is_looked_at_the_newest_minute_waits(
    chunk: int, windows: int
) -> None:
    ear = Ear(SileroBatch())
    for _ in range(199):
        ear.stream.feed(bytes(chunk))
    ear.stream.finish()
    assert len(ear.heard) == windows


async def test_eight_kilohertz_works_and_others_are_refused() -> None:
    heard: list[float] = []
    stream = SileroStream(SileroBatch(), 8_000, lambda probability, _: heard.append(probability))
    stream.feed(bytes(512))
    await asyncio.sleep(0.02)
    assert len(heard) == 1
    with pytest.raises(ValueError, match="rate is 44100; Silero works at 8000 or 16000"):
        SileroStream(SileroBatch(), 44_100, lambda *_: None)


def test_levels_in_decibels_of_full_scale() -> None:
    windows = np.array([np.ones(512), np.full(512, 0.1), np.zeros(512)], np.float32)
    assert levels_db(windows).tolist() == pytest.approx([0.0, -20.0, -100.0])
