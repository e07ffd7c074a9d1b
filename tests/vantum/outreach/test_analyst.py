"""Calls that are over are analysed: durably, each by one process, again when it fails, by whoever is there."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.vantum.outreach.aftercall import (
    ASKED,
    INTERESTED,
    RULES,
    Clock,
    Judge,
    a_scene,
    analysed,
    analysis,
    ended,
    job_of,
    lead_of,
    row_of,
    told,
    until,
)
from tests.vantum.outreach.folders import HELLO, age, leave_call
from vantum.call_folder import FolderHold, folder_of
from vantum.core.analysis.verdict import EMBEDDED
from vantum.core.errors import ProviderError, UsageError
from vantum.core.faults import Fault
from vantum.core.outreach.delivery import EventType
from vantum.core.outreach.outcome import AttemptOutcome, Disposition
from vantum.outreach import analyst
from vantum.outreach.analysis_work import NO_RECORD, NOBODY, Staff, not_yet
from vantum.outreach.analyst import LEASE, LOST, Analysing, open_analyst
from vantum.store import analyses, analysis_jobs, callbacks, recorded_calls
from vantum.store.columns import new_id
from vantum.store.engine import Store
from vantum.store.models import AnalysisJob, Campaign, Recording, Turn
from vantum.store.words import JobCause, JobState

pytestmark = pytest.mark.real_time
D = Disposition


async def test_a_call_is_read_and_judged_with_all_that_follows(store: Store, tmp_path: Path) -> None:
    scene = await a_scene(store)
    async with store.writing() as session:
        fields = {"type": "object", "properties": {"team": {"type": "integer"}}}
        row = update(Campaign).where(Campaign.id == scene.campaign)
        await session.execute(row.values(analysis_schema=fields, brief="Reminders", language="en"))
    name = leave_call(tmp_path, HELLO, ASKED, sound=True)
    call_id = await ended(store, scene, name)
    judge = Judge([INTERESTED])
    job = await analysed(store, tmp_path, call_id, Staff(judge, Judge([RULES])))
    assert (job.state, job.attempts, job.error, job.cause) == (JobState.DONE, 1, "", JobCause.AFTER_CALL)
    [(turns, schema, brief)] = judge.asked
    assert [turn.text for turn in turns] == [HELLO[1], ASKED[1]]
    assert (schema, brief.purpose, brief.language) == (fields, "Reminders", "en")
    call = await row_of(store, call_id)
    assert (call.interest, call.summary, call.disposition) == (70, "Tell me more.", D.INTERESTED)
    assert (await lead_of(store, scene.leads[0])).final_disposition is D.INTERESTED
    async with store.reading() as session:
        found = await analyses.newest(session, scene.org, call_id)
        assert found is not None
        assert (found.id, found.model) == (job.analysis_id, "gpt-test")
        [note] = await recorded_calls.notes(session, call, "disposition")
        assert note.payload == {
            "disposition": "interested",
            "by": "analysis",
            "quote": "Tell me more.",
            "start_ms": 2200,
            "end_ms": 3100,
        }
        kept = await session.scalars(select(Turn.text).where(Turn.call_id == call_id).order_by(Turn.seq))
        assert [*kept] == [HELLO[1], ASKED[1]]
        assert (await session.scalars(select(Recording.ms).where(Recording.call_id == call_id))).all() == [
            1000
        ]
    assert await told(store, scene.org) == [
        EventType.CALL_ANSWERED,
        EventType.CALL_ENDED,
        EventType.CALL_RECORDING_READY,
        EventType.LEAD_DISPOSITION_CHANGED,
        EventType.LEAD_QUALIFIED,
        EventType.CALL_ANALYZED,
    ]


async def test_another_analysis_supersedes_the_first_and_is_kept_beside_it(
    store: Store, tmp_path: Path
) -> None:
    scene = await a_scene(store)
    call_id = await ended(store, scene, leave_call(tmp_path, HELLO, ASKED))
    await analysed(store, tmp_path, call_id, Staff(Judge([INTERESTED])))
    fields = {"type": "object", "properties": {"size": {"type": "string"}}}
    async with store.writing() as session:
        [again] = await analysis_jobs.ask(session, scene.org, [call_id], fields, datetime.now(UTC))
    cool = analysis(interest=20, disposition=D.NOT_INTERESTED, callback="Tell me more.")
    judge = Judge([cool])
    job = await analysed(store, tmp_path, again, Staff(judge))
    assert judge.asked[0][1] == fields
    async with store.reading() as session:
        newest, first = await analyses.of_call(session, scene.org, call_id)
        assert (newest.id, newest.supersedes_id, newest.interest) == (job.analysis_id, first.id, 20)
        assert first.interest == 70
        assert await callbacks.of_lead(session, scene.org, scene.leads[0]) == []
    call = await row_of(store, call_id)
    assert (call.interest, call.disposition) == (20, D.NOT_INTERESTED)


async def test_what_a_killed_process_had_begun_is_taken_up_again(store: Store, tmp_path: Path) -> None:
    scene = await a_scene(store)
    call_id = await ended(store, scene, leave_call(tmp_path, HELLO, ASKED))
    now = datetime.now(UTC)
    async with store.writing() as session:
        # Killed: the job is claimed, and nobody will ever settle it.
        assert await analysis_jobs.claim(session, [call_id], now, now + LEASE)
    clock = Clock()
    async with open_analyst(Analysing(store, tmp_path, Staff(Judge([INTERESTED])), clock=clock)) as analysing:
        await asyncio.sleep(0)
        assert (await job_of(store, call_id)).state is JobState.WAITING
        clock.ahead = LEASE
        analysing.wake()
        job = await until(store, call_id, lambda job: job.next_at is None)
    assert (job.state, job.attempts) == (JobState.DONE, 2)


async def test_who_is_told_to_stop_gives_back_what_it_had(store: Store, tmp_path: Path) -> None:
    scene = await a_scene(store)
    call_id = await ended(store, scene, leave_call(tmp_path, HELLO, ASKED))
    judge = Judge([INTERESTED], waits=asyncio.Event())
    async with open_analyst(Analysing(store, tmp_path, Staff(judge))):
        async with asyncio.timeout(20):
            while not judge.asked:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
    job = await job_of(store, call_id)
    assert (job.state, job.attempts) == (JobState.WAITING, 0)
    assert job.next_at is not None
    assert job.next_at <= datetime.now(UTC)
    # What its words say was written before.
    async with store.reading() as session:
        assert len((await session.scalars(select(Turn).where(Turn.call_id == call_id))).all()) == 2


async def test_of_two_processes_one_analyses(store: Store, tmp_path: Path) -> None:
    scene = await a_scene(store, 6)
    ids = [await ended(store, scene, leave_call(tmp_path, HELLO, ASKED), lead=place) for place in range(6)]
    first, second = Judge([INTERESTED]), Judge([INTERESTED])
    one = Analysing(store, tmp_path, Staff(first))
    two = Analysing(store, tmp_path, Staff(second))
    async with open_analyst(one), open_analyst(two):
        for call_id in ids:
            assert (await until(store, call_id, lambda job: job.next_at is None)).state is JobState.DONE
    assert len(first.asked) + len(second.asked) == 6
    async with store.reading() as session:
        for call_id in ids:
            assert len(await analyses.of_call(session, scene.org, call_id)) == 1


async def test_a_provider_that_fails_is_asked_again_later(store: Store, tmp_path: Path) -> None:
    scene = await a_scene(store)
    call_id = await ended(store, scene, leave_call(tmp_path, HELLO, ASKED))
    judge, clock = Judge([ProviderError("llm", "openai", "no answer"), INTERESTED]), Clock()
    waiting = await analysed(store, tmp_path, call_id, Staff(judge), lambda job: job.error != "", clock)
    assert waiting.next_at is not None
    assert timedelta(seconds=5) < waiting.next_at - datetime.now(UTC) <= timedelta(seconds=10)
    assert (waiting.state, waiting.error) == (JobState.WAITING, "openai (llm): no answer (network)")
    clock.ahead = timedelta(seconds=11)
    job = await analysed(store, tmp_path, call_id, Staff(judge), clock=clock)
    assert (job.state, job.attempts) == (JobState.DONE, 2)


async def test_the_rules_judge_where_no_model_does_and_it_is_labelled(store: Store, tmp_path: Path) -> None:
    scene = await a_scene(store, 2)
    refused = Judge([ProviderError("llm", "openai", "refused", Fault.FATAL)])
    ids = [await ended(store, scene, leave_call(tmp_path, HELLO, ASKED), lead=place) for place in range(2)]
    clock = Clock()
    staff = Staff(refused, Judge([RULES]))
    await analysed(store, tmp_path, ids[0], staff, lambda job: job.error != "", clock)
    clock.ahead = timedelta(seconds=11)
    job = await analysed(store, tmp_path, ids[0], staff, clock=clock)
    assert (job.state, job.attempts, job.error) == (JobState.DONE, 2, "openai (llm): refused (fatal)")
    clock.ahead = timedelta(minutes=1)
    await analysed(store, tmp_path, ids[1], Staff(None, Judge([RULES])), clock=clock)
    async with store.reading() as session:
        for call_id in ids:
            found = await analyses.newest(session, scene.org, call_id)
            assert found is not None
            assert (found.model, found.disposition) == (EMBEDDED, D.NOT_INTERESTED)


async def test_without_anybody_the_words_count_all_the_same(store: Store, tmp_path: Path) -> None:
    scene = await a_scene(store)
    call_id = await ended(store, scene, leave_call(tmp_path, HELLO, ASKED, told=[("meeting_booked", "")]))
    job = await analysed(store, tmp_path, call_id, Staff())
    assert (job.state, job.error) == (JobState.FAILED, NOBODY)
    call = await row_of(store, call_id)
    assert call.disposition is D.MEETING_BOOKED
    async with store.reading() as session:
        [note] = await recorded_calls.notes(session, call, "disposition")
    assert (note.payload["by"], note.payload["quote"]) == ("tool", ASKED[1])


async def test_fields_that_cannot_be_asked_for_are_left_out(store: Store, tmp_path: Path) -> None:
    scene = await a_scene(store)
    call_id = await ended(store, scene, leave_call(tmp_path, HELLO, ASKED))
    judge = Judge([UsageError("the schema: it is odd.", "Correct it."), INTERESTED])
    job = await analysed(store, tmp_path, call_id, Staff(judge))
    assert (job.state, job.error) == (JobState.DONE, "the schema: it is odd. Correct it.")
    assert [schema for _, schema, _ in judge.asked] == [None, None]


async def test_one_call_that_cannot_be_read_stops_no_other(store: Store, tmp_path: Path) -> None:
    scene = await a_scene(store, 2)
    bad, good = [
        await ended(store, scene, leave_call(tmp_path, HELLO, ASKED), lead=place) for place in range(2)
    ]
    judge = Judge([RuntimeError("secret words"), INTERESTED])
    async with open_analyst(Analysing(store, tmp_path, Staff(judge))):
        await until(store, good, lambda job: job.next_at is None or job.error != "")
        await until(store, bad, lambda job: job.next_at is None or job.error != "")
    states = {(await job_of(store, each)).error: (await job_of(store, each)).state for each in (bad, good)}
    assert states == {"It failed (RuntimeError).": JobState.WAITING, "": JobState.DONE}


async def test_what_failed_as_often_as_it_may_is_over(store: Store, tmp_path: Path) -> None:
    scene = await a_scene(store)
    call_id = await ended(store, scene, leave_call(tmp_path, HELLO, ASKED))
    async with store.writing() as session:
        await session.execute(update(AnalysisJob).values(attempts=5))
    job = await analysed(store, tmp_path, call_id, Staff(Judge([RuntimeError()])))
    assert (job.state, job.attempts, job.error) == (JobState.FAILED, 6, "It failed (RuntimeError).")


@pytest.mark.parametrize("together", [50, 1])
async def test_a_record_elsewhere_is_left_to_its_machine_and_given_up_after_a_day(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    monkeypatch.setattr(analyst, "LOOKED_AT", together)
    scene = await a_scene(store, 2)
    call_id = await ended(store, scene, new_id())
    here = await ended(store, scene, leave_call(tmp_path, HELLO, ASKED), lead=1)
    clock = Clock()
    await analysed(store, tmp_path, here, Staff(Judge([INTERESTED])), clock=clock)
    assert (await job_of(store, call_id)).attempts == 0
    clock.ahead = LOST + timedelta(minutes=1)
    job = await analysed(store, tmp_path, call_id, Staff(Judge([INTERESTED])), clock=clock)
    assert (job.state, job.error) == (JobState.FAILED, NO_RECORD)


async def test_a_record_that_is_being_written_is_waited_for(store: Store, tmp_path: Path) -> None:
    scene = await a_scene(store)
    name = leave_call(tmp_path, HELLO, ASKED, over=False)
    call_id = await ended(store, scene, name)
    folder = folder_of(tmp_path, name)
    assert folder is not None
    hold = FolderHold(folder)
    judge = Judge([INTERESTED])
    async with open_analyst(Analysing(store, tmp_path, Staff(judge))):
        before = (await job_of(store, call_id)).next_at
        job = await until(store, call_id, lambda job: job.next_at != before)
        assert (job.state, judge.asked) == (JobState.WAITING, [])
        age(tmp_path, name, timedelta(minutes=6))
        job = await until(store, call_id, lambda job: job.next_at is None)
    assert (job.state, job.attempts) == (JobState.DONE, 1)
    hold.release()


@pytest.mark.parametrize(("waited", "seconds"), [(0, 1), (2, 1), (8, 4), (120, 60)])
def test_the_longer_it_is_written_the_more_rarely_it_is_looked_at(waited: int, seconds: int) -> None:
    assert not_yet(timedelta(seconds=waited)) == timedelta(seconds=seconds)


async def test_a_database_that_does_not_answer_is_asked_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = await a_scene(store)
    call_id = await ended(store, scene, leave_call(tmp_path, HELLO, ASKED))
    monkeypatch.setattr(analyst, "TROUBLE_SECONDS", 0.01)
    due, failures = analysis_jobs.due, [1, 1]

    async def failing(*given: Any) -> Any:
        if failures:
            failures.pop()
            raise OSError
        return await due(*given)

    monkeypatch.setattr(analysis_jobs, "due", failing)
    job = await analysed(store, tmp_path, call_id, Staff(Judge([INTERESTED])))
    assert (job.state, failures) == (JobState.DONE, [])


async def test_what_is_taken_away_meanwhile_is_not_written(store: Store, tmp_path: Path) -> None:
    scene = await a_scene(store)
    call_id = await ended(store, scene, leave_call(tmp_path, HELLO, ASKED))
    judge = Judge([INTERESTED], waits=asyncio.Event())
    async with open_analyst(Analysing(store, tmp_path, Staff(judge))):
        async with asyncio.timeout(20):
            while not judge.asked:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
        later = datetime.now(UTC) + LEASE
        async with store.writing() as session:
            [other] = await analysis_jobs.claim(session, [call_id], later, later + LEASE)
        assert judge.waits is not None
        judge.waits.set()
        await asyncio.sleep(0.2)
        async with store.writing() as session:
            assert await analysis_jobs.is_ours(session, other)
            assert await analyses.of_call(session, scene.org, call_id) == []


async def test_machines_are_not_analysed(store: Store, tmp_path: Path) -> None:
    scene = await a_scene(store)
    name = leave_call(tmp_path, ("caller", "Please leave a message."), HELLO)
    call_id = await ended(store, scene, name, outcome=AttemptOutcome.VOICEMAIL_LEFT)
    judge = Judge([INTERESTED])
    job = await analysed(store, tmp_path, call_id, Staff(judge))
    assert (job.state, job.analysis_id, judge.asked) == (JobState.DONE, None, [])
    assert (await row_of(store, call_id)).disposition is D.VOICEMAIL
    assert EventType.CALL_MACHINE in await told(store, scene.org)


async def test_a_call_without_a_person_is_told_and_not_analysed(store: Store) -> None:
    scene = await a_scene(store)
    call_id = await ended(store, scene, "", outcome=AttemptOutcome.INVALID_NUMBER)
    async with store.reading() as session:
        assert await analysis_jobs.of_call(session, scene.org, call_id) == []
    kinds = [EventType.CALL_ENDED, EventType.CALL_FAILED, EventType.LEAD_EXHAUSTED]
    assert await told(store, scene.org) == kinds
