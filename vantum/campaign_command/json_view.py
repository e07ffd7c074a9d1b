"""Campaigns as JSON, for programs: names as the REST API writes them, moments in UTC, money in millionths."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from vantum.campaigns.facts import CampaignFacts
from vantum.campaigns.plan import columns_of
from vantum.campaigns.preflighting import Outlook
from vantum.campaigns.status import CampaignStatus
from vantum.store.campaigns import Label
from vantum.store.models import Org


def text(told: object) -> str:
    """JSON for a terminal or a file."""
    return json.dumps(told, indent=2, ensure_ascii=False, default=_plain)


def label_view(labels: Sequence[Label]) -> list[dict[str, Any]]:
    """Which campaigns there are."""
    return [
        {
            "id": label.id,
            "name": label.name,
            "state": label.state,
            "pipeline": label.pipeline,
            "createdAt": label.created_at,
        }
        for label in labels
    ]


def facts_view(facts: CampaignFacts) -> dict[str, Any]:
    """What a campaign is."""
    return {
        "id": facts.id,
        "state": facts.state,
        "stateReason": facts.state_reason,
        **{_camel(name): value for name, value in columns_of(facts.plan).items()},
        "createdAt": facts.created_at,
        "startedAt": facts.started_at,
        "completedAt": facts.completed_at,
        "possible": [event.value for event in facts.possible],
    }


def caller_view(org: Org) -> dict[str, Any]:
    """Who calls."""
    values = {
        "slug": org.slug,
        "name": org.name,
        "legal_name": org.legal_name,
        "callback_number": org.callback_number,
        "country": org.country,
        "region": org.region,
        "timezone": org.timezone,
        "currency": org.currency,
    }
    return {_camel(name): value for name, value in values.items()}


def outlook_view(outlook: Outlook) -> dict[str, Any]:
    """What a campaign will come to."""
    answer = outlook.answer
    return {
        "id": outlook.campaign.id,
        "name": outlook.campaign.name,
        "at": outlook.at,
        "mayStart": answer.may_start,
        "total": answer.total,
        "allowed": answer.allowed,
        "deferred": answer.deferred,
        "humanOnly": answer.human_only,
        "blocked": answer.blocked,
        "rules": [{"rule": each.rule, "verdict": each.verdict, "leads": each.leads} for each in answer.rules],
        "waits": [{"until": wait.until, "leads": wait.leads} for wait in outlook.waits],
        "inCall": outlook.in_call,
        "over": outlook.over,
        "affordable": answer.affordable,
        "calls": answer.calls,
        "costMicros": answer.cost,
        "currency": outlook.currency,
        "endsAt": answer.ends_at,
        "missing": [each.value for each in answer.missing],
        "hindering": [each.value for each in answer.hindering],
    }


def status_view(status: CampaignStatus) -> dict[str, Any]:
    """How far a campaign is."""
    figures, queue, facts = status.figures, status.queue, status.campaign
    return {
        "id": facts.id,
        "name": facts.name,
        "state": facts.state,
        "stateReason": facts.state_reason,
        "at": status.at,
        "startedAt": facts.started_at,
        "completedAt": facts.completed_at,
        "endsAt": status.ends_at,
        "leads": {"total": figures.total, **_counts(figures.by_state)},
        "due": queue.due,
        "later": queue.later,
        "nextAt": queue.first,
        "attempts": figures.attempts,
        "underWay": figures.under_way,
        "outcomes": _counts(figures.by_outcome),
        "dispositions": _counts(figures.by_disposition),
        "answered": figures.answered,
        "reached": figures.reached,
        "conversations": figures.conversations,
        "pickedUp": figures.picked_up,
        "abandoned": figures.abandoned,
        "spentMicros": status.spent.final + status.spent.estimated,
        "currency": status.currency,
        "brake": status.brake,
        "dialers": status.dialers,
    }


def _counts(counts: Mapping[Any, int]) -> dict[str, int]:
    return {str(kind): number for kind, number in counts.items()}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON.")
