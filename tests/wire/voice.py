"""The voice of a local Cartesia: a tone, ``SECONDS_PER_CHARACTER`` for each character of the text."""

from __future__ import annotations

import re

import numpy as np

SECONDS_PER_CHARACTER = 0.06
CHUNK_SECONDS = 0.1
TONE_HERTZ = 440.0
TONE_LEVEL = 0.3
MULAW_BIAS = 132
ENCODINGS = {"pcm_s16le", "pcm_f32le", "pcm_mulaw"}


def word_times(text: str, since: float) -> dict[str, object]:
    """The words of ``text`` with the seconds at which they start and end, counted from the context's start."""
    words = list(re.finditer(r"\S+", text))
    return {
        "words": [word.group() for word in words],
        "start": [round(since + word.start() * SECONDS_PER_CHARACTER, 3) for word in words],
        "end": [round(since + word.end() * SECONDS_PER_CHARACTER, 3) for word in words],
    }


def tone(text: str, shape: object) -> list[tuple[bytes, float]]:
    """The voice: chunks of audio in the asked format, each with its length in seconds."""
    assert isinstance(shape, dict)
    rate = int(shape["sample_rate"])
    count = round(len(text) * SECONDS_PER_CHARACTER * rate)
    wave = TONE_LEVEL * np.sin(2 * np.pi * TONE_HERTZ / rate * np.arange(count))
    size = round(CHUNK_SECONDS * rate)
    parts = (wave[start : start + size] for start in range(0, count, size))
    return [(encode(part, str(shape["encoding"])), len(part) / rate) for part in parts]


def encode(wave: np.typing.NDArray[np.float64], encoding: str) -> bytes:
    """Samples of -1..1 as bytes (G.711 for mulaw)."""
    if encoding == "pcm_f32le":
        return wave.astype("<f4").tobytes()
    pcm = np.round(wave * 32767).astype("<i2")
    if encoding == "pcm_s16le":
        return pcm.tobytes()
    magnitude = np.minimum(np.abs(pcm.astype(np.int32)), 32_635) + MULAW_BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 15
    sign = np.where(pcm < 0, 128, 0)
    code = ~(sign | (exponent << 4) | mantissa) & 255
    return bytes(code.astype(np.uint8))
