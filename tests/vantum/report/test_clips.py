"""Clips: the right seconds, both sides, small, and none where there is no sound."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tests.vantum.report.sounds import RATE, tone, write
from vantum.report.clips import (
    AFTER_SECONDS,
    BEFORE_SECONDS,
    LONGEST_SECONDS,
    MP3,
    WAV,
    Form,
    Sound,
    cut,
    form,
)

SILENCE = np.zeros(20 * RATE, np.int16)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Twenty seconds: the caller sounds from 5 to 6 s, the bot from 8 to 9 s, both from 12 to 13 s."""
    caller, bot = SILENCE.copy(), SILENCE.copy()
    caller[5 * RATE : 6 * RATE] = tone(1, 440)
    bot[8 * RATE : 9 * RATE] = tone(1, 1_000)
    caller[12 * RATE : 13 * RATE] = tone(1, 440, 0.9)
    bot[12 * RATE : 13 * RATE] = tone(1, 440, 0.9)
    return write(tmp_path / "recording.wav", caller, bot)


def heard(sound: Sound | None) -> NDArray[np.float64]:
    assert sound is not None
    samples, rate = soundfile.read(io.BytesIO(sound.content))
    assert rate == RATE
    assert samples.ndim == 1
    return samples  # type: ignore[no-any-return]


def loudness(samples: NDArray[np.float64], first: float, last: float) -> float:
    part = samples[round(first * RATE) : round(last * RATE)]
    return float(np.sqrt(np.mean(part**2)))


@pytest.mark.parametrize("to", [MP3, WAV], ids=["mp3", "wav"])
@pytest.mark.parametrize(
    ("start_ms", "end_ms", "rms"),
    [(5_000, 6_000, 0.212), (8_000, 9_000, 0.212), (12_000, 13_000, 0.85)],
)
def test_a_quote_is_cut_out_with_a_little_around_it(
    recording: Path, to: Form, start_ms: int, end_ms: int, rms: float
) -> None:
    sound = cut(recording, start_ms, end_ms, to)
    samples = heard(sound)
    assert sound is not None
    assert sound.seconds == pytest.approx(BEFORE_SECONDS + 1.0 + AFTER_SECONDS)
    # An MP3 begins and ends a little beside its sound.
    assert abs(len(samples) / RATE - sound.seconds) <= 0.15
    assert loudness(samples, BEFORE_SECONDS + 0.2, BEFORE_SECONDS + 0.8) == pytest.approx(rms, abs=0.06)
    assert loudness(samples, 0.0, 0.15) < 0.02
    # An MP3 swings a little beyond what was cut off.
    assert np.max(np.abs(samples)) <= 1.1


@pytest.mark.parametrize(
    ("start_ms", "end_ms", "seconds"),
    [
        (0, 500, 0.5 + AFTER_SECONDS),
        (19_500, 20_000, BEFORE_SECONDS + 0.5),
        (19_900, 90_000, BEFORE_SECONDS + 0.1),
        (0, 19_000, LONGEST_SECONDS),
    ],
)
def test_a_clip_stays_within_the_recording_and_its_bound(
    recording: Path, start_ms: int, end_ms: int, seconds: float
) -> None:
    sound = cut(recording, start_ms, end_ms, WAV)
    assert sound is not None
    assert sound.seconds == pytest.approx(seconds)
    assert len(heard(sound)) == round(seconds * RATE)


def test_there_is_no_clip_of_what_is_not_there(recording: Path, tmp_path: Path) -> None:
    assert cut(recording, 30_000, 31_000, WAV) is None
    assert cut(recording, 9_000, 2_000, WAV) is None
    assert cut(tmp_path / "nothing.wav", 0, 1_000, WAV) is None
    torn = tmp_path / "torn.wav"
    torn.write_bytes(b"RIFF\x00\x00")
    assert cut(torn, 0, 1_000, WAV) is None
    torn.write_bytes(b"")
    assert cut(torn, 0, 1_000, WAV) is None


def test_clips_are_small(recording: Path) -> None:
    sizes = {to: len(heard_bytes(recording, to)) for to in (MP3, WAV)}
    assert sizes[MP3] < sizes[WAV] / 2


def heard_bytes(recording: Path, to: Form) -> bytes:
    sound = cut(recording, 4_000, 9_000, to)
    assert sound is not None
    return sound.content


def test_without_mp3_clips_are_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    assert form() == MP3
    monkeypatch.setattr(soundfile, "available_formats", lambda: {"WAV": "WAV (Microsoft)"})
    assert form() == WAV
