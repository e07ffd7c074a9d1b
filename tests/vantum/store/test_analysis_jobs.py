"""Analyses that wait: asked for once after a call, one process's at a time, and taken up again when it dies."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from tests.vantum.store.rows import NOON, Scene, new_scene
from vantum.store import analysis_jobs, calls
from vantum.store.analysis_jobs import Claimed, Place
from vantum.store.columns import new_id
from vantum.store.engine import Store
from vantum.store.models import Call
from vantum.store.words import CallStatus, JobCause, JobState

pytestmark = pytest.mark.real_time

MINUTE = timedelta(minutes=1)
FIELDS = {"type": "object", "properties": {"team": {"type": "integer"}}}


async def a_call(session: AsyncSession, scene: Scene, lead: int = 0, record: bool = True) -> str:
    call = await calls.insert_attempt(session, scene.org, scene.attempt(lead))
    call.record_id = new_id() if record else None
    await session.flush()
    return call.id


async def claimed(session: AsyncSession, *ids: str, at: int = 0) -> list[Claimed]:
    now = NOON + at * MINUTE
    return [*await analysis_jobs.claim(session, ids, now, now + 3 * MINUTE)]


async def test_a_call_is_asked_for_once_after_it_and_as_often_as_somebody_likes(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a", 2), await new_scene(session, "b", 1)
        call, bare, foreign = (
            await a_call(session, scene),
            await a_call(session, scene, 1, record=False),
            await a_call(session, other),
        )
        assert await analysis_jobs.ask_after(session, scene.org, call, NOON)
        assert not await analysis_jobs.ask_after(session, scene.org, call, NOON + MINUTE)
        again = await analysis_jobs.ask(session, scene.org, [call, bare, foreign], FIELDS, NOON + MINUTE)
        assert len(again) == 1
        jobs = await analysis_jobs.of_call(session, scene.org, call)
        assert [(job.id, job.cause, job.fields, job.next_at) for job in jobs] == [
            (call, JobCause.AFTER_CALL, None, NOON),
            (again[0], JobCause.ASKED, FIELDS, NOON + MINUTE),
        ]
        assert await analysis_jobs.of_call(session, other.org, call) == []
        assert [job.id for job in await analysis_jobs.due(session, NOON, 9)] == [call]
        [first, *others] = await analysis_jobs.due(session, NOON + MINUTE, 9)
        assert (first.id, [job.id for job in others]) == (call, [*again])
        behind = await analysis_jobs.due(session, NOON + MINUTE, 9, Place(first.next_at, first.id))
        assert behind == others
        assert await analysis_jobs.due(session, NOON + MINUTE, 9, Place(first.next_at)) == [first, *others]
        assert len(await analysis_jobs.due(session, NOON + MINUTE, 1)) == 1


async def test_a_lease_keeps_others_away_until_it_ends(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        call = await a_call(session, scene)
        await analysis_jobs.ask_after(session, scene.org, call, NOON)
        [first] = await claimed(session, call)
        assert (first.attempt, first.until, first.cause, first.fields) == (
            1,
            NOON + 3 * MINUTE,
            JobCause.AFTER_CALL,
            None,
        )
        assert await claimed(session, call, at=2) == []
        assert await analysis_jobs.is_ours(session, first)
        [second] = await claimed(session, call, at=3)
        assert second.attempt == 2
        assert not await analysis_jobs.is_ours(session, first)
        assert not await analysis_jobs.settle(session, first, JobState.DONE)
        assert not await analysis_jobs.put_off(session, first, NOON, "")
        assert await analysis_jobs.settle(session, second, JobState.FAILED, None, "x" * 900)
        assert await claimed(session, call, at=99) == []
        [job] = await analysis_jobs.of_call(session, scene.org, call)
        await session.refresh(job)
        assert (job.state, job.next_at, job.attempts, len(job.error)) == (JobState.FAILED, None, 2, 500)


async def test_what_failed_waits_and_what_was_no_attempt_does_not_count(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        call = await a_call(session, scene)
        await analysis_jobs.ask_after(session, scene.org, call, NOON)
        [job] = await claimed(session, call)
        assert await analysis_jobs.give_back(session, job, NOON + MINUTE)
        [job] = await claimed(session, call, at=1)
        assert job.attempt == 1
        assert await analysis_jobs.put_off(session, job, NOON + 9 * MINUTE, "no answer")
        assert await analysis_jobs.due(session, NOON + 8 * MINUTE, 9) == []
        [job] = await claimed(session, call, at=9)
        assert job.attempt == 2


async def test_how_far_they_are(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 2)
        ids = [await a_call(session, scene, lead) for lead in range(2)]
        jobs = await analysis_jobs.ask(session, scene.org, ids, None, NOON)
        [one] = await claimed(session, jobs[0])
        assert await analysis_jobs.soon(session, scene.org, jobs, NOON)
        await analysis_jobs.settle(session, one, JobState.DONE)
        assert await analysis_jobs.counts(session, scene.org, jobs) == {
            JobState.WAITING: 1,
            JobState.DONE: 1,
            JobState.FAILED: 0,
        }
        [two] = await claimed(session, jobs[1])
        await analysis_jobs.put_off(session, two, NOON + 60 * MINUTE, "no answer")
        assert not await analysis_jobs.soon(session, scene.org, jobs, NOON)
        assert not await analysis_jobs.soon(session, scene.org, [], NOON)


async def test_a_campaign_waits_for_the_first_analyses_of_its_late_calls(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        call = await a_call(session, scene)

        async def is_outstanding(since: datetime, untouched_since: datetime = NOON) -> bool:
            where = (scene.org, scene.campaign)
            return await analysis_jobs.outstanding(session, *where, since, untouched_since)

        await session.execute(
            update(Call).where(Call.id == call).values(status=CallStatus.ENDED, ended_at=NOON)
        )
        await analysis_jobs.ask(session, scene.org, [call], None, NOON)
        assert not await is_outstanding(NOON)
        await analysis_jobs.ask_after(session, scene.org, call, NOON)
        assert await is_outstanding(NOON)
        assert not await is_outstanding(NOON + MINUTE)
        assert not await is_outstanding(NOON, NOON + MINUTE)
        assert not await analysis_jobs.outstanding(session, scene.org, new_id(), NOON, NOON)
        [job] = await claimed(session, call)
        assert await is_outstanding(NOON, NOON + MINUTE)
        assert not await is_outstanding(NOON + MINUTE, NOON + MINUTE)
        await analysis_jobs.settle(session, job, JobState.DONE)
        assert not await is_outstanding(NOON)


async def test_two_that_claim_at_once_never_get_the_same(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        call = await a_call(session, scene)
        await analysis_jobs.ask_after(session, scene.org, call, NOON)
    first = await store.write(lambda session: claimed(session, call))
    second = await store.write(lambda session: claimed(session, call))
    assert (len(first), len(second)) == (1, 0)
