"""Campaigns as the API is told of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from vantum.campaigns.plan import (
    LONGEST_BRIEF,
    LONGEST_VOICEMAIL,
    MOST_FROM_NUMBERS,
    MOST_MONEY,
    MOST_WINDOWS,
    CampaignPlan,
)
from vantum.core.analysis.schema import read_schema
from vantum.core.errors import UsageError
from vantum.core.legal.case import Audience, Purpose, RecordingWish
from vantum.core.legal.rule import Weekday, Window, minutes
from vantum.core.outreach import field_values
from vantum.core.outreach.bucket import FASTEST, SLOWEST
from vantum.core.outreach.limits import HIGHEST, LOWEST, MOST_LIVE
from vantum.dialing.policies import LONGEST_VALUE, MOST_VARIABLES
from vantum.rest.contact_bodies import CustomNumber, CustomWhole
from vantum.rest.fields import (
    CLOCK,
    LINE,
    PROSE,
    VARIABLE,
    Body,
    Change,
    IdText,
    Moment,
    Name,
    Number,
    line,
)
from vantum.store.models.campaigns import USUAL_PRIORITY
from vantum.store.words import MachinePolicy


class Day(StrEnum):
    """A day of the week, in the callee's place."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


Clock = Annotated[str, StringConstraints(pattern=CLOCK)]


class Hours(BaseModel):
    """Hours of one weekday, by the callee's clock: from `start` up to, and not at, `end`."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)

    weekday: Day
    start: Annotated[Clock, Field(examples=["09:00"])]
    end: Annotated[Clock, Field(examples=["18:00"])]

    @property
    def window(self) -> Window:
        """The same in minutes; raises ValueError for hours without a length."""
        return Window(Weekday[self.weekday.name], minutes(self.start), minutes(self.end))


def _with_length(hours: Hours) -> Hours:
    if minutes(hours.start) >= minutes(hours.end):
        raise PydanticCustomError("hours", "They end after they begin, on the same day.")
    return hours


def _spoken(text: str) -> str:
    found = field_values.language(text)
    if found is None:
        raise PydanticCustomError("language", "It is no language; en-US is one.")
    return found


def _askable(document: dict[str, Any]) -> dict[str, Any]:
    """A schema whose fields can be asked for, and that every database can keep."""
    try:
        json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
        read_schema(document or None)
    except UsageError as error:
        raise PydanticCustomError("schema", "{problem}", {"problem": str(error)}) from None
    except (ValueError, RecursionError):
        raise PydanticCustomError(
            "schema", "It holds half of a character, or a number that is none."
        ) from None
    return document


VariableName = Annotated[str, StringConstraints(pattern=VARIABLE)]
VariableText = Annotated[str, StringConstraints(max_length=LONGEST_VALUE, pattern=PROSE)]
Variables = Annotated[
    dict[VariableName, VariableText | CustomWhole | CustomNumber],
    Field(
        max_length=MOST_VARIABLES,
        description="What the pipeline is to know in every call.",
        examples=[{"product": "Vantum", "offer": "a free month"}],
    ),
]
Pipeline = Annotated[
    str,
    line(200, 1),
    Field(
        description="The pipeline beside the served one that leads the calls, by its name.",
        examples=["outreach"],
    ),
]
CallLanguage = Annotated[str, line(16, 2), AfterValidator(_spoken), Field(examples=["en-US"])]
Windows = Annotated[
    list[Annotated[Hours, AfterValidator(_with_length)]],
    Field(
        max_length=MOST_WINDOWS,
        description="When to call, by the callee's clock; none: weekdays from 9:00 to 18:00 at businesses. The law's"
        " hours hold beside it.",
    ),
]
Priority = Annotated[
    int, Field(strict=True, ge=LOWEST, le=HIGHEST, description="0 to 9, and 9 goes first.", examples=[5])
]
Concurrency = Annotated[
    int,
    Field(
        strict=True, ge=1, le=MOST_LIVE, description="How many calls there may be at a time.", examples=[5]
    ),
]
Rate = Annotated[
    float,
    Field(
        strict=True, ge=SLOWEST, le=FASTEST, description="How many calls may start in a second.", examples=[1]
    ),
]
Micros = Annotated[int, Field(strict=True, ge=0, le=MOST_MONEY)]
Budget = Annotated[
    Micros | None,
    Field(
        description="Millionths of the organisation's currency; null has no end.",
        examples=[50_000_000],
    ),
]
Voicemail = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=LONGEST_VOICEMAIL, pattern=PROSE),
    Field(description="What machines are told, where `machinePolicy` is `leave_message`."),
]
FromNumbers = Annotated[
    list[Number],
    Field(max_length=MOST_FROM_NUMBERS, description="Numbers to call from; none: the carrier's own."),
]
Brief = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=LONGEST_BRIEF, pattern=PROSE),
    Field(description="What the calls are about, for their analysis.", examples=["We offer phone agents."]),
]
Schema = Annotated[
    dict[Annotated[str, StringConstraints(max_length=64, pattern=LINE)], Any],
    Field(
        max_length=20,
        description="JSON Schema of the campaign's own fields, which the analysis fills; see docs/analysis.md.",
        examples=[{"type": "object", "properties": {"team_size": {"type": "integer"}}}],
    ),
    AfterValidator(_askable),
]
Policy = Annotated[
    IdText | None, Field(description="How to try again, by the id of a retry policy; none: the usual way.")
]
Begin = Annotated[Moment | None, Field(description="Not before this moment.")]
End = Annotated[Moment | None, Field(description="Not behind this moment.")]


class _Plan(BaseModel):
    """What can be said of a campaign."""

    model_config = ConfigDict(alias_generator=to_camel)

    name: Name = ""
    pipeline: Pipeline = ""
    variables: Variables = Field(default_factory=dict)
    purpose: Purpose = Purpose.MARKETING
    audience: Audience = Audience.BUSINESS
    language: CallLanguage = "en"
    recording: RecordingWish = RecordingWish.WANTED
    windows: Windows = Field(default_factory=list)
    start_at: Begin = None
    end_at: End = None
    priority: Priority = USUAL_PRIORITY
    max_concurrency: Concurrency = 5
    calls_per_second: Rate = 1.0
    budget_micros: Budget = None
    machine_policy: MachinePolicy = MachinePolicy.HANG_UP
    voicemail_text: Voicemail = ""
    from_numbers: FromNumbers = Field(default_factory=list)
    brief: Brief = ""
    analysis_schema: Schema = Field(default_factory=dict)
    retry_policy_id: Policy = None


class NewCampaign(_Plan, Body):
    """A campaign to make. It calls nobody before it is started."""

    name: Name
    pipeline: Pipeline

    def plan(self) -> CampaignPlan:
        """The plan; raises ValueError, or UsageError, for one that makes no sense as a whole."""
        return CampaignPlan(**_chosen(self, self.model_dump(exclude={"windows"})))


class CampaignChange(_Plan, Change):
    """What is to become of a campaign. While it calls, only its name and its limits can be changed."""

    def chosen(self) -> dict[str, Any]:
        """The fields that were sent, as a plan has them."""
        return _chosen(self, self.told())


def _chosen(body: _Plan, values: Mapping[str, Any]) -> dict[str, Any]:
    chosen = dict(values)
    if "windows" in body.model_fields_set:
        chosen["windows"] = tuple(hours.window for hours in body.windows)
    if "from_numbers" in chosen:
        chosen["from_numbers"] = tuple(body.from_numbers)
    return chosen
