"""One analysis from its job to its row: read the record, write what its words say, ask, write what is said.

Law: what a call's words say is written before anybody is asked for an opinion, and nothing is written by whom the job
does not belong to any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path, PurePath
from typing import Final, TypeVar

from loguru import logger
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from vantum.analysis.analyst import Analyst
from vantum.core.analysis.brief import LONGEST_PURPOSE, Brief
from vantum.core.analysis.turn import Turn
from vantum.core.analysis.verdict import Analysis
from vantum.core.errors import ProviderError, UsageError
from vantum.core.faults import Fault
from vantum.core.outreach.analysing import wait_after
from vantum.core.outreach.call_words import call_words
from vantum.core.outreach.settlement import MACHINES
from vantum.outreach.aftermath import Made, Read, settle_analysis, settle_words
from vantum.outreach.in_thread import in_thread
from vantum.outreach.recorded_call import RecordedCall, read_recorded, sound_of
from vantum.retention import began
from vantum.store import analysis_jobs, calls, campaigns
from vantum.store.analysis_jobs import Claimed
from vantum.store.engine import Store
from vantum.store.models import Call, Campaign
from vantum.store.words import JobCause, JobState
from vantum.store.write_line import Haste

NOT_YET: Final = timedelta(seconds=1)
"""When a record is looked at again that is still being written, at the soonest."""
NOT_YET_SHARE: Final = 0.5
"""And after this part of the time for which it has been waited for: two writes each would be many."""
PATIENCE: Final = timedelta(minutes=10)
"""How long the end of a record is waited for; then what there is is read."""
GIVE_BACK_SECONDS: Final = 2.0
NO_RECORD: Final = "No machine has the record of the call."
NOBODY: Final = "There is nobody who could analyse it: set OPENAI_API_KEY, or install the extra 'local'."

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Staff:
    """Who analyses: a language model where there is one, and the embedded rules, which need no key.

    ``None`` where there is none. What a model has failed at to the end is left to the rules, and labelled so.
    """

    model: Analyst | None = None
    embedded: Analyst | None = None
    scripted: Mapping[str, Analyst] = field(default_factory=dict)
    """The rules that know the script of a pipeline, by the pipeline's name."""

    def rules(self, pipeline: str) -> Analyst | None:
        """The embedded rules for calls of a pipeline, by its name or its file."""
        return self.scripted.get(PurePath(pipeline).stem, self.embedded)


@dataclass(frozen=True, slots=True)
class _Case:
    """A call with its campaign, both as they are now, and what its folder says."""

    call: Call
    campaign: Campaign | None
    read: Read


@dataclass(frozen=True, slots=True)
class _Found:
    """What came of one attempt: an analysis, or a wait before the next; ``error`` in words."""

    analysis: Analysis | None = None
    wait: timedelta | None = None
    error: str = ""


class AnalysisWork:
    """Carries out jobs; ``is_open`` knows the records that are being written."""

    def __init__(
        self,
        store: Store,
        data: Path,
        staff: Staff,
        is_open: Callable[[str], bool],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._data = data
        self._staff = staff
        self._is_open = is_open
        self._clock = clock

    async def carry_out(self, job: Claimed) -> None:
        """Bring a job as far as it comes; only a cancellation is raised."""
        try:
            await self._make(job)
        except asyncio.CancelledError:
            await self._give_back(job)
            raise
        except Exception as error:
            # Whatever is wrong with one call: the others are analysed. Not its words: they may quote what was said.
            logger.error("A call cannot be analysed.", call=job.call_id, reason=type(error).__name__)
            logger.opt(exception=error).debug("An analysis failed here.")
            await self._failed(job, f"It failed ({type(error).__name__}).")

    async def _make(self, job: Claimed) -> None:
        now = self._clock()
        async with self._store.reading() as session:
            call = await calls.get(session, job.org_id, job.call_id)
            campaign_id = None if call is None else call.campaign_id
            campaign = None if campaign_id is None else await campaigns.get(session, job.org_id, campaign_id)
        recorded = None
        if call is not None and call.record_id is not None:
            recorded = await in_thread(partial(read_recorded, self._data, call.record_id))
        if call is None or recorded is None:
            await self._settled(job, JobState.FAILED, NO_RECORD)
            return
        waited = now - job.asked_at
        if self._is_written(recorded, now) and waited < PATIENCE:
            again_at = now + not_yet(waited)
            await self._write(lambda session: analysis_jobs.give_back(session, job, again_at))
            return
        case = _Case(call, campaign, await in_thread(partial(_read, self._data, recorded, job.cause)))
        if job.cause is JobCause.AFTER_CALL and not await self._told(job, case):
            return
        if call.outcome in MACHINES and job.cause is JobCause.AFTER_CALL:
            await self._settled(job, JobState.DONE)
            return
        await self._conclude(job, case, await self._asked(job, case))

    def _is_written(self, recorded: RecordedCall, now: datetime) -> bool:
        return self._is_open(recorded.id) or not recorded.is_over(now)

    async def _told(self, job: Claimed, case: _Case) -> bool:
        """Write what the words say; a wish that nobody has heard before cannot wait, and all else can."""
        haste = Haste.PATIENT if case.read.words.opt_out is None else Haste.URGENT
        return await self._store.write(partial(self._words, job, case), haste)

    async def _words(self, job: Claimed, case: _Case, session: AsyncSession) -> bool:
        """False when the job is another's by now."""
        if not await analysis_jobs.is_ours(session, job):
            return False
        call = await calls.get(session, job.org_id, job.call_id)
        if call is not None:
            await settle_words(session, call, case.read, self._clock())
        return True

    async def _asked(self, job: Claimed, case: _Case) -> _Found:
        """Ask for an analysis: the model first, and the rules where it has failed to the end or there is none."""
        turns, campaign = case.read.words.turns, case.campaign
        brief = (
            Brief()
            if campaign is None
            else Brief(campaign.brief[:LONGEST_PURPOSE], campaign.language or "en")
        )
        fields = _fields(job, case)
        error = ""
        if self._staff.model is not None:
            try:
                return await self._opinion(self._staff.model, turns, fields, brief)
            except ProviderError as failed:
                wait = wait_after(job.attempt, failed.fault)
                error = f"{failed} ({failed.fault})"
                if wait is not None:
                    return _Found(wait=wait, error=error)
        rules = self._staff.rules(case.call.pipeline)
        if rules is None:
            return _Found(error=error or NOBODY)
        found = await self._opinion(rules, turns, fields, brief)
        return _Found(found.analysis, error=error or found.error)

    async def _opinion(self, analyst: Analyst, turns: Sequence[Turn], fields: object, brief: Brief) -> _Found:
        """What an analyst says; where a campaign's fields cannot be asked for, all but them."""
        try:
            return _Found(await analyst.analyze(turns, fields, brief))
        except UsageError as error:
            made = await analyst.analyze(turns, None, brief)
            return _Found(made, error=str(error))

    async def _conclude(self, job: Claimed, case: _Case, found: _Found) -> None:
        """Write down what came of an attempt."""
        if found.wait is not None:
            until = self._clock() + found.wait
            await self._write(lambda session: analysis_jobs.put_off(session, job, until, found.error))
            logger.warning(
                "An analysis is tried again.", call=job.call_id, attempt=job.attempt, at=str(until)
            )
        elif found.analysis is None:
            await self._settled(job, JobState.FAILED, found.error)
            logger.error("A call was not analysed.", call=job.call_id, attempts=job.attempt)
        elif await self._write(partial(self._analysed, job, case, found)):
            logger.debug("A call was analysed.", call=job.call_id, model=found.analysis.model)

    async def _analysed(self, job: Claimed, case: _Case, found: _Found, session: AsyncSession) -> bool:
        call = await calls.get(session, job.org_id, job.call_id)
        if found.analysis is None or call is None or not await analysis_jobs.is_ours(session, job):
            return False
        made = Made(found.analysis, job.cause, _fields(job, case))
        row = await settle_analysis(session, call, case.read, made, self._clock())
        return await analysis_jobs.settle(session, job, JobState.DONE, row.id, found.error)

    async def _settled(self, job: Claimed, state: JobState, error: str = "") -> None:
        await self._write(lambda session: analysis_jobs.settle(session, job, state, None, error))

    async def _failed(self, job: Claimed, error: str) -> None:
        """What nobody foresaw: tried again as what a network does, within the same bounds."""
        wait = wait_after(job.attempt, Fault.NETWORK)
        found = _Found(wait=wait, error=error)
        try:
            if wait is None:
                await self._settled(job, JobState.FAILED, error)
            else:
                until = self._clock() + wait
                await self._write(lambda session: analysis_jobs.put_off(session, job, until, found.error))
        except (SQLAlchemyError, OSError, TimeoutError):
            # Its lease ends by itself.
            return

    async def _write(self, work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
        return await self._store.write(work, Haste.PATIENT)

    async def _give_back(self, job: Claimed) -> None:
        """This process ends: another one, or the next, may begin at once."""
        giving = asyncio.ensure_future(
            self._store.write(lambda session: analysis_jobs.give_back(session, job, self._clock()))
        )
        await asyncio.wait((giving,), timeout=GIVE_BACK_SECONDS)
        giving.cancel()
        await asyncio.gather(giving, return_exceptions=True)


def not_yet(waited: timedelta) -> timedelta:
    """When a record is looked at again whose end has been waited for so long."""
    return max(NOT_YET, waited * NOT_YET_SHARE)


def _read(data: Path, recorded: RecordedCall, cause: JobCause) -> Read:
    """What the folder says; its sound is looked at once."""
    words = call_words(recorded.entries, recorded.turns)
    sound = sound_of(data, recorded.id) if cause is JobCause.AFTER_CALL else None
    return Read(words, recorded.moment("call_started") or began(recorded.id), sound)


def _fields(job: Claimed, case: _Case) -> dict[str, object] | None:
    """The JSON Schema that is asked for: that of the job, else the campaign's."""
    wanted = job.fields if job.fields is not None else case.campaign and case.campaign.analysis_schema
    return dict(wanted) if wanted else None
