"""The recordings that come with the package."""

from __future__ import annotations

import numpy as np
import pytest

from processors.tts.last_words import TEXTS, last_words, recording_path
from vantum.core.languages import KNOWN

LARGEST_BYTES = 80_000


def test_there_is_one_for_each_language_that_the_conversation_knows() -> None:
    assert set(TEXTS) == set(KNOWN)


@pytest.mark.parametrize("language", KNOWN)
@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000])
def test_a_recording_is_speech_of_its_length(language: str, rate: int) -> None:
    text, pcm = last_words(language, rate)
    assert text == TEXTS[language]
    samples = np.frombuffer(pcm, np.int16).astype(float)
    seconds = len(samples) / rate
    assert 4.0 < seconds < 7.0
    assert 8 < len(text) / seconds < 20
    assert np.sqrt(np.mean(samples**2)) > 1000


@pytest.mark.parametrize("language", KNOWN)
def test_a_recording_is_small(language: str) -> None:
    assert recording_path(language).stat().st_size < LARGEST_BYTES


@pytest.mark.parametrize(
    ("tag", "language"), [("de-AT", "de"), ("FR_ca", "fr"), ("pt", "en"), ("", "en"), ("multi", "en")]
)
def test_any_language_gets_words(tag: str, language: str) -> None:
    assert last_words(tag, 16_000) == last_words(language, 16_000)
