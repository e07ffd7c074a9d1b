"""What a caller with real audio sounds like: recordings, sentences of the embedded voice, and noise."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Final

import numpy as np

from processors.embedded.engines import Synthesiser
from processors.embedded.jobs import Line
from processors.tts.local_voice import VOICES
from vantum.core.audio import PIPELINE_RATE
from vantum.core.errors import ProviderError, UsageError
from vantum.simulation.scenario import Noise, Plays, Says, Step
from vantum.testing.microphone import clip_of

WORDS_PER_MINUTE: Final = 165
CALLER: Final = VOICES["male"]
"""The bot's voice is the other one unless a setting says otherwise."""
NOISE_LEVEL: Final = 3000.0
"""RMS of a noise, of 32768: a door or a cough near the telephone."""


async def audio_of(steps: tuple[Step, ...], voice: Synthesiser | None) -> Mapping[Step, bytes]:
    """PCM16 at 16 kHz of each step that can be heard; without a ``voice``, one is opened for this."""
    async with AsyncExitStack() as closing:
        speaker = voice
        if speaker is None and any(isinstance(step, Says) for step in steps):
            speaker = await _opened(closing)
        found: dict[Step, bytes] = {}
        for step in steps:
            match step:
                case Says() if speaker is not None:
                    line = Line(step.text, CALLER, WORDS_PER_MINUTE, PIPELINE_RATE)
                    found[step] = (await speaker.speak(line)).pcm
                case Plays():
                    found[step] = clip_of(0.0, step.wav).pcm
                case Noise():
                    found[step] = noise(step.seconds)
                case _:
                    pass
        return found


async def _opened(closing: AsyncExitStack) -> Synthesiser:
    synthesiser = Synthesiser()
    closing.push_async_callback(synthesiser.close)
    try:
        await synthesiser.start()
    except (ProviderError, ImportError) as error:
        raise UsageError(
            f"The embedded voice cannot speak the caller's sentences: {error}.",
            "Install vantum[local], or let the caller play recordings.",
        ) from error
    return synthesiser


def noise(seconds: float) -> bytes:
    """White noise, the same each time."""
    samples = np.random.default_rng(1).normal(0.0, NOISE_LEVEL, round(seconds * PIPELINE_RATE))
    return np.clip(samples, -32768, 32767).astype("<i2").tobytes()
