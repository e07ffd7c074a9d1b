"""How far a campaign is, and what it will come to, as the API tells it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from vantum.campaigns.preflighting import Outlook
from vantum.campaigns.status import CampaignStatus
from vantum.core.legal.decision import Verdict
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import LeadState
from vantum.core.outreach.outcome import AttemptOutcome, Disposition
from vantum.core.outreach.preflight import ADVICE, Missing, in_words
from vantum.rest.campaign_views import CampaignView
from vantum.rest.fields import View


class Part(BaseModel):
    """A part of what is told."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class RuledView(Part):
    """So many leads got a verdict by a rule."""

    rule: str = Field(examples=["us_artificial_voice"])
    verdict: Verdict
    leads: int = Field(examples=[12])


class WaitView(Part):
    """So many leads are called from a moment on."""

    until: datetime
    leads: int = Field(examples=[40])


class MissingView(Part):
    """Something that is missing."""

    what: Missing
    advice: str = Field(examples=[ADVICE[Missing.CALLBACK_NUMBER]])
    hinders: bool = Field(description="Whether the campaign does not start without it.")


class PreflightView(View):
    """What a campaign will come to, asked of the gate that is asked before every call; `id` is the campaign's."""

    at: datetime = Field(description="The moment for which it is told.")
    may_start: bool
    missing: list[MissingView]
    total: int = Field(description="Leads that may still be called.", examples=[200])
    allowed: int = Field(description="Of them, those that can be called at once.", examples=[120])
    deferred: int = Field(description="Those that can be called later.", examples=[40])
    human_only: int = Field(description="Those whom only a person may call.", examples=[10])
    blocked: int = Field(description="Those whom nobody may call.", examples=[30])
    rules: list[RuledView] = Field(description="By which rule, most leads first.")
    waits: list[WaitView] = Field(description="The first moments to which leads are deferred.")
    in_call: int = Field(description="Leads that are being called.", examples=[0])
    over: int = Field(description="Leads with whom the campaign is through.", examples=[0])
    affordable: int = Field(description="Leads for whom the budget lasts.", examples=[160])
    calls: int = Field(description="Calls that are to be expected.", examples=[210])
    cost_micros: int = Field(
        description="What they cost, in millionths of the currency.", examples=[25_200_000]
    )
    currency: str = Field(examples=["USD"])
    ends_at: datetime | None = Field(
        description="When it will be over; null if that is more than a year away."
    )
    ends_too_late: bool = Field(description="Whether its last day comes before that.")
    words: list[str] = Field(description="The same in sentences.")


class StartedView(CampaignView):
    """A campaign that was started, and what it will come to."""

    preflight: PreflightView


class LeadFigures(Part):
    """Leads: each is counted in one state."""

    total: int = Field(examples=[200])
    left: int = Field(description="May still be called, those in a call included.", examples=[80])
    over: int = Field(examples=[120])
    in_call: int = Field(examples=[3])
    by_state: Mapping[LeadState, int]
    by_disposition: Mapping[Disposition, int]


class AttemptFigures(Part):
    """Attempts: each is under way, or has one outcome."""

    total: int = Field(examples=[150])
    under_way: int = Field(examples=[3])
    by_outcome: Mapping[AttemptOutcome, int]
    answered: int = Field(description="By a human or a machine.", examples=[90])
    reached: int = Field(description="A human heard the bot.", examples=[60])
    conversations: int = Field(examples=[41])
    picked_up: int = Field(description="A human answered.", examples=[61])
    abandoned: int = Field(description="Of them, those who heard the first word late, or none.", examples=[1])
    abandoned_share: float = Field(description="0 to 1.", examples=[0.016])


class QueueFigures(Part):
    """Leads that wait for their call."""

    due: int = Field(description="Now.", examples=[12])
    later: int = Field(examples=[65])
    first: datetime | None = Field(description="When the first of the later ones is due.")
    last: datetime | None


class SpentFigures(Part):
    """Money, in millionths of the currency."""

    final_micros: int = Field(examples=[1_200_000])
    estimated_micros: int = Field(examples=[240_000])
    budget_micros: int | None = Field(examples=[50_000_000])
    currency: str = Field(examples=["USD"])


class StatusView(View):
    """How far a campaign is: figures of one moment, which add up. `id` is the campaign's."""

    at: datetime
    state: CampaignState
    state_reason: str
    is_over: bool = Field(description="Whether nothing changes any more by itself.")
    leads: LeadFigures
    attempts: AttemptFigures
    queue: QueueFigures
    spent: SpentFigures
    ends_at: datetime | None = Field(description="When it will be over; null where nobody can tell.")
    brake: str = Field(description="What holds it up, in a sentence; empty where nothing does.")
    dialers: int = Field(description="Processes that dial, for all campaigns.", examples=[1])


def told_preflight(outlook: Outlook) -> PreflightView:
    """A preflight as it is told."""
    answer = outlook.answer
    return PreflightView(
        id=outlook.campaign.id,
        at=outlook.at,
        may_start=answer.may_start,
        missing=[
            MissingView(what=each, advice=ADVICE[each], hinders=each in answer.hindering)
            for each in answer.missing
        ],
        total=answer.total,
        allowed=answer.allowed,
        deferred=answer.deferred,
        human_only=answer.human_only,
        blocked=answer.blocked,
        rules=[RuledView(rule=each.rule, verdict=each.verdict, leads=each.leads) for each in answer.rules],
        waits=[WaitView(until=each.until, leads=each.leads) for each in outlook.waits],
        in_call=outlook.in_call,
        over=outlook.over,
        affordable=answer.affordable,
        calls=answer.calls,
        cost_micros=answer.cost,
        currency=outlook.currency,
        ends_at=answer.ends_at,
        ends_too_late=outlook.ends_too_late,
        words=list(in_words(answer, outlook.currency)),
    )


def told_start(outlook: Outlook, started: CampaignView) -> StartedView:
    """A campaign that was started."""
    return StartedView(**dict(started), preflight=told_preflight(outlook))


def told_status(status: CampaignStatus) -> StatusView:
    """A status as it is told."""
    figures, facts = status.figures, status.campaign
    return StatusView(
        id=facts.id,
        at=status.at,
        state=facts.state,
        state_reason=facts.state_reason,
        is_over=status.is_over,
        leads=LeadFigures(
            total=figures.total,
            left=figures.left,
            over=figures.over,
            in_call=status.in_call,
            by_state=figures.by_state,
            by_disposition=figures.by_disposition,
        ),
        attempts=AttemptFigures(
            total=figures.attempts,
            under_way=figures.under_way,
            by_outcome=figures.by_outcome,
            answered=figures.answered,
            reached=figures.reached,
            conversations=figures.conversations,
            picked_up=figures.picked_up,
            abandoned=figures.abandoned,
            abandoned_share=figures.abandoned_share,
        ),
        queue=QueueFigures(
            due=status.queue.due,
            later=status.queue.later,
            first=status.queue.first,
            last=status.queue.last,
        ),
        spent=SpentFigures(
            final_micros=status.spent.final,
            estimated_micros=status.spent.estimated,
            budget_micros=facts.plan.budget_micros,
            currency=status.currency,
        ),
        ends_at=status.ends_at,
        brake=status.brake,
        dialers=status.dialers,
    )
