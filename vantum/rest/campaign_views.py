"""Campaigns as the API tells of them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from vantum.campaigns.facts import CampaignFacts
from vantum.core.legal.case import Audience, Purpose, RecordingWish
from vantum.core.legal.rule import Weekday, Window, clock
from vantum.core.outreach.campaign import CampaignEvent, CampaignState
from vantum.rest.campaign_bodies import Day, Hours
from vantum.rest.fields import View
from vantum.store.words import MachinePolicy


class CampaignView(View):
    """A campaign."""

    name: str = Field(examples=["Autumn"])
    state: CampaignState
    state_reason: str = Field(description="Why it is in this state, in words.")
    possible: list[CampaignEvent] = Field(
        description="What can happen to it now.", examples=[["start", "archive"]]
    )
    pipeline: str = Field(examples=["outreach"])
    variables: dict[str, object] = Field(examples=[{"product": "Vantum"}])
    purpose: Purpose
    audience: Audience
    language: str = Field(examples=["en-US"])
    recording: RecordingWish
    windows: list[Hours]
    start_at: datetime | None
    end_at: datetime | None
    priority: int = Field(examples=[5])
    max_concurrency: int = Field(examples=[5])
    calls_per_second: float = Field(examples=[1.0])
    budget_micros: int | None = Field(examples=[50_000_000])
    machine_policy: MachinePolicy
    voicemail_text: str
    from_numbers: list[str] = Field(examples=[["+12125550199"]])
    brief: str
    analysis_schema: dict[str, object]
    retry_policy_id: str | None
    started_at: datetime | None
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime


def told_campaign(facts: CampaignFacts) -> CampaignView:
    """A campaign as it is told."""
    plan = facts.plan
    return CampaignView(
        id=facts.id,
        name=plan.name,
        state=facts.state,
        state_reason=facts.state_reason,
        possible=list(facts.possible),
        pipeline=plan.pipeline,
        variables=dict(plan.variables),
        purpose=plan.purpose,
        audience=plan.audience,
        language=plan.language,
        recording=plan.recording,
        windows=[hours_of(window) for window in plan.windows],
        start_at=plan.start_at,
        end_at=plan.end_at,
        priority=plan.priority,
        max_concurrency=plan.max_concurrency,
        calls_per_second=plan.calls_per_second,
        budget_micros=plan.budget_micros,
        machine_policy=plan.machine_policy,
        voicemail_text=plan.voicemail_text,
        from_numbers=list(plan.from_numbers),
        brief=plan.brief,
        analysis_schema=dict(plan.analysis_schema),
        retry_policy_id=plan.retry_policy_id,
        started_at=facts.started_at,
        completed_at=facts.completed_at,
        created_at=facts.created_at,
        updated_at=facts.updated_at,
    )


def hours_of(window: Window) -> Hours:
    """A window as it is told."""
    day = Day[Weekday(window.weekday).name]
    return Hours(weekday=day, start=clock(window.start), end=clock(window.end))
