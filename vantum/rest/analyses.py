"""Analyses: what a call came to, each value with the words that prove it; and calls that are to be analysed again."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from vantum.core.outreach.outcome import Disposition
from vantum.rest import rows
from vantum.rest.access import Right
from vantum.rest.call_bodies import LOG
from vantum.rest.campaign_bodies import Schema
from vantum.rest.errand import Asking, Posting, Told
from vantum.rest.fields import ID, Body, Id, View
from vantum.rest.paging import Asked, Page, told
from vantum.rest.problems import Kind, Refused
from vantum.rest.route import RestRoute, needs
from vantum.store import analysis_jobs
from vantum.store.models import Analysis, AnalysisJob, Call
from vantum.store.words import JobCause, JobState

ROUTER = APIRouter(prefix="/api", tags=["analyses"], route_class=RestRoute)


class EvidenceView(BaseModel):
    """Words that prove a value."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)

    field: str = Field(description="Which value they prove.", examples=["interest"])
    turn: int = Field(description="The line of the transcript in which they stand, from 0.", examples=[4])
    quote: str = Field(examples=["What does it cost?"])
    start_ms: int = Field(
        description="Where they are in the call's audio, in milliseconds.", examples=[18_200]
    )
    end_ms: int = Field(examples=[19_400])


class AnalysisView(View):
    """What a call came to. What nobody proved is null, or empty: it is unknown."""

    call_id: str
    supersedes_id: str | None = Field(description="The analysis before it, which is kept.")
    schema_version: str
    model: str = Field(
        description="Who analysed; `embedded` are rules and a list of words.", examples=["embedded"]
    )
    sentiment: float | None = Field(description="-1 to 1, from words alone.", examples=[0.4])
    interest: int | None = Field(description="0 to 100.", examples=[80])
    disposition: Disposition | None
    summary: str = Field(examples=["She asked for the price. She wants an offer by e-mail."])
    objections: list[str] = Field(examples=[["too expensive"]])
    next_step: str = Field(examples=["Send an offer."])
    callback_words: str = Field(description="The words of a promised time.", examples=["Tuesday at three"])
    data: dict[str, Any] = Field(description="The campaign's own fields.", examples=[{"team_size": 12}])
    evidence: list[EvidenceView]
    confidence: float | None = Field(description="0 to 1.", examples=[0.8])
    created_at: datetime


class AnalysisJobView(View):
    """An analysis that was asked for."""

    call_id: str
    cause: JobCause
    state: JobState
    attempts: int = Field(examples=[1])
    next_at: datetime | None = Field(description="When it is tried next; null once it is over.")
    analysis_id: str | None = Field(description="What came of it.")
    error: str = Field(description="What went wrong the last time.")
    created_at: datetime


class Analyzing(Body):
    """How a call is to be analysed again."""

    fields: Annotated[
        Schema | None, Field(description="Own fields to ask for; none: those of its campaign.")
    ] = None


class Versions(StrEnum):
    """Which analyses of a call."""

    NEWEST = "newest"
    ALL = "all"


def filters(
    errand: Asking,
    call_id: Annotated[str | None, Query(alias="callId", pattern=ID)] = None,
    campaign_id: Annotated[str | None, Query(alias="campaignId", pattern=ID)] = None,
    disposition: Disposition | None = None,
    least_interest: Annotated[
        int | None, Query(alias="leastInterest", ge=0, le=100, description="With this interest, or more.")
    ] = None,
) -> list[ColumnElement[bool]]:
    """Which analyses are asked for."""
    where: list[ColumnElement[bool]] = []
    if call_id is not None:
        where.append(Analysis.call_id == call_id)
    if campaign_id is not None:
        calls = select(Call.id).where(Call.org_id == errand.org_id, Call.campaign_id == campaign_id)
        where.append(Analysis.call_id.in_(calls))
    if disposition is not None:
        where.append(Analysis.disposition == disposition)
    if least_interest is not None:
        where.append(Analysis.interest >= least_interest)
    return where


def which(
    where: Annotated[list[ColumnElement[bool]], Depends(filters)],
    versions: Annotated[
        Versions, Query(description="The newest of each call, or those that it supersedes too.")
    ] = Versions.NEWEST,
) -> list[ColumnElement[bool]]:
    """The newest of each call only, unless all are wanted."""
    if versions is Versions.ALL:
        return where
    later = aliased(Analysis)
    superseded = select(later.id).where(
        later.org_id == Analysis.org_id, later.call_id == Analysis.call_id, later.id > Analysis.id
    )
    return [*where, ~superseded.correlate(Analysis).exists()]


Filters = Annotated[list[ColumnElement[bool]], Depends(which)]


@ROUTER.get(
    "/analyses", summary="List analyses", response_model=Page[AnalysisView], **needs(Right.ANALYSES_READ)
)
async def list_analyses(errand: Asking, wanted: Asked, where: Filters) -> Response:
    """The analyses of the organisation's calls, the newest first; of each call the newest only, unless all are
    wanted."""
    async with errand.reading() as session:
        return await told(session, errand.org_id, Analysis, wanted, AnalysisView, where)


@ROUTER.get(
    "/analyses/{analysis_id}",
    summary="Tell of an analysis",
    **needs(Right.ANALYSES_READ, Kind.NOT_FOUND),
)
async def get_analysis(analysis_id: Id, errand: Asking) -> AnalysisView:
    """One analysis."""
    async with errand.reading() as session:
        row = await rows.found(session, errand.org_id, Analysis, analysis_id, "analysis")
        return AnalysisView.model_validate(row)


@ROUTER.get(
    "/analysis-jobs/{job_id}",
    summary="Tell of an analysis that was asked for",
    **needs(Right.ANALYSES_READ, Kind.NOT_FOUND),
)
async def get_job(job_id: Id, errand: Asking) -> AnalysisJobView:
    """How far an analysis is that was asked for."""
    async with errand.reading() as session:
        row = await rows.found(session, errand.org_id, AnalysisJob, job_id, "analysis job")
        return AnalysisJobView.model_validate(row)


@ROUTER.post(
    f"{LOG.removeprefix('/api')}/{{call_id}}:analyze",
    status_code=202,
    summary="Analyse a call again",
    response_model=AnalysisJobView,
    **needs(Right.ANALYSES_WRITE, Kind.NOT_FOUND, Kind.CONFLICT),
)
async def analyze_call(call_id: Id, errand: Posting, asked: Analyzing | None = None) -> Response:
    """Have a call analysed again. The analyses before it are kept."""
    fields = None if asked is None else asked.fields

    async def work(session: AsyncSession) -> Told:
        call = await rows.found(session, errand.org_id, Call, call_id, "call")
        if call.ended_at is None:
            raise Refused(Kind.CONFLICT, "The call is not over.")
        made = await analysis_jobs.ask(session, errand.org_id, [call_id], fields, errand.at)
        if not made:
            raise Refused(Kind.CONFLICT, "There was no conversation: nothing of it was recorded.")
        await errand.note(session, "call.analyze", call_id, {"job": made[0]})
        row = await rows.found(session, errand.org_id, AnalysisJob, made[0], "analysis job")
        return Told(AnalysisJobView.model_validate(row), 202)

    return await errand.do(work)
