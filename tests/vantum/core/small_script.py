"""A dialogue small enough to be known by heart, and a matcher that knows only equal sentences."""

from __future__ import annotations

from vantum.core.dialogue_script import Disposition, Exit, Expected, Objection, Script, SlotQuestions, Step

AGAIN = ("Sorry?", "Once more, please.")

SMALL = Script(
    company="Acme",
    agent="Bo",
    greeting="Hello, I am Bo, an AI assistant of Acme. May I ask?",
    start="ask",
    give_up="unclear",
    steps={
        "ask": Step(
            "ask",
            "May I ask?",
            {
                "yes": Expected("when", "Thanks."),
                "no": Expected("over", phrases=("rather not today",)),
                "often": Expected("tell", phrases=("every week", "we do use one")),
            },
            reprompts=AGAIN,
        ),
        "tell": Step(
            "tell", "Is it red?", {"yes": Expected("over"), "busy": Expected("over")}, reprompts=("What?",)
        ),
        "when": Step(
            "when",
            "When?",
            {"no": Expected("over"), "any_time": Expected("when", "Pick one.", ("any time",))},
            SlotQuestions("{time}. Which day?", "{day}. What time?", "So {slot}, right?", "booked"),
            AGAIN,
        ),
    },
    objections={
        "do_not_call": Objection(goto="removed"),
        "not_interested": Objection(("It is short.",), "over"),
        "busy": Objection(goto="when"),
        "price": Objection(("It is free.",)),
        "wrong_person": Objection(goto="over", phrases=("nobody here by that name",)),
    },
    exits={
        "booked": Exit("booked", "See you {slot}.", Disposition.MEETING_BOOKED),
        "removed": Exit("removed", "You are off the list.", Disposition.DO_NOT_CALL),
        "over": Exit("over", "Goodbye.", Disposition.NOT_INTERESTED),
        "unclear": Exit("unclear", "I give up.", Disposition.NO_CONVERSATION),
    },
)


def same(words: str, phrase: str) -> float:
    """1 for equal texts, else 0."""
    return float(words == phrase)
