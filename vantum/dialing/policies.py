"""What is kept of a campaign as JSON, read into what decides: windows, rules for another attempt, variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from loguru import logger
from pydantic import TypeAdapter, ValidationError

from vantum.core.legal.decision import Duties
from vantum.core.legal.rule import Weekday, Window
from vantum.core.outreach.outcome import AttemptOutcome
from vantum.core.outreach.retry import B2B, RetryPolicy, RetryRule, When
from vantum.store.models import Campaign, Company, Contact, Org
from vantum.store.models import RetryPolicy as PolicyRow

MOST_VARIABLES: Final = 50
LONGEST_VALUE: Final = 1_000
"""As the REST API takes them."""
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_WINDOWS: Final = TypeAdapter(list[dict[str, int]])
_RULES: Final = TypeAdapter(list[dict[str, Any]])


def windows_of(campaign: Campaign) -> tuple[Window, ...]:
    """The hours of a campaign; raises ValueError for what are none."""
    try:
        given = _WINDOWS.validate_python(campaign.windows)
        return tuple(Window(Weekday(each["weekday"]), each["start"], each["end"]) for each in given)
    except (ValidationError, KeyError) as error:
        raise ValueError("A window has a weekday, a start and an end, in minutes.") from error


def policy_of(row: PolicyRow | None) -> RetryPolicy:
    """How a campaign tries again; the usual way where it says nothing, or nothing that makes sense."""
    if row is None:
        return B2B
    try:
        return RetryPolicy(
            rules=tuple(_rule(each) for each in _RULES.validate_python(row.rules)),
            total_attempts=row.total_attempts,
            voicemail_on=frozenset(row.voicemail_on),
            missed_promise=_delays(row.missed_promise),
        )
    except (ValidationError, ValueError, KeyError, TypeError):
        logger.error("A retry policy makes no sense: the usual one holds.", policy=row.id)
        return B2B


def _rule(given: Mapping[str, Any]) -> RetryRule:
    return RetryRule(
        AttemptOutcome(given["outcome"]),
        int(given["max_attempts"]),
        _delays(given.get("delays", [])),
        When(given.get("when", When.ANY)),
    )


def _delays(seconds: list[int]) -> tuple[timedelta, ...]:
    return tuple(timedelta(seconds=each) for each in seconds)


def variables_of(
    org: Org, campaign: Campaign, contact: Contact, company: Company | None, duties: Duties
) -> dict[str, str]:
    """What the pipeline is told of a call: who is called, who calls, and what has to be said first."""
    found: dict[str, str] = {}
    for name, value in _told(org, campaign, contact, company, duties):
        if len(found) < MOST_VARIABLES and _NAME.fullmatch(name) and name not in found and value != "":
            found[name] = str(value)[:LONGEST_VALUE]
    return found


def _told(
    org: Org, campaign: Campaign, contact: Contact, company: Company | None, duties: Duties
) -> Iterator[tuple[str, object]]:
    """What has to be said comes first: nothing that a list brings takes its place."""
    yield "disclosure", duties.disclosure
    yield "recording_notice", duties.recording_notice
    yield "recording", duties.recording.value
    yield "call_language", duties.language
    yield "legal_name", org.legal_name or org.name
    yield "callback_number", org.callback_number
    yield "first_name", contact.first_name
    yield "last_name", contact.last_name
    yield "name", contact.name
    yield "title", contact.title
    yield "email", contact.email
    yield "company", "" if company is None else company.name
    yield "source", contact.source
    yield from campaign.variables.items()
    yield from contact.custom.items()
