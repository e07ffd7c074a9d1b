"""Rows of calls that have a record: each made once, with what was said and concluded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.vantum.store.rows import NOON, new_scene, number
from vantum.core.analysis.turn import Turn as Spoken
from vantum.core.outreach.outcome import AttemptOutcome
from vantum.core.transcript import Speaker
from vantum.store import calls, recorded_calls
from vantum.store.columns import new_id
from vantum.store.engine import Store
from vantum.store.models import Recording, Turn
from vantum.store.recorded_calls import Recorded, Sound
from vantum.store.words import AnsweredBy, CallStatus, Direction, Transport

pytestmark = pytest.mark.real_time


def recorded(**facts: object) -> Recorded:
    usual = Recorded(
        record_id=new_id(),
        direction=Direction.INBOUND,
        transport=Transport.TWILIO,
        ended_at=NOON + timedelta(seconds=40),
        outcome=AttemptOutcome.ANSWERED_HUMAN,
        from_number=number(0),
        to_number=number(99),
        pipeline="outreach",
        end_reason="x" * 600,
        begun_at=NOON,
        answered_at=NOON,
        answered_by=AnsweredBy.HUMAN,
        provider_sid=new_id(),
    )
    return replace(usual, **facts)  # type: ignore[arg-type]


async def test_a_record_is_one_row(store: Store) -> None:
    call = recorded()
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        row = await recorded_calls.add(session, scene.org, call)
        assert row is not None
        assert (row.id, row.record_id, row.status) == (call.record_id, call.record_id, CallStatus.ENDED)
        assert (row.contact_id, row.from_number, row.summary) == (scene.contacts[0], number(0), "")
        assert (row.answered_at, row.ended_at, row.dialed_at) == (NOON, call.ended_at, None)
        assert len(row.end_reason) == 500
        assert await recorded_calls.add(session, scene.org, call) is None
        found = await recorded_calls.of_record(session, call.record_id)
        assert found is not None
        assert found.id == row.id
        names = {call.record_id, new_id()}
        assert await recorded_calls.known(session, names) == {call.record_id}
        assert await recorded_calls.of_record(session, new_id()) is None


async def test_a_browsers_call_has_nobody(store: Store) -> None:
    browser = recorded(transport=Transport.BROWSER, from_number="", to_number="", provider_sid=None)
    placed = recorded(direction=Direction.OUTBOUND, to_number=number(0), provider_sid=None)
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        row = await recorded_calls.add(session, scene.org, browser)
        other = await recorded_calls.add(session, scene.org, placed)
        assert row is not None
        assert other is not None
        assert (row.contact_id, other.contact_id) == (None, scene.contacts[0])
        assert (row.dialed_at, other.dialed_at) == (None, NOON)
        assert (browser.other_number, placed.other_number) == ("", number(0))


async def test_attempts_without_a_name_are_found_by_their_number(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 2)
        first = await calls.insert_attempt(session, scene.org, scene.attempt(0))
        named = await calls.insert_attempt(session, scene.org, scene.attempt(1))
        named.record_id = new_id()
        await session.flush()
        assert [row.id for row in await recorded_calls.unnamed_attempts(session, number(0))] == [first.id]
        assert await recorded_calls.unnamed_attempts(session, number(1)) == []


async def test_what_was_said_and_heard_is_put_beside_a_call(store: Store) -> None:
    said = (Spoken(Speaker.BOT, "Hello.", 0, 900), Spoken(Speaker.CALLER, "Hi.", 1000, 1500))
    sound = Sound("calls/x/recording.wav", "a" * 64, 1500, "rule")
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        row = await recorded_calls.add(session, scene.org, recorded())
        assert row is not None
        await recorded_calls.lock(session, row)
        for turns in (said[:1], said):
            await recorded_calls.put_turns(session, row, turns)
        kept = (await session.scalars(select(Turn).where(Turn.call_id == row.id).order_by(Turn.seq))).all()
        assert [(turn.role, turn.text, turn.start_ms) for turn in kept] == [
            (Speaker.BOT, "Hello.", 0),
            (Speaker.CALLER, "Hi.", 1000),
        ]
        assert await recorded_calls.put_sound(session, row, sound)
        assert not await recorded_calls.put_sound(session, row, sound)
        [recording] = (await session.scalars(select(Recording).where(Recording.call_id == row.id))).all()
        assert (recording.path, recording.ms) == ("calls/x/recording.wav", 1500)


async def test_conclusions_are_numbered_and_found_by_their_kind(store: Store) -> None:
    async with store.writing() as session:
        scene = await new_scene(session, "a", 1)
        row = await recorded_calls.add(session, scene.org, recorded())
        assert row is not None
        for kind, payload in (
            ("disposition", {"by": "tool"}),
            ("do_not_call", {}),
            ("disposition", {"by": "x"}),
        ):
            await recorded_calls.note(session, row, kind, dict(payload), NOON)
        found = await recorded_calls.notes(session, row, "disposition")
        assert [(note.seq, note.payload) for note in found] == [(1, {"by": "tool"}), (3, {"by": "x"})]
