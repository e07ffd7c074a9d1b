"""Each expectation, as it is written in a scenario: when it is met, and what it says it found."""

from __future__ import annotations

import pytest

from tests.vantum.simulation.recorded import event, played
from vantum.core.errors import UsageError
from vantum.simulation.document import parse_document
from vantum.simulation.expectation_file import read_expectation
from vantum.testing import PlayedCall

CALL = played(
    event(0.0, "state_changed", state="listening"),
    event(2.7, "turn_committed", turn=1, text="Hello?"),
    event(2.7, "state_changed", state="thinking"),
    event(3.2, "state_changed", state="responding"),
    event(3.2, "utterance_started", utterance_id="u"),
    event(3.2, "turn_latency", turn=1, seconds={"committed": 0.2, "heard": 0.7}),
    event(3.2, "words_spoken", utterance_id="u", text="I am"),
    event(3.6, "words_spoken", utterance_id="u", text="fine."),
    event(4.0, "utterance_paused", utterance_id="u"),
    event(4.5, "utterance_resumed", utterance_id="u"),
    event(5.0, "utterance_ended", utterance_id="u", text="I am fine.", interrupted=True),
    event(6.0, "turn_committed", turn=2, text="And"),
    event(6.2, "turn_committed", turn=2, text="And you?"),
    event(7.0, "tool_returned", call_id="1", seconds=1.0001, failed=False),
    event(9.0, "call_ended", reason="client left"),
    sounds=((3.2, 4.0), (4.5, 5.0)),
    context=(("user", "Hello?"), ("assistant", "I am fine…"), ("call", "look_up"), ("result", '{"a": 1}')),
    transcript=(("caller", "Hello?"), ("bot", "I am fine.")),
    asked=("Hello?", "And you?"),
)
EMPTY = played(ended=1.0)


def verdict(text: str, call: PlayedCall = CALL) -> tuple[bool, str, str]:
    found = read_expectation(parse_document(text, "a.yaml")).check(call)
    return found.met, found.wanted, found.found


@pytest.mark.parametrize(
    "text",
    [
        "user_turns: 2",
        "user_turns: {at_least: 1, at_most: 2}",
        "answers: 1",
        "interrupted: 1",
        "drafts: 0",
        "dropped: 0",
        "prompts: {at_most: 0}",
        "errors: 0",
        "states: [listening, thinking, responding]",
        "states: [thinking]",
        "heard: I am fine.",
        "heard: {text: I am, until: 3.5}",
        "heard: {text: fine., from: 3.5}",
        "heard: {text: '', from: 8}",
        "heard_among: AM FINE",
        "never_heard: goodbye",
        "silent: {until: 3.2}",
        "silent: {from: 4.0, until: 4.5}",
        "silent: {from: 5}",
        "speaks: 3.21",
        "speaks: {at: 3.0, within: 0.25}",
        "speaks: {at: {at_least: 4, at_most: 4.6}}",
        "speaks: {from: 3.3, until: 3.9}",
        "held: [[4, 4.5]]",
        "held: {stretches: [[4.1, 4.4]], within: 0.1}",
        "voice_to_voice: {at_most: 0.7}",
        "context: [{user: 'Hello?'}, {assistant: I am fine…}, {call: look_up}, {result: {a: 1}}]",
        "transcript: [{caller: 'Hello?'}, {bot: I am fine.}]",
        "transcript_has: am FINE",
        "asked: 2",
        "asked: {last_has: [and you], last_lacks: [hello]}",
        "asked: {count: {at_least: 1}}",
        "ended: client left",
        "ended: {at: {at_most: 9}}",
        "ended: {reason: left, at: 9, within: 0}",
        "event: {name: turn_committed}",
        "event: {name: turn_committed, count: 1, where: {turn: 1}}",
        "event: {name: turn_committed, count: 2, from: 6}",
        "event: {name: tool_returned, where: {seconds: 1.0, failed: false}}",
        "event: {name: draft_started, count: 0}",
    ],
)
def test_met(text: str) -> None:
    met, wanted, found = verdict(text)
    assert met, (wanted, found)


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("user_turns: 1", "user_turns: 1", "2, at 2.7, 6.2"),
        ("answers: {at_least: 2}", "answers: at least 2", "1, at 3.2"),
        ("states: [listening, responding]", "states: listening → responding", "listening 0, thinking 2.7, "),
        ("heard: I am", "heard: 'I am'", "'I am fine.'"),
        ("heard_among: {text: I, from: 3.5}", "heard_among: 'I' from 3.5", "'fine.'"),
        ("never_heard: AM", "never_heard: 'AM'", "'I am fine.'"),
        ("silent: {from: 3.9, until: 4.2}", "silent: from 3.9 until 4.2", "3.2-4, 4.5-5"),
        ("speaks: 3.5", "speaks: at at least 3.48 and at most 3.52", "3.2-4, 4.5-5"),
        ("speaks: {from: 3.9, until: 4.1}", "speaks: from 3.9 until 4.1", "3.2-4, 4.5-5"),
        ("held: []", "held: never", "4-4.5"),
        ("held: [[4, 4.4]]", "held: 4-4.4", "4-4.5"),
        ("voice_to_voice: {at_most: 0.6}", "voice_to_voice: at most 0.6", "0.7"),
        (
            "context: [{user: Hi}]",
            "context: user: Hi",
            "user: Hello? | assistant: I am fine… | call: look_up |",
        ),
        ("transcript: [{bot: Hi}]", "transcript: bot: Hi", "caller: Hello? | bot: I am fine."),
        ("transcript_has: you", "transcript_has: 'you'", "caller: Hello?"),
        (
            "asked: {count: 3, last_has: [order], last_lacks: [you]}",
            "asked: 3, has 'order', lacks 'you'",
            "2, l",
        ),
        ("ended: goodbye", "ended: 'goodbye'", "'client left' at 9"),
        ("ended: {at: {at_most: 8}}", "ended: '' at at most 8", "'client left' at 9"),
        (
            "event: {name: turn_committed, where: {turn: 3}}",
            'turn_committed: at least 1 with {"turn": 3}',
            "0",
        ),
    ],
)
def test_not_met(text: str, wanted: str, found: str) -> None:
    met, what, was = verdict(text)
    assert not met
    assert what == wanted
    assert was.startswith(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("voice_to_voice: {at_most: 9}", "no turn was answered"),
        ("asked: {last_has: [you]}", "0, lacks 'you'"),
        ("speaks: 1", "never"),
        ("context: [{user: a}]", "nothing"),
        ("heard: something", "''"),
        ("ended: client left", "'' at 1"),
    ],
)
def test_a_call_in_which_nothing_happened(text: str, found: str) -> None:
    assert verdict(text, EMPTY) == (False, verdict(text, EMPTY)[1], found)


def test_a_cut_while_held_ends_the_hold() -> None:
    call = played(
        event(4.0, "utterance_paused", utterance_id="u"), event(4.4, "utterance_ended", utterance_id="u")
    )
    assert verdict("held: [[4, 4.4]]", call)[0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{}", "this must be one expectation"),
        ("{user_turns: 1, answers: 1}", "this must be one expectation"),
        ("hears: a", "unknown key 'hears'. Allowed: answers, "),
        ("states: [talking]", "'talking' is not known here. Allowed: initializing"),
        ("event: {name: barge_in}", "'barge_in' is not known here. Allowed: call_started"),
        ("event: {name: turn_committed, where: {words: a}}", "unknown key 'words'. Allowed: turn, text"),
        ("user_turns: {at_least: 3, at_most: 1}", "no number is both"),
        ("silent: {from: 3, until: 1}", "this ends before it begins"),
        ("speaks: {from: 3}", "nothing says when"),
        ("held: [[1]]", "1 numbers are here. Write 2"),
        ("context: [{caller: a}]", "unknown key 'caller'. Allowed: user, assistant, call, result"),
        ("never_heard: ''", "this must be a text"),
    ],
)
def test_what_cannot_be_expected(text: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        verdict(text)
