"""The table says what the specification says, and no row is changed under the same version."""

from __future__ import annotations

import hashlib

import pytest

from vantum.core.languages import KNOWN
from vantum.core.legal import rules
from vantum.core.legal.rule import Weekday

NO_ROWS = {"RULESET_VERSION", "WEEK", "WORKDAYS", "NO_SUNDAY"}
FINGERPRINTS = {"2026-11-21.1": "5e9e80d92406da11"}
"""Add a line for a new version; never change one."""


def test_the_version_changes_with_the_table() -> None:
    table = {name: value for name, value in vars(rules).items() if name.isupper() and name not in NO_ROWS}
    text = repr([(name, _plain(value)) for name, value in sorted(table.items())])
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == FINGERPRINTS[rules.RULESET_VERSION]


def _plain(value: object) -> object:
    """The value without sets, whose order differs from run to run."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return [(name, _plain(getattr(value, name))) for name in value.__dataclass_fields__]
    return value


@pytest.mark.parametrize(
    ("state", "start", "end", "days", "most"),
    [
        ("AL", 8, 20, 6, None),
        ("FL", 8, 20, 7, 3),
        ("KY", 10, 21, 7, None),
        ("LA", 8, 20, 6, None),
        ("MA", 8, 20, 7, None),
        ("MD", 8, 20, 7, None),
        ("MS", 8, 20, 6, None),
        ("OK", 8, 20, 7, 3),
    ],
)
def test_the_hours_of_the_states(state: str, start: int, end: int, days: int, most: int | None) -> None:
    (rule,) = (rule for rule in rules.STATES if rule.state == state)
    assert {(w.start, w.end) for w in rule.windows} == {(start * 60, end * 60)}
    assert [w.weekday for w in rule.windows] == list(Weekday)[:days]
    assert rule.most_in_24_hours == most


def test_no_other_state_has_hours() -> None:
    assert len(rules.STATES) == 8


def test_every_language_of_the_conversation_has_its_sentences() -> None:
    assert set(rules.DISCLOSURES) == set(rules.RECORDING_NOTICES) == set(KNOWN)


def test_no_country_has_two_rows() -> None:
    countries = [country for rule in rules.CONSENT for country in rule.countries]
    assert len(countries) == len(set(countries)) == 6 + 1 + 27 + 3 + 1
