"""What came of a call can be asked for by name and by time."""

from __future__ import annotations

import pytest

from vantum.testing import PlayedCall, Received, Sound

RECORD: dict[str, object] = {
    "transcript": [
        {"t": 0.5, "speaker": "bot", "text": "Good day to you."},
        {"t": 3.0, "speaker": "caller", "text": "Hello"},
    ],
    "events": [
        {"t": 0.5, "event": "words_spoken", "text": "Good"},
        {"t": 0.5, "event": "state_changed", "previous": "initializing", "state": "responding"},
        {"t": 0.8, "event": "words_spoken", "text": "day"},
        {"t": 1.0, "event": "words_spoken", "text": "to you."},
        {"t": 2.0, "event": "state_changed", "previous": "responding", "state": "listening"},
    ],
}
CALL = PlayedCall(
    received=(Received(0.1, "a", {"x": 1}), Received(0.2, "b", {}), Received(0.3, "a", {"x": 2})),
    closed=None,
    sounds=(Sound(0.5, 1.5, "u"), Sound(1.6, 2.0, "u")),
    context=(),
    record=RECORD,
    ended=4.0,
)


def test_messages_by_name() -> None:
    assert [message.payload for message in CALL.of("a")] == [{"x": 1}, {"x": 2}]
    assert CALL.times("a") == [0.1, 0.3]
    assert CALL.times("c") == []


def test_what_was_heard_by_a_time() -> None:
    assert CALL.heard(0.4) == ""
    assert CALL.heard(0.8) == "Good day"
    assert CALL.heard(since=0.6, by=0.9) == "day"
    assert CALL.heard() == "Good day to you."
    assert CALL.audible == [(0.5, 1.5), (1.6, 2.0)]


def test_states_and_transcript() -> None:
    assert CALL.states == [(0.5, "responding"), (2.0, "listening")]
    assert CALL.transcript == [("bot", "Good day to you."), ("caller", "Hello")]


def test_a_record_that_is_none_is_named() -> None:
    broken = PlayedCall((), None, (), (), {"transcript": None, "events": 7}, 0.0)
    with pytest.raises(TypeError, match="The transcript is None"):
        _ = broken.transcript
    with pytest.raises(TypeError, match="The events are 7"):
        broken.events("transcript")
