"""Recordings for tests: the caller on the left and the bot on the right, as calls leave them."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 16_000


def tone(seconds: float, hertz: float, loudness: float = 0.3) -> NDArray[np.int16]:
    """A tone."""
    times = np.arange(round(seconds * RATE)) / RATE
    return (loudness * 32_767 * np.sin(2 * np.pi * hertz * times)).astype(np.int16)


def write(path: Path, caller: NDArray[np.int16], bot: NDArray[np.int16]) -> Path:
    """A recording of both sides, which are equally long."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.stack([caller, bot], axis=1).astype("<i2").tobytes())
    return path
