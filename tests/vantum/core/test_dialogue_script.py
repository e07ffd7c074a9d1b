"""What a script knows of itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.vantum.core.small_script import SMALL
from vantum.core.dialogue_script import Expected, Objection, Step


def test_phrases_are_all_examples_once() -> None:
    assert SMALL.phrases == (
        "rather not today",
        "every week",
        "we do use one",
        "any time",
        "nobody here by that name",
    )
    again = {"any": Objection(("Yes?",), phrases=("any time", "hello"))}
    steps = {"s": Step("s", "Well?", {"a": Expected("s", phrases=("any time",))})}
    assert replace(SMALL, steps=steps, objections=again).phrases == ("any time", "hello")


@pytest.mark.parametrize(
    ("greeting", "disclosure", "invitation"),
    [
        (SMALL.greeting, "Hello, I am Bo, an AI assistant of Acme.", "May I ask?"),
        ("I am an AI!  May I? Please.", "I am an AI!", "May I? Please."),
        ("I am an AI...", "I am an AI...", ""),
        ("I am an AI", "I am an AI", ""),
    ],
)
def test_a_greeting_is_a_disclosure_and_an_invitation(
    greeting: str, disclosure: str, invitation: str
) -> None:
    script = replace(SMALL, greeting=greeting)
    assert (script.disclosure, script.invitation) == (disclosure, invitation)
