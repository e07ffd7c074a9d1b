"""Analyses of calls: a new one supersedes the last, and none is ever changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.analysis import verdict
from vantum.core.outreach.outcome import REACHED
from vantum.store.columns import new_id
from vantum.store.models import Analysis, Call
from vantum.store.pages import Cut, Page, page

HASH_DIGITS: Final = 12
MOST_CALLS: Final = 100_000
"""Calls of a campaign that are analysed again at once."""


async def add(
    session: AsyncSession,
    org_id: str,
    call_id: str,
    made: verdict.Analysis,
    fields: Mapping[str, object] | None = None,
) -> Analysis:
    """Put an analysis down; ``fields`` is the JSON Schema that was asked for. The last one before is kept."""
    before = await newest(session, org_id, call_id)
    row = Analysis(
        id=new_id(),
        org_id=org_id,
        call_id=call_id,
        supersedes_id=None if before is None else before.id,
        schema_version=version_of(made.schema_version, fields),
        model=made.model,
        sentiment=made.sentiment,
        interest=made.interest,
        disposition=made.disposition,
        summary=" ".join(made.summary),
        objections=[*made.objections],
        next_step=made.next_step or "",
        callback_words=made.callback or "",
        data=dict(made.data),
        evidence=[asdict(each) for each in made.evidence],
        confidence=made.confidence,
    )
    session.add(row)
    await session.flush()
    return row


def version_of(version: int, fields: Mapping[str, object] | None) -> str:
    """Which form was asked for: its version, and of a campaign's own fields the beginning of their SHA-256."""
    if not fields:
        return str(version)
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return f"{version}-{hashlib.sha256(text.encode()).hexdigest()[:HASH_DIGITS]}"


async def newest(session: AsyncSession, org_id: str, call_id: str) -> Analysis | None:
    """The analysis of a call that no other one supersedes: ids sort by time."""
    statement = select(Analysis).where(Analysis.org_id == org_id, Analysis.call_id == call_id)
    return await session.scalar(statement.order_by(Analysis.id.desc()).limit(1))


async def of_call(session: AsyncSession, org_id: str, call_id: str) -> Sequence[Analysis]:
    """All analyses of a call, the newest first."""
    statement = select(Analysis).where(Analysis.org_id == org_id, Analysis.call_id == call_id)
    return (await session.scalars(statement.order_by(Analysis.id.desc()))).all()


async def of_campaign(session: AsyncSession, org_id: str, campaign_id: str, cut: Cut) -> Page[Analysis]:
    """Analyses of a campaign's calls, those that are superseded too."""
    calls = select(Call.id).where(Call.org_id == org_id, Call.campaign_id == campaign_id)
    return await page(session, org_id, Analysis, cut, Analysis.call_id.in_(calls))


async def calls_to_analyse(
    session: AsyncSession, org_id: str, campaign_id: str, most: int = MOST_CALLS
) -> dict[str, str]:
    """The calls of a campaign in which a human was reached, in their order, each with the name of its record."""
    statement = select(Call.id, Call.record_id).where(
        Call.org_id == org_id,
        Call.campaign_id == campaign_id,
        Call.record_id.is_not(None),
        Call.outcome.in_(REACHED),
    )
    rows = await session.execute(statement.order_by(Call.id).limit(most))
    return {call_id: record_id for call_id, record_id in rows if record_id is not None}
