from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.embedded.jobs import (
    LONGEST_TEXT,
    Heard,
    Line,
    Speech,
    Utterance,
    pack_heard,
    pack_line,
    pack_speech,
    pack_utterance,
    unpack_heard,
    unpack_line,
    unpack_speech,
    unpack_utterance,
)

seconds = st.floats(0, 1000)


@given(st.builds(Utterance, st.binary(), st.lists(st.text()).map(tuple)))
def test_an_utterance_crosses_the_pipe(utterance: Utterance) -> None:
    assert unpack_utterance(pack_utterance(utterance)) == utterance


@given(st.builds(Heard, st.text(), st.floats(-1e9, 0), st.integers(0, 10_000)))
def test_what_was_heard_crosses_the_pipe(heard: Heard) -> None:
    assert unpack_heard(pack_heard(heard)) == heard


@given(st.builds(Line, st.text(), st.text(), st.integers(80, 450), st.integers(8000, 48000)))
def test_a_line_crosses_the_pipe(line: Line) -> None:
    assert unpack_line(pack_line(line)) == line


@given(st.builds(Speech, st.binary(), st.lists(st.tuples(st.text(), seconds)).map(tuple)))
def test_speech_crosses_the_pipe(speech: Speech) -> None:
    assert unpack_speech(pack_speech(speech)) == speech


def test_a_text_too_long_to_be_one_piece_is_no_line() -> None:
    with pytest.raises(ValueError, match="5001 characters; at most 5000"):
        Line("a" * (LONGEST_TEXT + 1), "en-us", 165, 16000)


@pytest.mark.parametrize("payload", [b'["a"]\n', b'["a",1,2,3]\n', b"no json\n", b""])
def test_a_wrong_number_of_values_is_refused(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r"values where|Expecting value"):
        unpack_heard(payload)


@pytest.mark.parametrize("payload", [b"[1,2,3]\n", b'["a","b",3]\n', b'{"a":1}\n', b'"text"\n'])
def test_a_value_of_the_wrong_type_is_refused(payload: bytes) -> None:
    with pytest.raises(TypeError, match=r"where a .* belongs"):
        unpack_heard(payload)
