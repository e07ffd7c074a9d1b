"""Smart Turn v3.2: has the caller finished? Runs inside a worker process.

The model file and its mel filters come with pipecat-ai. It hears the end of the turn, at most 8 s at 16 kHz; what is
shorter begins with silence. Most turns are shorter by far, and most of the model's work would be on that silence. So
a turn is given to the smallest form of the model that has room for it (``smart_turn_forms.py``): 2 s of speech cost
6 ms of CPU and not 42.
"""

from __future__ import annotations

import numpy as np
import soxr
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from pipecat.audio.turn.smart_turn._whisper_features import (
    _HANN_WINDOW,
    _MEL_FILTERS,
    _MEL_FLOOR,
    _NORM_VARIANCE_EPS,
)

from processors.smart_turn_forms import WHOLE_TOKENS, Form, forms
from processors.smart_turn_request import pack_probability, unpack_turn

MODEL_RATE = 16_000
TOKEN_SAMPLES = 320
"""A token of the model is 20 ms: two frames of its features."""
FRAME_SAMPLES = 160
WINDOW_SAMPLES = 400
MOST_SAMPLES = WHOLE_TOKENS * TOKEN_SAMPLES
LOUDEST_TO_FAINTEST = 8.0

Floats = NDArray[np.float32]
WINDOW: Floats = _HANN_WINDOW.astype(np.float32)
MEL_FILTERS: Floats = np.ascontiguousarray(_MEL_FILTERS.T, dtype=np.float32)


class SmartTurn:
    """Judges turns; one per process."""

    def __init__(self) -> None:
        self.forms = forms()
        for form in self.forms:
            self.word(np.zeros(1, np.float32), form)

    def __call__(self, request: bytes) -> bytes:
        pcm, rate = unpack_turn(request)
        samples = np.frombuffer(pcm, np.int16).astype(np.float32) / np.float32(32768.0)
        heard = samples if rate == MODEL_RATE else soxr.resample(samples, rate, MODEL_RATE)
        return pack_probability(self.judge(heard))

    def judge(self, samples: Floats) -> float:
        """The probability that the turn (-1..1 at 16 kHz) is complete."""
        end = samples[-MOST_SAMPLES:]
        return self.word(end, next(form for form in self.forms if len(end) <= form.tokens * TOKEN_SAMPLES))

    def word(self, turn: Floats, form: Form) -> float:
        """What one of the ``forms`` says of a turn that it has room for."""
        (probabilities,) = form.session.run(None, {"input_features": features(turn, form)[None]})
        return float(probabilities[0].item())


def features(turn: Floats, form: Form) -> Floats:
    """What ``form`` looks at, shape (80, two for each of its tokens): what Whisper makes of the end of 8 s, of which
    ``turn`` is the last part and the rest silence."""
    padded = np.zeros((form.pads + form.tokens) * TOKEN_SAMPLES, np.float32)
    padded[len(padded) - len(turn) :] = turn
    mean = turn.sum() / MOST_SAMPLES
    deviation = np.sqrt(np.square(turn).sum() / MOST_SAMPLES - mean * mean + np.float32(_NORM_VARIANCE_EPS))
    framed = np.pad((padded - mean) / deviation, WINDOW_SAMPLES // 2, mode="reflect")
    windows = sliding_window_view(framed, WINDOW_SAMPLES)[::FRAME_SAMPLES][:-1]
    spectrum = np.fft.rfft(windows * WINDOW, axis=-1)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    logarithms = np.log10(np.maximum(np.float32(_MEL_FLOOR), MEL_FILTERS @ power.T))
    bounded = np.maximum(logarithms, logarithms.max() - np.float32(LOUDEST_TO_FAINTEST))
    scaled: Floats = (bounded + np.float32(4.0)) / np.float32(4.0)
    return scaled
