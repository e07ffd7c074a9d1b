from __future__ import annotations

from dataclasses import replace

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
