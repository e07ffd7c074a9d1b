"""Which messages of Deepgram are complete enough for their readers, and which words of it come too late."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.stt.deepgram_messages import Finals, Message, message_of

RESULTS = {
    "type": "Results",
    "start": 0,
    "duration": 1.5,
    "is_final": True,
    "channel": {"alternatives": [{"transcript": "hello"}]},
}


@pytest.mark.parametrize(
    "message",
    [
        RESULTS,
        RESULTS | {"channel": {"alternatives": []}},
        {"type": "SpeechStarted", "timestamp": 0.5},
        {"type": "UtteranceEnd"},
        {"type": "Metadata"},
        {"type": "Error", "description": "no"},
    ],
)
def test_a_complete_message_is_read(message: dict[str, object]) -> None:
    assert message_of(json.dumps(message)) == message


@pytest.mark.parametrize(
    "raw",
    [
        b"{}",
        "",
        "{",
        "null",
        "{}",
        '{"type":7}',
        '{"type":"Warning"}',
        '{"type":"SpeechStarted"}',
        json.dumps(RESULTS | {"start": None}),
        json.dumps(RESULTS | {"start": -9}),
        json.dumps(RESULTS | {"duration": float("inf")}),
        json.dumps(RESULTS | {"duration": float("nan")}),
        json.dumps(RESULTS | {"channel": None}),
        json.dumps(RESULTS | {"channel": {"alternatives": {}}}),
        json.dumps(RESULTS | {"channel": {"alternatives": [{"transcript": None}]}}),
    ],
)
def test_any_other_is_none(raw: str | bytes) -> None:
    assert message_of(raw) is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["type", "channel", "start"]) | st.text(), inner)
        ),
    )
)
def test_whatever_comes_is_borne(value: object) -> None:
    assert message_of(json.dumps(value)) is None or isinstance(value, dict)


def results(start: float, duration: float, *, final: bool) -> Message:
    return {"type": "Results", "start": start, "duration": duration, "is_final": final}


@pytest.mark.parametrize(
    ("before", "message", "late"),
    [
        ([], results(0.0, 1.0, final=False), False),
        ([results(0.0, 2.0, final=False)], results(0.0, 1.0, final=False), False),
        ([results(0.0, 2.0, final=True)], results(0.0, 1.0, final=False), True),
        ([results(0.0, 2.0, final=True)], results(0.0, 2.0, final=False), True),
        ([results(0.0, 2.0, final=True)], results(0.5, 2.0, final=False), False),
        ([results(0.0, 2.0, final=True)], results(2.0, 0.5, final=False), False),
        # Finals may tell of the same audio again: the conversation knows what was said twice.
        ([results(0.0, 2.0, final=True)], results(0.0, 2.0, final=True), False),
        (
            [results(0.0, 2.0, final=True), results(0.0, 1.0, final=True)],
            results(1.0, 1.0, final=False),
            True,
        ),
        ([results(0.0, 2.0, final=True)], {"type": "SpeechStarted", "timestamp": 1.0}, False),
    ],
)
def test_words_that_may_change_are_late_when_they_are_final_already(
    before: list[Message], message: Message, late: bool
) -> None:
    finals = Finals()
    assert not any(finals.overtook(one) for one in before)
    assert finals.overtook(message) is late
