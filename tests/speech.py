"""Real speech for tests."""

from __future__ import annotations

import wave
from pathlib import Path

FOLDER = Path(__file__).with_name("audio")


def clip(name: str) -> bytes:
    """The PCM16 mono 16 kHz samples of a recording."""
    with wave.open(str(FOLDER / f"{name}.wav")) as recording:
        assert (recording.getframerate(), recording.getnchannels(), recording.getsampwidth()) == (
            16_000,
            1,
            2,
        )
        return bytes(recording.readframes(recording.getnframes()))


def silence(seconds: float) -> bytes:
    """Nothing, but not digital nothing: faint steady noise."""
    return bytes((1, 0, 255, 255)) * int(seconds * 8_000)


def pieces(pcm: bytes, size: int) -> list[bytes]:
    """``pcm`` in pieces of ``size`` bytes."""
    return [pcm[start : start + size] for start in range(0, len(pcm), size)]
