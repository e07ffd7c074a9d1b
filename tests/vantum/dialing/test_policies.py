"""What is kept as JSON becomes what decides, and what makes no sense is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from vantum.core.legal.decision import Duties, Recording
from vantum.core.legal.rule import Weekday, Window
from vantum.core.outreach.outcome import AttemptOutcome
from vantum.core.outreach.retry import B2B, RetryRule, When
from vantum.dialing.policies import LONGEST_VALUE, MOST_VARIABLES, policy_of, variables_of, windows_of
from vantum.store.models import Campaign, Company, Contact, Org
from vantum.store.models import RetryPolicy as PolicyRow

DUTIES = Duties("en", "I am a machine.", Recording.AFTER_NOTICE, "This call is recorded.")


def row(**values: Any) -> PolicyRow:
    usual = {"rules": [], "total_attempts": 3, "voicemail_on": [2], "missed_promise": [60]}
    return PolicyRow(id="p", name="x", **{**usual, **values})


def test_windows_are_read() -> None:
    campaign = Campaign(windows=[{"weekday": 2, "start": 540, "end": 1080}])
    assert windows_of(campaign) == (Window(Weekday.WEDNESDAY, 540, 1080),)
    assert windows_of(Campaign(windows=[])) == ()


@pytest.mark.parametrize(
    "given",
    [
        [{"weekday": 2, "start": 540}],
        [{"weekday": 9, "start": 0, "end": 1}],
        [{"weekday": 1, "start": 9, "end": 9}],
        ["monday"],
    ],
)
def test_windows_that_are_none_are_an_error(given: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        windows_of(Campaign(windows=given))


def test_a_policy_is_read() -> None:
    rule = {"outcome": "busy", "max_attempts": 2, "delays": [90], "when": "other_daypart"}
    found = policy_of(row(rules=[rule]))
    assert found.rules == (RetryRule(AttemptOutcome.BUSY, 2, (timedelta(seconds=90),), When.OTHER_DAYPART),)
    assert (found.total_attempts, found.voicemail_on) == (3, frozenset({2}))
    assert found.missed_promise == (timedelta(seconds=60),)


@pytest.mark.parametrize(
    "values",
    [
        {"rules": [{"outcome": "asleep", "max_attempts": 2, "delays": [1]}]},
        {"rules": [{"max_attempts": 2}]},
        {"rules": ["busy"]},
        {"total_attempts": 0},
        {"missed_promise": ["soon"]},
    ],
)
def test_without_a_policy_that_makes_sense_the_usual_one_holds(values: dict[str, Any]) -> None:
    assert policy_of(row(**values)) is B2B
    assert policy_of(None) is B2B


def test_what_has_to_be_said_is_not_replaced_by_what_a_list_brings() -> None:
    contact = Contact(
        first_name="Anna",
        last_name="",
        name="Anna B.",
        title="",
        email="",
        source="list",
        custom={"disclosure": "none", "plan": 3, "bad name": "x", "long": "y" * 2_000},
    )
    org = Org(name="Acme", legal_name="Acme Inc.", callback_number="+12125550100")
    campaign = Campaign(variables={"product": "tea", "first_name": "Bob"})
    found = variables_of(org, campaign, contact, Company(name="Bricks"), DUTIES)
    assert found == {
        "disclosure": "I am a machine.",
        "recording_notice": "This call is recorded.",
        "recording": "after_notice",
        "call_language": "en",
        "legal_name": "Acme Inc.",
        "callback_number": "+12125550100",
        "first_name": "Anna",
        "name": "Anna B.",
        "company": "Bricks",
        "source": "list",
        "product": "tea",
        "plan": "3",
        "long": "y" * LONGEST_VALUE,
    }


def test_there_are_no_more_than_the_rest_api_takes() -> None:
    contact = Contact(
        first_name="",
        last_name="",
        name="",
        title="",
        email="",
        source="",
        custom={f"v{n}": n for n in range(99)},
    )
    org = Org(name="Acme", legal_name="", callback_number="")
    assert len(variables_of(org, Campaign(variables={}), contact, None, DUTIES)) == MOST_VARIABLES
