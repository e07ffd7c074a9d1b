"""Retry policies: whether and when somebody is called again, by how the last attempt ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.outreach import retry
from vantum.core.outreach.outcome import AttemptOutcome
from vantum.core.outreach.retry import B2B, LONGEST_DELAY, MOST_ATTEMPTS, MOST_DELAYS, RetryRule, When
from vantum.rest import rows
from vantum.rest.access import Right
from vantum.rest.errand import Asking, Posting, Told
from vantum.rest.fields import Body, Change, Id, Name, View
from vantum.rest.paging import Asked, Page, told
from vantum.rest.problems import Flaw, Kind, invalid, pointer
from vantum.rest.route import RestRoute, needs
from vantum.store.models import RetryPolicy

ROUTER = APIRouter(prefix="/api/retry-policies", tags=["campaigns"], route_class=RestRoute)
LONGEST_SECONDS: Final = LONGEST_DELAY // timedelta(seconds=1)

Attempts = Annotated[int, Field(strict=True, ge=1, le=MOST_ATTEMPTS, examples=[4])]
Seconds = Annotated[int, Field(strict=True, ge=1, le=LONGEST_SECONDS)]
Delays = Annotated[
    list[Seconds],
    Field(
        max_length=MOST_DELAYS,
        description="Seconds behind the first attempt, the second, and so on; the last holds for the rest.",
        examples=[[900, 3_600, 86_400]],
    ),
]


class RuleBody(BaseModel):
    """What follows attempts that end in one way. An outcome without a rule is not tried again."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)

    outcome: AttemptOutcome = Field(examples=["busy"])
    max_attempts: Annotated[Attempts, Field(description="That may end so, the first one included.")]
    delays: Delays = Field(default_factory=list)
    when: When = When.ANY


Rules = Annotated[list[RuleBody], Field(max_length=len(AttemptOutcome))]
Voicemail = Annotated[
    list[Attempts],
    Field(
        max_length=MOST_ATTEMPTS, description="On which attempts a machine is left a message.", examples=[[2]]
    ),
]


class PolicyView(View):
    """How a campaign tries again."""

    name: str = Field(examples=["Patient"])
    rules: list[RuleBody]
    total_attempts: int = Field(description="Of one lead, however they end.", examples=[6])
    voicemail_on: list[int] = Field(examples=[[2]])
    missed_promise: list[int] = Field(
        description="Seconds behind a callback that nobody took.", examples=[[900]]
    )
    created_at: datetime
    updated_at: datetime


class NewPolicy(Body):
    """A policy to make."""

    name: Name
    rules: Rules = Field(default_factory=list)
    total_attempts: Attempts = B2B.total_attempts
    voicemail_on: Voicemail = Field(default_factory=list)
    missed_promise: Delays = Field(default_factory=list)


class PolicyChange(Change):
    """What is to become of a policy."""

    name: Name = ""
    rules: Rules = Field(default_factory=list)
    total_attempts: Attempts = B2B.total_attempts
    voicemail_on: Voicemail = Field(default_factory=list)
    missed_promise: Delays = Field(default_factory=list)


@ROUTER.get("", summary="List retry policies", response_model=Page[PolicyView], **needs(Right.CAMPAIGNS_READ))
async def list_policies(errand: Asking, wanted: Asked) -> Response:
    """The policies of the organisation, the newest first. A campaign that names none tries again in the usual way."""
    async with errand.reading() as session:
        return await told(session, errand.org_id, RetryPolicy, wanted, PolicyView)


@ROUTER.get("/{policy_id}", summary="Tell of a retry policy", **needs(Right.CAMPAIGNS_READ, Kind.NOT_FOUND))
async def get_policy(policy_id: Id, errand: Asking) -> PolicyView:
    """One policy."""
    async with errand.reading() as session:
        row = await rows.found(session, errand.org_id, RetryPolicy, policy_id, "retry policy")
        return PolicyView.model_validate(row)


@ROUTER.post(
    "",
    status_code=201,
    summary="Make a retry policy",
    response_model=PolicyView,
    **needs(Right.CAMPAIGNS_WRITE, Kind.CONFLICT),
)
async def make_policy(new: NewPolicy, errand: Posting) -> Response:
    """Make a policy, which campaigns can name."""
    values = new.model_dump(mode="json")
    _check(values)

    async def work(session: AsyncSession) -> Told:
        row = RetryPolicy(org_id=errand.org_id, **values)
        session.add(row)
        await rows.unique(session.flush())
        await errand.note(session, "retry_policy.create", row.id)
        return Told(PolicyView.model_validate(row))

    return await errand.do(work)


@ROUTER.patch(
    "/{policy_id}",
    summary="Change a retry policy",
    **needs(Right.CAMPAIGNS_WRITE, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def change_policy(policy_id: Id, change: PolicyChange, errand: Asking) -> PolicyView:
    """Change what is sent; all else stays. It holds for attempts that end from now on."""
    values = change.model_dump(mode="json", exclude_unset=True)

    async def work(session: AsyncSession) -> PolicyView:
        row = await rows.found(session, errand.org_id, RetryPolicy, policy_id, "retry policy")
        _check(PolicyView.model_validate(row).model_dump(mode="json") | values)
        row = await rows.changed(session, errand.org_id, row, values)
        if values:
            await errand.note(session, "retry_policy.change", row.id, {"fields": sorted(values)})
        return PolicyView.model_validate(row)

    return await errand.store.write(work)


def _check(values: dict[str, Any]) -> None:
    """Raises Refused for what makes no sense as a whole, as whoever decides would."""
    try:
        retry.RetryPolicy(
            rules=tuple(_rule(RuleBody.model_validate(each)) for each in values["rules"]),
            total_attempts=values["total_attempts"],
            voicemail_on=frozenset(values["voicemail_on"]),
            missed_promise=_spans(values["missed_promise"]),
        )
    except ValueError as error:
        raise invalid(Flaw(detail=str(error), pointer=pointer())) from error


def _rule(body: RuleBody) -> RetryRule:
    return RetryRule(body.outcome, body.max_attempts, _spans(body.delays), body.when)


def _spans(seconds: Sequence[int]) -> tuple[timedelta, ...]:
    return tuple(timedelta(seconds=each) for each in seconds)
