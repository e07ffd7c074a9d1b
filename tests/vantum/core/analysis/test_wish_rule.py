from __future__ import annotations

import pytest

from vantum.core.analysis.spoken_line import spoken_line
from vantum.core.analysis.wish_rule import Language, Rule, after, before, saying

RULE = Rule(
    Language(saying("again")),
    saying("do not call"),
    never_before=before("we"),
    unless_before=before("today"),
    unless_after=after("now"),
)


@pytest.mark.parametrize(
    ("said", "quote"),
    [
        ("Do not call", "Do not call"),
        ("We do not call", None),
        ("we do not call. Do not  call!", "Do not  call"),
        ("today do not call", None),
        ("again today do not call", "do not call"),
        ("do not call now", None),
        ("do not call now or ever again", "do not call"),
        ("do not call now. Again", None),
        ("do not called", None),
    ],
)
def test_what_stands_around_it_takes_it_back(said: str, quote: str | None) -> None:
    assert RULE.quote(spoken_line(said)) == quote


def test_a_rule_may_have_no_exceptions() -> None:
    rule = Rule(RULE.language, saying("stop", then="(?= $)"))
    assert rule.quote(spoken_line("we stop")) == "stop"
    assert rule.quote(spoken_line("stop now")) is None
