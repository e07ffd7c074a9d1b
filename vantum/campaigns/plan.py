"""What a campaign is to be: all that somebody chooses of it, checked before any of it is written down."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from vantum.core.analysis.schema import read_schema
from vantum.core.errors import UsageError
from vantum.core.legal.case import Audience, Purpose, RecordingWish
from vantum.core.legal.rule import Weekday, Window
from vantum.core.outreach.bucket import FASTEST, SLOWEST
from vantum.core.outreach.limits import HIGHEST, LOWEST, MOST_LIVE
from vantum.core.outreach.moment import in_utc
from vantum.dialing.policies import LONGEST_VALUE, MOST_VARIABLES, windows_of
from vantum.store.models import Campaign
from vantum.store.models.campaigns import USUAL_PRIORITY
from vantum.store.words import MachinePolicy

LONGEST_NAME: Final = 200
LONGEST_VOICEMAIL: Final = 2_000
LONGEST_BRIEF: Final = 20_000
LARGEST_SCHEMA: Final = 65_536
"""Characters of JSON."""
MOST_WINDOWS: Final = 70
MOST_FROM_NUMBERS: Final = 100
MOST_MONEY: Final = 10**15
"""In millionths: a milliard of the currency."""
_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """What is said to whom, when, and within which limits; raises ValueError, or UsageError for the schema.

    No ``windows`` are the usual ones, no ``from_numbers`` the carrier's own; ``budget_micros`` is in millionths of
    the organisation's currency, and None has no end.
    """

    name: str
    pipeline: str
    variables: Mapping[str, object] = field(default_factory=dict)
    purpose: Purpose = Purpose.MARKETING
    audience: Audience = Audience.BUSINESS
    language: str = "en"
    recording: RecordingWish = RecordingWish.WANTED
    windows: tuple[Window, ...] = ()
    start_at: datetime | None = None
    end_at: datetime | None = None
    priority: int = USUAL_PRIORITY
    max_concurrency: int = 5
    calls_per_second: float = 1.0
    budget_micros: int | None = None
    machine_policy: MachinePolicy = MachinePolicy.HANG_UP
    voicemail_text: str = ""
    from_numbers: tuple[str, ...] = ()
    brief: str = ""
    analysis_schema: Mapping[str, object] = field(default_factory=dict)
    retry_policy_id: str | None = None

    def __post_init__(self) -> None:
        _check_texts(self)
        _check_numbers(self)
        _check_dates(self)
        _check_variables(self.variables)
        _check_schema(self.analysis_schema)


def plan_of(row: Campaign) -> CampaignPlan:
    """The plan of a campaign that is there; raises ValueError for a row that somebody else has written badly."""
    return CampaignPlan(
        name=row.name,
        pipeline=row.pipeline,
        variables=row.variables,
        purpose=row.purpose,
        audience=row.audience,
        language=row.language,
        recording=row.recording,
        windows=windows_of(row),
        start_at=row.start_at,
        end_at=row.end_at,
        priority=row.priority,
        max_concurrency=row.max_concurrency,
        calls_per_second=row.calls_per_second,
        budget_micros=row.budget_micros,
        machine_policy=row.machine_policy,
        voicemail_text=row.voicemail_text,
        from_numbers=tuple(row.from_numbers),
        brief=row.brief,
        analysis_schema=row.analysis_schema,
        retry_policy_id=row.retry_policy_id,
    )


def columns_of(plan: CampaignPlan) -> dict[str, object]:
    """The plan as the table holds it."""
    return {
        "name": plan.name,
        "pipeline": plan.pipeline,
        "variables": dict(plan.variables),
        "purpose": plan.purpose,
        "audience": plan.audience,
        "language": plan.language,
        "recording": plan.recording,
        "windows": [
            {"weekday": int(each.weekday), "start": each.start, "end": each.end} for each in plan.windows
        ],
        "start_at": plan.start_at,
        "end_at": plan.end_at,
        "priority": plan.priority,
        "max_concurrency": plan.max_concurrency,
        "calls_per_second": plan.calls_per_second,
        "budget_micros": plan.budget_micros,
        "machine_policy": plan.machine_policy,
        "voicemail_text": plan.voicemail_text,
        "from_numbers": list(plan.from_numbers),
        "brief": plan.brief,
        "analysis_schema": dict(plan.analysis_schema),
        "retry_policy_id": plan.retry_policy_id,
    }


def every_day(start: int, end: int, *days: Weekday) -> tuple[Window, ...]:
    """The same hours on ``days``, in minutes from midnight; raises ValueError."""
    return tuple(Window(day, start, end) for day in days)


def _check_texts(plan: CampaignPlan) -> None:
    if not plan.name.strip() or len(plan.name) > LONGEST_NAME:
        raise ValueError(f"A campaign has a name of 1 to {LONGEST_NAME} characters.")
    if not plan.pipeline.strip() or len(plan.pipeline) > LONGEST_NAME:
        raise ValueError(f"A campaign has a pipeline, named with 1 to {LONGEST_NAME} characters.")
    if not _LANGUAGE.fullmatch(plan.language) or len(plan.language) > 16:
        raise ValueError(f"A language is like en or de-DE, not {plan.language!r}.")
    if len(plan.voicemail_text) > LONGEST_VOICEMAIL or len(plan.brief) > LONGEST_BRIEF:
        raise ValueError(
            f"A message has at most {LONGEST_VOICEMAIL} characters, and a brief {LONGEST_BRIEF}."
        )
    if plan.machine_policy is MachinePolicy.LEAVE_MESSAGE and not plan.voicemail_text.strip():
        raise ValueError("To leave a message on machines the campaign needs its text.")


def _check_numbers(plan: CampaignPlan) -> None:
    if not LOWEST <= plan.priority <= HIGHEST:
        raise ValueError(
            f"A priority is {LOWEST} to {HIGHEST}, and {HIGHEST} goes first; not {plan.priority}."
        )
    if not 1 <= plan.max_concurrency <= MOST_LIVE:
        raise ValueError(f"There are 1 to {MOST_LIVE} calls at a time, not {plan.max_concurrency}.")
    if not SLOWEST <= plan.calls_per_second <= FASTEST:
        raise ValueError(f"There are {SLOWEST} to {FASTEST} calls a second, not {plan.calls_per_second}.")
    if plan.budget_micros is not None and not 0 <= plan.budget_micros <= MOST_MONEY:
        raise ValueError(f"A budget is 0 to {MOST_MONEY // 1_000_000:,}.")
    if len(plan.from_numbers) > MOST_FROM_NUMBERS or not all(map(_E164.fullmatch, plan.from_numbers)):
        raise ValueError(
            f"A campaign calls from at most {MOST_FROM_NUMBERS} numbers, each like +12125550100."
        )


def _check_dates(plan: CampaignPlan) -> None:
    if len(plan.windows) > MOST_WINDOWS:
        raise ValueError(f"A campaign has at most {MOST_WINDOWS} windows.")
    begin = None if plan.start_at is None else in_utc(plan.start_at)
    end = None if plan.end_at is None else in_utc(plan.end_at)
    if begin is not None and end is not None and begin >= end:
        raise ValueError("A campaign ends after it begins.")


def _check_variables(variables: Mapping[str, object]) -> None:
    if len(variables) > MOST_VARIABLES:
        raise ValueError(f"A campaign has at most {MOST_VARIABLES} variables.")
    for name, value in variables.items():
        if not _VARIABLE.fullmatch(name):
            raise ValueError(f"{name[:64]!r} is no variable: up to 64 letters, digits and underscores.")
        if not isinstance(value, str | int | float) or len(str(value)) > LONGEST_VALUE:
            raise ValueError(
                f"The variable {name} is a text of at most {LONGEST_VALUE} characters, or a number."
            )


def _check_schema(schema: Mapping[str, object]) -> None:
    if not schema:
        return
    try:
        size = len(json.dumps(schema))
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError("The schema is no JSON.", "See docs/analysis.md.") from error
    if size > LARGEST_SCHEMA:
        raise UsageError("The schema is too large.", f"It has at most {LARGEST_SCHEMA:,} characters.")
    read_schema(schema)
