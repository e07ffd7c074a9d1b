"""The network says what the model says that comes with pipecat-ai, window after window."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest

from processors import silero_model
from processors.silero_model import CONTEXT, STATE_SIZE, WINDOW, Floats, framed, session, silero, weights
from tests.speech import clip
from vantum.core.errors import ModelError

CLIPS = ("weather_question", "order_status", "librivox_0870", "stop", "not_interested")


def spoken(rate: int) -> Floats:
    """Windows of all clips side by side: (steps, clips, samples). At 8 kHz every other sample is enough speech."""
    pcm = [np.frombuffer(clip(name)[:60_000], np.int16).astype(np.float32) / 32_768.0 for name in CLIPS]
    thinned = [samples[:: 16_000 // rate] for samples in pcm]
    steps = min(map(len, thinned)) // WINDOW[rate]
    cut = np.stack([samples[: steps * WINDOW[rate]].reshape(steps, WINDOW[rate]) for samples in thinned])
    return cut.transpose(1, 0, 2)


def as_it_comes(rate: int) -> list[Floats]:
    """What the model of pipecat-ai says of each window of each clip, and the memory that it ends with."""
    model = onnxruntime.InferenceSession(silero(), providers=["CPUExecutionProvider"])
    state = np.zeros((2, len(CLIPS), STATE_SIZE // 2), np.float32)
    contexts = np.zeros((len(CLIPS), CONTEXT[rate]), np.float32)
    said = []
    for windows in spoken(rate):
        given = {
            "input": np.concatenate((contexts, windows), 1),
            "state": state,
            "sr": np.array(rate, np.int64),
        }
        probabilities, state = model.run(None, given)
        contexts = windows[:, -CONTEXT[rate] :]
        said.append(probabilities[:, 0])
    return [*said, np.concatenate((state[0], state[1]), axis=1)]


def as_a_product(rate: int, clips: slice) -> list[Floats]:
    """The same of the network, for some of the clips."""
    count = len(CLIPS[clips])
    state = np.zeros((count, STATE_SIZE), np.float32)
    contexts = np.zeros((count, CONTEXT[rate]), np.float32)
    said = []
    for every in spoken(rate):
        windows = every[clips]
        probabilities, state = session(rate).run(None, {"frames": framed(contexts, windows), "state": state})
        contexts = windows[:, -CONTEXT[rate] :]
        said.append(probabilities[:, 0])
    return [*said, state]


@pytest.mark.parametrize("rate", WINDOW)
@pytest.mark.parametrize("clips", [slice(None), slice(1, 2)], ids=["all at once", "one by itself"])
def test_it_says_what_the_model_says(rate: int, clips: slice) -> None:
    theirs, ours = as_it_comes(rate), as_a_product(rate, clips)
    assert len(theirs) == len(ours) > 50
    for one, other in zip(theirs, ours, strict=True):
        np.testing.assert_allclose(other, one[clips], atol=5e-5)
    assert max(float(said.max()) for said in theirs[:-1]) > 0.9
    assert min(float(said.min()) for said in theirs[:-1]) < 0.1


def test_frames_overlap_and_the_end_is_mirrored() -> None:
    windows = np.arange(256, dtype=np.float32)[np.newaxis]
    frames = framed(np.full((1, 32), -1.0, np.float32), windows)
    assert frames.shape == (1, 4, 128)
    assert frames[0, 0].tolist() == [-1.0] * 32 + list(range(96))
    assert frames[0, 1, :64].tolist() == frames[0, 0, 64:].tolist()
    assert frames[0, 3, 64:].tolist() == [*range(224, 256), *range(254, 222, -1)]


def test_a_model_that_is_built_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    other = silero().replace(b"encoder.2", b"encoder.9")
    monkeypatch.setattr(silero_model, "silero", lambda: other)
    with pytest.raises(
        ModelError, match=r"has no encoder\.2\.reparam_conv\.weight\. Install pipecat-ai 1\.14"
    ):
        weights(16_000)
