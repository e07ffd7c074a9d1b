"""A turn and its judgement cross the pipe unchanged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.smart_turn_request import pack_probability, pack_turn, unpack_probability, unpack_turn


@given(st.binary(), st.integers(8_000, 48_000))
def test_a_turn_crosses_the_pipe(pcm: bytes, rate: int) -> None:
    assert unpack_turn(pack_turn(pcm, rate)) == (pcm, rate)


@given(st.floats(0, 1))
def test_a_judgement_crosses_the_pipe(probability: float) -> None:
    assert unpack_probability(pack_probability(probability)) == probability


@pytest.mark.parametrize("request_", [b"", b"\0", pack_turn(b"", 7_999), pack_turn(b"", 48_001), b"no turn"])
def test_what_is_no_turn_is_refused(request_: bytes) -> None:
    with pytest.raises(ValueError, match="Hz; from 8000 to 48000 are heard"):
        unpack_turn(request_)
