"""Whole conversations of the outreach demo: what the caller says, where it leads, and how the call comes out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from processors.llm.local_llm import phrase_matcher
from processors.script_file import load_script
from vantum.core.conversation import Conversation
from vantum.core.dialogue import reply
from vantum.core.dialogue_script import Disposition
from vantum.core.dialogue_turn import Phase
from vantum.core.words import BREAK

SCRIPT = load_script(Path(__file__).parents[2] / "pipelines" / "outreach_script.yaml")
MATCH = phrase_matcher()


@dataclass(frozen=True, slots=True)
class Turn:
    """What was understood, where it led, and what was said."""

    intent: str | None
    at: str
    text: str
    disposition: Disposition | None


def call(*lines: str) -> list[Turn]:
    """Lines of a caller who hears every answer to its end."""
    conversation = Conversation("You are a demo.")
    conversation.caller_heard(SCRIPT.greeting, interrupted=False)
    turns = []
    for line in lines:
        conversation.heard_caller(line)
        told = reply(SCRIPT, conversation.messages, MATCH)
        conversation.caller_heard(told.text.replace(BREAK, ""), interrupted=False)
        turns.append(Turn(told.intent, told.state.at, told.text, told.disposition))
        assert (told.disposition is not None) is (told.state.phase is Phase.ENDED)
    return turns


CALLS: dict[str, tuple[list[tuple[str, str | None, str]], Disposition | None]] = {
    "a meeting": (
        [
            ("yes please", "yes", "missed"),
            ("yeah all the time", "yes", "reminders"),
            ("well I guess we do that by hand mostly", "by_phone", "demo"),
            ("that would be great", "yes", "demo_time"),
            ("thursday", None, "demo_time"),
            ("at ten", None, "demo_time"),
            ("yes that's right", "yes", "booked"),
        ],
        Disposition.MEETING_BOOKED,
    ),
    "okay is no consent": (
        [
            ("yes", "yes", "missed"),
            ("it happens", "yes", "reminders"),
            ("we text them", "by_text", "demo"),
            ("okay", "ack", "demo"),
            ("not a bad idea", "yes", "demo_time"),
            ("tomorrow at four", None, "demo_time"),
            ("okay", "ack", "demo_time"),
            ("yes but make it five", None, "demo_time"),
            ("correct", "yes", "booked"),
        ],
        Disposition.MEETING_BOOKED,
    ),
    "a busy caller": (
        [
            ("sorry i am busy can you call me back on thursday", "busy", "callback"),
            ("ten thirty", None, "callback"),
            ("yes", "yes", "called_back"),
        ],
        Disposition.CALLBACK,
    ),
    "not before noon": (
        [
            ("do not call me before noon", "busy", "callback"),
            ("friday", None, "callback"),
            ("yes", "yes", "called_back"),
        ],
        Disposition.CALLBACK,
    ),
    "a caller who wants a person": (
        [
            ("I don't want to talk to a robot", "human", "colleague"),
            ("tomorrow morning", None, "colleague"),
            ("no friday", "no", "colleague"),
            ("yes", "yes", "called_back"),
        ],
        Disposition.CALLBACK,
    ),
    "do not call": ([("please take me off you list", "do_not_call", "removed")], Disposition.DO_NOT_CALL),
    "do not call in the middle": (
        [("yes", "yes", "missed"), ("stop calling me", "do_not_call", "removed")],
        Disposition.DO_NOT_CALL,
    ),
    "stop": (
        [("stop it please stop it", "stop", "stopped"), ("yes", "yes", "removed")],
        Disposition.DO_NOT_CALL,
    ),
    "stop twice": ([("stop", "stop", "stopped"), ("stop", "stop", "removed")], Disposition.DO_NOT_CALL),
    "only stop": ([("stop", "stop", "stopped"), ("no", "no", "declined")], Disposition.NOT_INTERESTED),
    "not interested twice": (
        [
            ("no thank you i am not interested", "not_interested", "opening"),
            ("no thank you i am not interested", "not_interested", "declined"),
        ],
        Disposition.NOT_INTERESTED,
    ),
    "questions first": (
        [
            ("wait are you a robot", "robot", "opening"),
            ("who is this and where did you get to my number", "who", "opening"),
            ("yes i am interested tell me more about the price", "price", "opening"),
            ("how does it work", "info", "opening"),
            ("we already have a system like that", "have_one", "opening"),
            ("yes", "yes", "missed"),
        ],
        None,
    ),
    "no need": ([("sure", "yes", "missed"), ("hardly ever", "no", "no_need")], Disposition.NOT_INTERESTED),
    "a second chance": (
        [
            ("rather not", "no", "pitch"),
            ("yes", "yes", "missed"),
            ("now and then", "yes", "reminders"),
            ("we have a program for that", "by_software", "demo"),
            ("no", "no", "no_demo"),
        ],
        Disposition.NOT_INTERESTED,
    ),
    "no second chance": ([("no", "no", "pitch"), ("no", "no", "declined")], Disposition.NOT_INTERESTED),
    "a wrong number": (
        [("you must have the wrong number", "wrong_person", "wrong_person")],
        Disposition.WRONG_PERSON,
    ),
    "goodbye": ([("goodbye", "bye", "goodbye")], Disposition.NOT_INTERESTED),
    "another language": (
        [
            ("and while my fellow america and not like your hundred", None, "opening"),
            ("what is the weather in paris", None, "opening"),
            ("m h amp", "ack", "unclear"),
        ],
        Disposition.NO_CONVERSATION,
    ),
    "no time of day pleases": (
        [
            ("call me back later", "busy", "callback"),
            ("no", "no", "declined"),
        ],
        Disposition.NOT_INTERESTED,
    ),
    "any time": (
        [
            ("yes", "yes", "missed"),
            ("every now and then", "yes", "reminders"),
            ("we don't", "none", "demo"),
            ("yes", "yes", "demo_time"),
            ("any time is fine", "any_time", "demo_time"),
            ("in an hour", None, "demo_time"),
            ("yes", "yes", "booked"),
        ],
        Disposition.MEETING_BOOKED,
    ),
    "after the end": (
        [("goodbye", "bye", "goodbye"), ("and take me off your list", "do_not_call", "removed")],
        Disposition.DO_NOT_CALL,
    ),
}


@pytest.mark.parametrize(("lines", "disposition"), CALLS.values(), ids=CALLS)
def test_a_call(lines: list[tuple[str, str | None, str]], disposition: Disposition | None) -> None:
    turns = call(*(said for said, _, _ in lines))
    heard = [(said, turn.intent, turn.at) for (said, _, _), turn in zip(lines, turns, strict=True)]
    assert heard == lines
    assert turns[-1].disposition is disposition


# What the embedded speech recognition made of the recordings in tests/audio, word for word.
TRANSCRIBED = {
    "wait are you a robot": "robot",
    "sorry i am busy can you call me back on thursday": "busy",
    "please take me off your list": "do_not_call",
    "yes i am interested tell me more about the price": "price",
    "no thank you i am not interested": "not_interested",
    "who is this and where did you get to my number": "who",
    "stop it please stop it": "stop",
    "m h amp": "ack",
    "what is the weather in paris": None,
    "hello my name is john would like to check the status of my order please": None,
    "and while my fellow america and not like your hundred and over you and what you can you be on the ivory": None,
    "but mr john guess would have been leisure to consider how much there might be crudely in his power": None,
    "homeless to be rather cold hearted and rather selfish is to the oldest those": None,
    "he might even have been made amiable himself": None,
}  # fmt: skip


@pytest.mark.parametrize(("transcript", "intent"), TRANSCRIBED.items())
def test_a_recording(transcript: str, intent: str | None) -> None:
    assert call(transcript)[0].intent == intent


def test_what_is_promised_is_read_back_word_for_word() -> None:
    turns = call("I'm busy, call me on Thursday", "at ten", "yes")
    assert [turn.text for turn in turns] == [
        "Thursday, good. At what time may we call?",
        "So we call you back Thursday at ten, is that right?",
        "Thank you. You will hear from us Thursday at ten. Goodbye!",
    ]


def test_the_truth_is_told() -> None:
    robot, who, price = (turn.text for turn in call("are you a robot", "who is this", "how much is it"))
    assert robot.startswith("Yes, I am an AI")
    assert "Larkfield" in who
    assert "Your number" in who
    assert "forty nine dollars" in price
    assert all(text.endswith(SCRIPT.steps["opening"].say) for text in (robot, who, price))


def test_the_greeting_is_short_says_ai_first_and_ends_with_the_first_question() -> None:
    first, second = SCRIPT.greeting.split(". ")
    assert "AI assistant" in first
    assert second == SCRIPT.steps[SCRIPT.start].say


def test_every_example_leads_where_it_is_written() -> None:
    for step in SCRIPT.steps.values():
        for intent, expected in step.expects.items():
            for phrase in expected.phrases:
                asked = Conversation("")
                asked.caller_heard(step.say, interrupted=False)
                asked.heard_caller(phrase)
                assert reply(SCRIPT, asked.messages, MATCH).intent == intent, f"{step.id}: {phrase}"
    for intent, objection in SCRIPT.objections.items():
        for phrase in objection.phrases:
            assert call(phrase)[0].intent == intent, phrase


def test_every_step_and_exit_can_be_reached() -> None:
    reached = {SCRIPT.start, SCRIPT.give_up}
    for step in SCRIPT.steps.values():
        reached.update(expected.goto for expected in step.expects.values())
        reached.update([step.slot.then] if step.slot else [])
    reached.update(objection.goto for objection in SCRIPT.objections.values() if objection.goto)
    assert reached == {*SCRIPT.steps, *SCRIPT.exits}
