from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from processors.embedded.noise_floor import LOUDEST_SAMPLE, SHORTEST_RUN_SAMPLES, fill_silence

samples = st.lists(
    st.one_of(
        st.integers(-32768, 32767).map(lambda value: [value]),
        st.integers(1, 200).map(lambda count: [0] * count),
        st.sampled_from([[5], [256], [-256], [1, 0, 256]]),
    )
).map(lambda runs: [value for run in runs for value in run])


@given(samples)
def test_only_zeros_change_and_by_next_to_nothing(values: list[int]) -> None:
    filled = array("h", fill_silence(array("h", values).tobytes()))
    assert len(filled) == len(values)
    for before, after in zip(values, filled, strict=True):
        assert after == before or (before == 0 and abs(after) <= LOUDEST_SAMPLE)


def test_a_long_silence_is_no_longer_digital() -> None:
    filled = fill_silence(bytes(2 * 48000))
    assert bytes(2 * SHORTEST_RUN_SAMPLES) not in filled
    assert fill_silence(bytes(2 * 48000)) == filled


def test_a_zero_within_speech_stays() -> None:
    speech = array("h", [100, 0, 0, -100]).tobytes()
    assert fill_silence(speech) == speech
