"""docs/law.md says what the table says: nobody reads a rule there that does not hold, and none is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from vantum.core.legal.rule import StateRule, clock
from vantum.core.legal.rules import (
    ALL_PARTY_STATES,
    CONSENT,
    LEGAL_HOURS,
    RULESET_VERSION,
    STATES,
    USUAL_WINDOWS,
)

PAGE = (Path(__file__).parents[4] / "docs" / "law.md").read_text(encoding="utf-8")


def line_with(words: str) -> str:
    """The one line of the page in which these words stand."""
    (line,) = (each for each in PAGE.splitlines() if words in each)
    return line


def test_it_is_this_version() -> None:
    assert f"version `{RULESET_VERSION}`" in PAGE


@pytest.mark.parametrize("rule", STATES, ids=lambda rule: rule.state)
def test_the_hours_of_states(rule: StateRule) -> None:
    line = line_with(f"`hours_{rule.state}`")
    window = rule.windows[0]
    assert f"{clock(window.start)} to {clock(window.end)}" in line
    assert ("not on Sunday" in line) is (len(rule.windows) == 6)
    if rule.most_in_24_hours is not None:
        assert f"at most {rule.most_in_24_hours} attempts" in line_with(f"`most_in_24_hours_{rule.state}`")


def test_no_state_is_named_that_has_no_rule() -> None:
    limited = sum(rule.most_in_24_hours is not None for rule in STATES)
    assert PAGE.count("`hours_") == len(STATES)
    assert PAGE.count("`most_in_24_hours_") == limited


def test_the_hours_of_everybody() -> None:
    for rule, windows in (("legal_hours", LEGAL_HOURS), ("usual_windows", USUAL_WINDOWS)):
        assert f"{clock(windows[0].start)} to {clock(windows[0].end)}" in line_with(f"`{rule}`")


def test_all_party_states() -> None:
    assert f"all-party in {' '.join(sorted(ALL_PARTY_STATES))}," in PAGE


def test_the_sources_of_consent_rules() -> None:
    for rule in CONSENT:
        assert rule.source.replace(" (2024-02-08)", "").replace("Directive ", "") in PAGE
