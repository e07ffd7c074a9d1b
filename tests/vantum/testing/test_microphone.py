"""The microphone picks up every sample of a recording at its time."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from vantum.testing.microphone import Clip, clip_of, picked_up

TONE = bytes(range(1, 201)) * 32


def saved(path: Path, pcm: bytes, *, rate: int = 16_000, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm)
    return path


def test_a_recording_is_read(tmp_path: Path) -> None:
    clip = clip_of(1.5, saved(tmp_path / "tone.wav", TONE))
    assert clip == Clip(1.5, TONE)
    assert clip.stop == 1.7


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (16_000, 2)])
def test_other_formats_are_refused(tmp_path: Path, rate: int, channels: int) -> None:
    wav = saved(tmp_path / "tone.wav", TONE, rate=rate, channels=channels)
    with pytest.raises(ValueError, match=r"tone\.wav is not 16-bit mono at 16000 Hz"):
        clip_of(0.0, wav)


def test_chunks_come_when_their_last_sample_was_spoken() -> None:
    chunks = list(picked_up([Clip(0.05, TONE)], until=0.3))
    assert [at for at, _ in chunks] == [round(0.02 * number, 9) for number in range(1, 16)]
    assert {len(pcm) for _, pcm in chunks} == {640}
    line = b"".join(pcm for _, pcm in chunks)
    assert line == bytes(1600) + TONE + bytes(1600)


@pytest.mark.parametrize(("start", "heard"), [(0.05, 1600), (0.1, 0), (0.2, 0)])
def test_what_is_spoken_too_late_is_not_picked_up(start: float, heard: int) -> None:
    line = b"".join(pcm for _, pcm in picked_up([Clip(start, TONE)], until=0.1))
    assert line == bytes(3200 - heard) + TONE[:heard]
