from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from vantum.core.dialogue_script import Disposition, Exit, Expected, Objection, SlotQuestions
from vantum.core.errors import PipelineError
from vantum.core.script_reader import ALWAYS_ANSWERED, read_script

# A document is nested mappings of any shape: that is what is under test.
Document = dict[str, Any]
LONG = "word " * 50


def document() -> Document:
    return {
        "company": "Acme",
        "agent": "Bo",
        "greeting": "Hello, I am {agent}, an AI assistant of {company}. May I ask?",
        "start": "ask",
        "give_up": "over",
        "reprompts": ["Sorry?"],
        "steps": {
            "ask": {
                "say": "May I ask?",
                "expects": {
                    "yes": {"say": "Thanks.", "goto": "when", "examples": ["Go ahead"]},
                    "often": {"goto": "over", "examples": ["every week"]},
                },
                "reprompts": ["What?", "Pardon?"],
            },
            "when": {
                "say": "When?",
                "slot": {
                    "ask_day": "{time}. Which day?",
                    "ask_time": "{day}. What time?",
                    "confirm": "So {slot}, right?",
                    "then": "booked",
                },
            },
        },
        "objections": {
            **{str(intent): {"say": ["Well."]} for intent in ALWAYS_ANSWERED},
            "do_not_call": {"goto": "removed", "examples": ["take me off"]},
            "busy": {"goto": "when"},
        },
        "exits": {
            "booked": {"say": "See you {slot}.", "disposition": "meeting_booked"},
            "removed": {"say": "You are off the list.", "disposition": "do_not_call"},
            "over": {"say": "Goodbye from {company}.", "disposition": "not_interested"},
        },
    }


def test_a_script_is_read() -> None:
    script = read_script(document(), "a.yaml")
    assert (script.company, script.agent, script.start, script.give_up) == ("Acme", "Bo", "ask", "over")
    assert script.greeting == "Hello, I am Bo, an AI assistant of Acme. May I ask?"
    assert script.steps["ask"].expects["yes"] == Expected("when", "Thanks.", ("go ahead",))
    assert script.steps["ask"].reprompts == ("What?", "Pardon?")
    assert script.steps["when"].reprompts == ("Sorry?",)
    assert script.steps["when"].slot == SlotQuestions(
        "{time}. Which day?", "{day}. What time?", "So {slot}, right?", "booked"
    )
    assert script.objections["busy"] == Objection(goto="when")
    assert script.objections["do_not_call"] == Objection(goto="removed", phrases=("take me off",))
    assert script.exits["over"] == Exit("over", "Goodbye from Acme.", Disposition.NOT_INTERESTED)
    assert script.phrases == ("go ahead", "every week", "take me off")


def put(*path_and_value: Any) -> Callable[[Document], None]:
    *path, last, value = path_and_value

    def change(document: Document) -> None:
        for key in path:
            document = document[key]
        document[last] = value

    return change


def drop(*path: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        for key in path[:-1]:
            document = document[key]
        del document[path[-1]]

    return change


STEP = ("steps", "ask", "expects")
MISTAKES: list[tuple[Callable[[Document], None], str]] = [
    (drop("company"), "the script: 'company' is missing. Allowed: company, agent"),
    (put("colour", "red"), "the script: unknown key 'colour'. Allowed: company, agent"),
    (
        put("greeting", "Hello there. I am an AI."),
        "greeting: the first sentence does not say that it is an AI",
    ),
    (put("greeting", ""), "greeting: this must be a text"),
    (put("start", "begin"), "start: there is no step 'begin'. Allowed: ask, when."),
    (put("give_up", "ask"), "give_up: there is no exit 'ask'. Allowed: booked, removed, over."),
    (put("give_up", "booked"), "give_up: the exit 'booked' says a day and time"),
    (put("reprompts", ["a", "b", "c"]), "reprompts: 3 texts are too many. Allowed: at most 2."),
    (put("reprompts", "a"), "reprompts: this must be a list"),
    (put("steps", []), "steps: this must be a mapping"),
    (drop("steps", "ask", "say"), "steps.ask: 'say' is missing. Allowed: say, expects, slot, reprompts."),
    (
        put("steps", "ask", "say", LONG),
        "steps.ask.say: 249 characters are too many to say at once. Allowed: 200.",
    ),
    (put("steps", "ask", "say", "Hi {you}"), "unknown placeholder '{you}'. Allowed: {company}, {agent}."),
    (put("steps", "ask", "say", "Hi {"), "steps.ask.say: unknown placeholder '{'"),
    (put("steps", "ask", "say", "Hi }"), "steps.ask.say: unknown placeholder '}'"),
    (put("steps", "ask", {"say": "Hm."}), "steps.ask: nothing leads on from here. Add: expects, slot."),
    (put(*STEP, {}), "steps.ask.expects: this must be a mapping"),
    (
        put(*STEP, "yes", "goto", "teh_end"),
        "there is no step or exit 'teh_end'. Allowed: ask, when, booked, ",
    ),
    (
        put(*STEP, "yes", "goto", "booked"),
        "steps.ask.expects.yes.goto: the exit 'booked' says a day and time",
    ),
    (put(*STEP, "do_not_call", {"goto": "over"}), "a step cannot change what do_not_call leads to"),
    (
        drop(*STEP, "often", "examples"),
        "'often' is known only by examples, and there are none. Add 'examples', or",
    ),
    (put(*STEP, "often", "examples", ["at 10"]), "examples: 'at 10' is no plain phrase"),
    (put("steps", "when", "slot", "ask_day", "Day?"), "steps.when.slot.ask_day: {time} is missing"),
    (put("steps", "when", "slot", "ask_time", "Time?"), "steps.when.slot.ask_time: {day} is missing"),
    (put("steps", "when", "slot", "confirm", "Right?"), "steps.when.slot.confirm: {slot} is missing"),
    (put("steps", "when", "slot", "then", "x"), "steps.when.slot.then: there is no step or exit 'x'"),
    (drop("objections", "robot"), "objections: 'robot' is missing. Allowed: do_not_call, human"),
    (
        put("objections", "price", {"examples": ["how much"]}),
        "objections.price: this leads nowhere. Add: say, goto.",
    ),
    (put("objections", "price", "say", "Free."), "objections.price.say: this must be a list"),
    (put("objections", "odd", {"goto": "over"}), "objections.odd: 'odd' is known only by examples"),
    (
        put("objections", "do_not_call", "say", ["No!"]),
        "objections.do_not_call: this must end the call at once",
    ),
    (
        put("objections", "do_not_call", {"say": ["No!"]}),
        "objections.do_not_call: this must end the call at once",
    ),
    (
        put("objections", "do_not_call", "goto", "over"),
        "objections.do_not_call: this must end the call at once",
    ),
    (
        put("objections", "do_not_call", "goto", "ask"),
        "objections.do_not_call: this must end the call at once",
    ),
    (put("exits", "over", "disposition", "fine"), "there is no disposition 'fine'. Allowed: interested, "),
    (
        put("exits", "over", "say", "Bye {day}."),
        "unknown placeholder '{day}'. Allowed: {company}, {agent}, {slot}.",
    ),
]


@pytest.mark.parametrize(("mistake", "sentence"), MISTAKES, ids=[sentence for _, sentence in MISTAKES])
def test_a_mistake_is_named(mistake: Callable[[Document], None], sentence: str) -> None:
    wrong = document()
    mistake(wrong)
    with pytest.raises(PipelineError) as caught:
        read_script(wrong, "a.yaml")
    assert str(caught.value).startswith("a.yaml: ")
    assert sentence in str(caught.value)


@pytest.mark.parametrize("nothing", [None, "text", [], {}])
def test_no_mapping_at_all(nothing: object) -> None:
    with pytest.raises(PipelineError, match=r"a\.yaml: the script: this must be a mapping"):
        read_script(nothing, "a.yaml")
