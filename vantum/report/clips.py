"""Cuts the seconds of a quote out of a recording, as small as speech needs, in a form that every browser plays.

An MP3 of speech is a fraction of the plain sound, and is played everywhere; Ogg is not.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray

BEFORE_SECONDS: Final = 0.3
AFTER_SECONDS: Final = 0.4
"""Around the quote: words begin before the recogniser is sure of them."""
LONGEST_SECONDS: Final = 15.0
_LOUDEST: Final = 32_767


@dataclass(frozen=True, slots=True)
class Form:
    """How a clip is written."""

    format: str
    subtype: str
    mime: str
    suffix: str


MP3: Final = Form("MP3", "MPEG_LAYER_III", "audio/mpeg", ".mp3")
WAV: Final = Form("WAV", "PCM_U8", "audio/wav", ".wav")
"""Where libsndfile is a build without MP3: twice the size or more."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A clip as a file would hold it."""

    content: bytes
    seconds: float
    form: Form


def form() -> Form:
    """The smallest form that this machine can write and every browser plays."""
    return MP3 if MP3.format in soundfile.available_formats() else WAV


def cut(recording: Path, start_ms: int, end_ms: int, to: Form) -> Sound | None:
    """Both sides of a call from ``start_ms`` to ``end_ms`` in one channel; None where there is no such sound."""
    try:
        with soundfile.SoundFile(recording) as file:
            rate = file.samplerate
            first = max(0, round((start_ms / 1000 - BEFORE_SECONDS) * rate))
            last = min(file.frames, round((end_ms / 1000 + AFTER_SECONDS) * rate))
            count = min(last - first, round(LONGEST_SECONDS * rate))
            if count <= 0:
                return None
            file.seek(first)
            sides = file.read(count, dtype="int16", always_2d=True)
        return Sound(_encoded(_mixed(sides), rate, to), len(sides) / rate, to)
    except (OSError, soundfile.SoundFileError):
        return None


def _mixed(sides: NDArray[np.int16]) -> NDArray[np.int16]:
    """The sum of the channels: both sides seldom speak at once, and an average would be too soft."""
    total: NDArray[np.int32] = sides.astype(np.int32).sum(axis=1)
    mixed: NDArray[np.int16] = np.clip(total, -_LOUDEST, _LOUDEST).astype(np.int16)
    return mixed


def _encoded(samples: NDArray[np.int16], rate: int, to: Form) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=to.format, subtype=to.subtype)
    return file.getvalue()
