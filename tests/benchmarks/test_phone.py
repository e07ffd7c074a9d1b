"""What the benchmark of phone calls makes of what was heard."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.phone import first_sound, recording, silence_after
from tests.wire.twilio_mulaw import RATE, Pcm


class Heard:
    """A call of which only the sound is of interest."""

    def __init__(self, *stretches: tuple[float, float]) -> None:
        self.heard: Pcm = np.zeros(10 * RATE, np.int16)
        for begin, end in stretches:
            self.heard[round(begin * RATE) : round(end * RATE)] = 5000


def test_the_greeting_begins_with_the_first_sound() -> None:
    assert first_sound(Heard((0.37, 1.0))) == pytest.approx(0.37)  # type: ignore[arg-type]


def test_a_pause_between_words_is_no_silence() -> None:
    heard = Heard((0.0, 2.1), (2.2, 2.4), (5.0, 6.0))
    assert silence_after(heard, 2.0) == pytest.approx(0.4)  # type: ignore[arg-type]


def test_the_recording_begins_with_a_sound() -> None:
    said = recording()
    assert np.abs(said[: RATE // 20].astype(int)).max() > 300
