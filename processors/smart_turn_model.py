"""Smart Turn v3.2: has the caller finished? Runs inside a worker process (an answer takes 40 ms of CPU).

The model file and the features it looks at come with pipecat-ai. It hears the end of the turn, at most 8 s at
16 kHz, from the speaker's first word on; what is shorter begins with silence.
"""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import onnxruntime
import soxr
from numpy.typing import NDArray
from pipecat.audio.turn.smart_turn._whisper_features import compute_whisper_log_mel_features

from processors.smart_turn_request import pack_probability, unpack_turn

MODEL_RATE = 16_000
MODEL_SECONDS = 8


class SmartTurn:
    """Judges turns; one per process."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        model = files("pipecat.audio.turn.smart_turn.data").joinpath("smart-turn-v3.2-cpu.onnx").read_bytes()
        self._session = onnxruntime.InferenceSession(
            model, sess_options=options, providers=["CPUExecutionProvider"]
        )
        self.judge(np.zeros(1, np.float32))

    def __call__(self, request: bytes) -> bytes:
        pcm, rate = unpack_turn(request)
        samples = np.frombuffer(pcm, np.int16).astype(np.float32) / 32768.0
        heard = samples if rate == MODEL_RATE else soxr.resample(samples, rate, MODEL_RATE)
        return pack_probability(self.judge(heard))

    def judge(self, samples: NDArray[np.float32]) -> float:
        """The probability that the turn (-1..1 at 16 kHz) is complete."""
        longest = MODEL_RATE * MODEL_SECONDS
        end = samples[-longest:]
        features = compute_whisper_log_mel_features(np.pad(end, (longest - len(end), 0)))
        (probabilities,) = self._session.run(None, {"input_features": features[None]})
        return float(probabilities[0].item())
