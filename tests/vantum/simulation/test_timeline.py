"""What is drawn of a call: its lanes, out of the record and of what was really heard."""

from __future__ import annotations

from tests.vantum.simulation.recorded import event
from vantum.simulation.simulated_call import Heard
from vantum.simulation.timeline import Kind, Moment, Stretch, timeline_of

EVENTS = (
    event(0.0, "state_changed", state="listening"),
    event(1.0, "transcript", text="hel", final=False),
    event(2.0, "draft_started", attempt=1),
    event(2.1, "draft_dropped", attempt=1),
    event(2.4, "draft_started", attempt=2),
    event(2.7, "turn_committed", turn=1, text="Hello", ended_by="silence", silent_seconds=0.2),
    event(2.8, "tool_called", call_id="1", name="look_up"),
    event(3.0, "tool_returned", call_id="1", name="look_up", failed=False),
    event(3.2, "utterance_started", utterance_id="u"),
    event(3.2, "turn_latency", turn=1, seconds={"committed": 0.2, "first_byte": 0.7}),
    event(3.2, "words_spoken", utterance_id="u", text="I am"),
    event(4.0, "utterance_paused", utterance_id="u"),
    event(4.5, "barge_in_decided", kind="noise", text=""),
    event(4.5, "utterance_resumed", utterance_id="u"),
    event(4.6, "words_spoken", utterance_id="u", text="fine."),
    event(5.0, "utterance_ended", utterance_id="u", text="I am fine.", interrupted=True),
    event(6.0, "call_ended", reason="client left"),
)


def test_a_record_alone() -> None:
    timeline = timeline_of(EVENTS)
    assert timeline.seconds == 6.0
    assert timeline.caller == (Stretch(1.0, 2.5, Kind.SPEECH, "Hello"),)
    assert timeline.bot == (
        Stretch(3.2, 4.0, Kind.BOT, "I am"),
        Stretch(4.5, 5.0, Kind.BOT, "fine."),
        Stretch(4.0, 4.5, Kind.HELD, "held 0.5 s"),
    )
    assert timeline.work == (
        Stretch(2.0, 2.1, Kind.DROPPED, "draft 1 dropped"),
        Stretch(2.4, 2.7, Kind.DRAFT, "draft 2 kept"),
        Stretch(2.7, 3.2, Kind.THINKING, "thinking"),
        Stretch(2.8, 3.0, Kind.TOOL, "look_up()"),
    )
    assert timeline.states == (
        Stretch(0.0, 0.0, Kind.STATE, "initializing"),
        Stretch(0.0, 6.0, Kind.STATE, "listening"),
    )
    assert timeline.moments == (
        Moment(2.7, Kind.TURN, "turn 1 (silence)"),
        Moment(4.5, Kind.BARGE_IN, "noise"),
        Moment(5.0, Kind.CUT, "cut"),
        Moment(6.0, Kind.NOTE, "client left"),
    )
    assert timeline.latencies == (Stretch(2.5, 3.2, Kind.THINKING, "committed 0.20, first byte 0.70"),)


def test_what_was_really_heard_comes_first() -> None:
    timeline = timeline_of(EVENTS, [Heard(0.5, 2.5, "Hello"), Heard(3.8, 3.9, "")], [(3.2, 4.0), (4.6, 5.0)])
    assert timeline.caller == (
        Stretch(0.5, 2.5, Kind.SPEECH, "Hello"),
        Stretch(3.8, 3.9, Kind.NOISE, "noise"),
    )
    assert timeline.bot[:2] == (Stretch(3.2, 4.0, Kind.BOT, "I am"), Stretch(4.6, 5.0, Kind.BOT, "fine."))


def test_a_failed_tool_and_every_other_moment() -> None:
    timeline = timeline_of(
        [
            event(1.0, "tool_called", call_id="1", name="look_up"),
            event(2.0, "tool_returned", call_id="1", name="look_up", failed=True),
            event(2.0, "caller_prompted", reason="slow", text="One moment."),
            event(3.0, "key_pressed", key="1"),
            event(3.1, "digits_sent", digits="42"),
            event(3.2, "language_changed", language="de"),
            event(3.3, "error_reported", source="llm"),
            event(3.3, "provider_switched", kind="llm", provider="groq"),
            event(3.4, "disposition_recorded", disposition="callback"),
            event(3.5, "transfer_requested", number="+1"),
            event(3.6, "barge_in_decided", kind="backchannel", text="mhm"),
            event(3.7, "utterance_ended", utterance_id="never begun", interrupted=False),
        ]
    )
    assert timeline.work == (Stretch(1.0, 2.0, Kind.FAILED, "look_up()"),)
    assert [moment.text for moment in timeline.moments] == [
        "prompt (slow)",
        "key 1",
        "sends 42",
        "language de",
        "error of llm",
        "llm by groq",
        "callback",
        "transfer",
        "backchannel: mhm",
    ]


def test_an_empty_record() -> None:
    timeline = timeline_of([])
    assert (timeline.seconds, timeline.caller, timeline.bot, timeline.states) == (0.0, (), (), ())
