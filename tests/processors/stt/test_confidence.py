"""Confidence of transcripts, with and without a provider's result."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from pipecat.frames.frames import TranscriptionFrame

from processors.stt.confidence import confidence_of


def frame(result: object) -> TranscriptionFrame:
    return TranscriptionFrame("yes", "", "now", result=result)


def results(*confidences: float) -> SimpleNamespace:
    alternatives = [SimpleNamespace(confidence=confidence) for confidence in confidences]
    return SimpleNamespace(channel=SimpleNamespace(alternatives=alternatives))


@pytest.mark.parametrize(
    ("result", "confidence"),
    [(results(0.87, 0.2), 0.87), (results(), 1.0), (None, 1.0), ({"other": 1}, 1.0), (results(1.2), 1.0)],
)
def test_the_first_alternative_says_how_sure_it_is(result: object, confidence: float) -> None:
    assert confidence_of(frame(result)) == confidence
