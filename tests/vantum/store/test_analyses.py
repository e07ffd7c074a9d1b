"""Analyses: the newest supersedes the one before, and all are kept."""

from __future__ import annotations

import pytest

from tests.vantum.store.rows import NOON, new_scene
from vantum.core.analysis import verdict
from vantum.core.analysis.verdict import Evidence
from vantum.core.outreach.outcome import AttemptOutcome, Disposition
from vantum.store import analyses, calls
from vantum.store.columns import new_id
from vantum.store.engine import Store
from vantum.store.pages import Cut
from vantum.store.words import CallStatus

pytestmark = pytest.mark.real_time

PROOF = Evidence("disposition", 1, "Tell me more.", 1000, 2000)
MADE = verdict.Analysis(
    "gpt-test",
    disposition=Disposition.INTERESTED,
    interest=60,
    summary=("They asked.", "They listened."),
    confidence=0.5,
    evidence=(
        PROOF,
        *(
            Evidence(name, 1, "Tell me more.", 1000, 2000)
            for name in ("interest", "summary[0]", "summary[1]")
        ),
    ),
)
FIELDS = {"type": "object", "properties": {}}


async def test_a_new_one_supersedes_the_last_and_both_are_kept(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a", 1), await new_scene(session, "b", 1)
        call = await calls.insert_attempt(session, scene.org, scene.attempt())
        assert await analyses.newest(session, scene.org, call.id) is None
        first = await analyses.add(session, scene.org, call.id, MADE)
        second = await analyses.add(session, scene.org, call.id, MADE, FIELDS)
        assert (first.supersedes_id, second.supersedes_id) == (None, first.id)
        assert (first.summary, first.interest, first.model) == ("They asked. They listened.", 60, "gpt-test")
        assert first.evidence[0] == {
            "field": "disposition",
            "turn": 1,
            "quote": "Tell me more.",
            "start_ms": 1000,
            "end_ms": 2000,
        }
        assert first.schema_version == "1"
        assert second.schema_version.startswith("1-")
        assert len(second.schema_version) == 14
        newest = await analyses.newest(session, scene.org, call.id)
        assert newest is not None
        assert newest.id == second.id
        assert [row.id for row in await analyses.of_call(session, scene.org, call.id)] == [
            second.id,
            first.id,
        ]
        page = await analyses.of_campaign(session, scene.org, scene.campaign, Cut())
        assert len(page.rows) == 2
        assert await analyses.newest(session, other.org, call.id) is None
        assert (await analyses.of_campaign(session, other.org, scene.campaign, Cut())).rows == []


def test_the_same_fields_have_the_same_version_however_they_are_written() -> None:
    one, two = {"a": 1, "b": 2}, {"b": 2, "a": 1}
    assert analyses.version_of(1, one) == analyses.version_of(1, two) != analyses.version_of(1, {"a": 2})
    assert analyses.version_of(2, {}) == "2"


async def test_calls_with_people_are_analysed_again(store: Store) -> None:
    async with store.writing() as session:
        scene, other = await new_scene(session, "a", 3), await new_scene(session, "b", 1)
        rows = [await calls.insert_attempt(session, scene.org, scene.attempt(lead)) for lead in range(3)]
        outcomes = (
            AttemptOutcome.ANSWERED_HUMAN,
            AttemptOutcome.ANSWERED_HUMAN,
            AttemptOutcome.ANSWERED_MACHINE,
        )
        for row, outcome in zip(rows, outcomes, strict=True):
            row.status, row.ended_at, row.outcome, row.record_id = CallStatus.ENDED, NOON, outcome, new_id()
        rows[1].record_id = None
        await session.flush()
        found = await analyses.calls_to_analyse(session, scene.org, scene.campaign)
        assert found == {rows[0].id: rows[0].record_id}
        assert await analyses.calls_to_analyse(session, other.org, scene.campaign) == {}
