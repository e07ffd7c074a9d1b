"""What the caller hears when no voice works at all: a recording that comes with the package, in five languages.

The recordings are mu-law at 16 kHz, packed with xz. ``python -m benchmarks.last_words`` makes them again.
"""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import soxr
from pipecat.frames.frames import Frame, TTSAudioRawFrame, TTSStoppedFrame, TTSTextFrame

from vantum.core import mulaw
from vantum.core.audio import SAMPLE_BYTES
from vantum.core.languages import in_language

RATE = 16_000
"""Hertz of the recordings."""
CHUNK_SECONDS = 0.1
"""How much of them a frame holds: small enough to stop promptly."""
FOLDER = Path(__file__).parent / "recordings"

TEXTS = {
    "en": "I am sorry, there is a technical problem on our side. We will call you back. Goodbye.",
    "es": "Lo siento, tenemos un problema técnico. Le volveremos a llamar. Adiós.",
    "de": "Es tut mir leid, bei uns gibt es ein technisches Problem. Wir rufen Sie zurück. Auf Wiederhören.",
    "fr": "Je suis désolée, nous avons un problème technique. Nous vous rappellerons. Au revoir.",
    "hi": "माफ़ कीजिए, हमारी तरफ़ एक तकनीकी समस्या है। हम आपको वापस फ़ोन करेंगे। नमस्ते।",
}
"""What the recordings say, by language."""


def last_words(language: str, rate: int) -> tuple[str, bytes]:
    """The words and their audio (PCM16, mono) at ``rate`` hertz, in the language of a tag; else in English."""
    text = in_language(TEXTS, language)
    return text, _recording(next(tag for tag in TEXTS if TEXTS[tag] == text), rate)


def spoken_last_words(language: str, rate: int, context_id: str) -> Iterator[Frame]:
    """The frames of an utterance that ends with them."""
    text, pcm = last_words(language, rate)
    step = SAMPLE_BYTES * round(CHUNK_SECONDS * rate)
    for at in range(0, len(pcm), step):
        yield TTSAudioRawFrame(pcm[at : at + step], rate, 1, context_id=context_id)
    words = TTSTextFrame(text, "sentence")
    words.context_id = context_id
    yield words
    yield TTSStoppedFrame(context_id=context_id)


def recording_path(language: str) -> Path:
    """Where the recording in this language lies."""
    return FOLDER / f"last_words_{language}.ulaw.xz"


@cache
def _recording(language: str, rate: int) -> bytes:
    # Each is 60 kB on the disk: read once a process, when the first call needs it.
    pcm = mulaw.decoded(lzma.decompress(recording_path(language).read_bytes()))
    if rate == RATE:
        return pcm
    resampled: bytes = soxr.resample(np.frombuffer(pcm, np.int16), RATE, rate).tobytes()
    return resampled
