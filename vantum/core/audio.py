"""Facts about audio that both ends of the pipeline share. PCM is 16-bit little-endian mono throughout."""

from __future__ import annotations

SAMPLE_BYTES = 2
PIPELINE_RATE = 16_000
PHONE_RATE = 8_000
"""Samples a second of a telephone line: the pipeline works at it where the providers can."""
MIN_RATE = 8_000
MAX_RATE = 48_000

CHUNK_SECONDS = 0.04
WEB_AUDIO_BLOCK = 128
"""Samples in a Web Audio block: chunks that are a multiple of it leave no hole in a browser's playback."""


def chunk_samples(rate: int) -> int:
    """Samples in one output chunk: 40 ms, rounded up to whole Web Audio blocks (1920 at 48 kHz)."""
    blocks = -(-round(rate * CHUNK_SECONDS) // WEB_AUDIO_BLOCK)
    return blocks * WEB_AUDIO_BLOCK


def padded(pcm: bytes, samples: int) -> bytes:
    """``pcm`` with silence at its end, to a multiple of ``samples``."""
    block = samples * SAMPLE_BYTES
    return pcm + bytes(-len(pcm) % block)


def seconds(pcm: bytes, rate: int) -> float:
    """How long ``pcm`` plays at ``rate``."""
    return len(pcm) / (SAMPLE_BYTES * rate)
