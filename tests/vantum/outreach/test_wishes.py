"""While a call runs: who asks not to be called any more is suppressed at once, and hears it; promises are written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from tests.vantum.outreach.aftercall import endpoint, lead_of, suppressed, told
from tests.vantum.store.rows import Scene, new_scene, number
from vantum.core.call_facts import CallFacts, Direction
from vantum.core.events import (
    CallEnded,
    DispositionRecorded,
    Event,
    Transcript,
    TurnCommitted,
    TurnEnd,
    UtteranceEnded,
    UtteranceStarted,
)
from vantum.core.legal.case import Scope
from vantum.core.legal.decision import Decision, Verdict
from vantum.core.outreach import listening
from vantum.core.outreach.delivery import EventType
from vantum.core.outreach.lead import LeadState
from vantum.core.outreach.opt_out import LINES
from vantum.dialing.cases import Party, gate, party_of
from vantum.outreach import wishes as watching
from vantum.outreach.wishes import Wishes
from vantum.store import callbacks, calls, recorded_calls
from vantum.store.columns import new_id
from vantum.store.engine import Store
from vantum.store.models import Campaign, Lead, Org, Suppression
from vantum.store.orgs import DEFAULT_ORG_ID
from vantum.store.write_line import Haste

pytestmark = pytest.mark.real_time

STOP = "Please do not call me again."


@dataclass(slots=True)
class Line:
    """A call under way."""

    facts: CallFacts
    language: str = "en"
    said: list[str] = field(default_factory=list)

    async def say(self, words: str) -> None:
        self.said.append(words)


@dataclass(slots=True)
class Hall:
    """Calls that are watched."""

    store: Store
    lines: dict[str, Line] = field(default_factory=dict)
    over: list[str] = field(default_factory=list)

    async def hears(self, line: Line, *events: Event) -> None:
        """Watch a call in which all this happens, and wait for what follows."""
        self.lines[line.facts.id] = line
        wishes = Wishes(self.store, self.lines.get, self.over.append)
        watch = wishes.observe(line.facts.id)
        for event in events:
            watch(event)
            await asyncio.sleep(0)
        await wishes.close()


def call_to(
    to: str, record_id: str = "", direction: Direction = Direction.OUTBOUND, language: str = "en"
) -> Line:
    facts = CallFacts(record_id or new_id(), "local", language, direction, number(99), to)
    return Line(facts, language)


def turn(text: str) -> TurnCommitted:
    return TurnCommitted(1, text, TurnEnd.SILENCE, 0.5)


def answer(text: str) -> tuple[Event, Event]:
    return UtteranceStarted("u"), UtteranceEnded("u", text, interrupted=False)


async def a_call(store: Store, *, named: bool = True) -> tuple[Scene, str]:
    """A call of a dialer under way, and its record's name."""
    name = new_id()
    async with store.writing() as session:
        scene = await new_scene(session, new_id(), 2)
        await endpoint(session, scene.org)
        call = await calls.insert_attempt(session, scene.org, scene.attempt())
        call.record_id = name if named else None
        await session.flush()
    return scene, name


@pytest.mark.parametrize("named", [True, False], ids=["the dialer knows its name", "not yet"])
async def test_a_wish_is_kept_while_the_call_runs_and_confirmed_once(store: Store, named: bool) -> None:
    scene, name = await a_call(store, named=named)
    hall, line = Hall(store), call_to(number(0), name, language="de-DE")
    await hall.hears(line, turn(STOP), *answer("All right."), *answer("Anything else?"))
    assert line.said == [LINES["de"]]
    assert hall.over == []
    for scope, value in ((Scope.NUMBER, number(0)), (Scope.CONTACT, scene.contacts[0])):
        assert len(await suppressed(store, scene.org, scope, value)) == 1
    async with store.reading() as session:
        [row] = (await session.scalars(select(Suppression).where(Suppression.scope == Scope.NUMBER))).all()
        [call] = await calls.of_lead(session, scene.org, scene.leads[0])
        assert (row.quote, row.source_call_id) == ("do not call me", call.id)
        [note] = await recorded_calls.notes(session, call, "do_not_call")
        assert note.payload["by"] == "caller"
    assert (await lead_of(store, scene.leads[0])).state is LeadState.SKIPPED
    assert (await lead_of(store, scene.leads[1])).state is LeadState.PENDING
    kinds = await told(store, scene.org)
    assert kinds.count(EventType.CONTACT_DO_NOT_CALL) == 1


@pytest.mark.parametrize("more", [(), (Transcript("before nine", final=False),)], ids=["no more", "more"])
async def test_a_wish_over_the_bots_words_is_kept_before_the_turn_is_over(
    store: Store, monkeypatch: pytest.MonkeyPatch, more: tuple[Event, ...]
) -> None:
    monkeypatch.setattr(listening, "SURE_SECONDS", 0.0)
    scene, name = await a_call(store)
    line = call_to(number(0), name)
    await Hall(store).hears(line, UtteranceStarted("u"), Transcript("Never call me", final=True), *more)
    found = await suppressed(store, scene.org, Scope.NUMBER, number(0))
    assert (len(found), line.said) == (0 if more else 1, [])


async def test_no_later_claim_dials_them(store: Store) -> None:
    scene, name = await a_call(store)
    await Hall(store).hears(call_to(number(0), name), turn(STOP))
    later = datetime.now(UTC) + timedelta(days=400)
    async with store.reading() as session:
        org, campaign = await session.get_one(Org, scene.org), await session.get_one(Campaign, scene.campaign)
        lead = await session.get_one(Lead, scene.leads[0])
        party = await party_of(session, org, campaign, lead)
        assert isinstance(party, Party)
        decision = await gate(session, party, later)
    assert isinstance(decision, Decision)
    assert decision.verdict is Verdict.BLOCK
    assert any("asked" in finding.words for finding in decision.findings if finding.verdict is Verdict.BLOCK)


async def test_the_bots_own_confirmation_is_enough(store: Store) -> None:
    _, name = await a_call(store)
    line = call_to(number(0), name)
    await Hall(store).hears(line, turn(STOP), *answer("You are off our list, we will not call you again."))
    assert line.said == []


async def test_a_tool_is_as_good_as_the_words(store: Store) -> None:
    scene, name = await a_call(store)
    line = call_to(number(0), name)
    await Hall(store).hears(line, turn("Not with me."), DispositionRecorded("do_not_call"), *answer("Fine."))
    assert line.said == [LINES["en"]]
    async with store.reading() as session:
        [row] = (await session.scalars(select(Suppression).where(Suppression.scope == Scope.NUMBER))).all()
    assert (row.org_id, row.quote) == (scene.org, "Not with me.")


async def test_a_caller_who_is_nobodys_lead_is_the_default_organisations(store: Store) -> None:
    line = call_to(number(99), direction=Direction.INBOUND)
    caller = CallFacts(line.facts.id, "twilio", "en", Direction.INBOUND, number(5), number(99))
    await Hall(store).hears(Line(caller), turn(STOP))
    assert len(await suppressed(store, DEFAULT_ORG_ID, Scope.NUMBER, number(5))) == 1
    assert await suppressed(store, DEFAULT_ORG_ID, Scope.NUMBER, number(99)) == ()


async def test_who_calls_back_means_all_that_called(store: Store) -> None:
    scene, _ = await a_call(store)
    caller = CallFacts(new_id(), "twilio", "en", Direction.INBOUND, number(0), number(99))
    async with store.writing() as session:
        [call] = await calls.of_lead(session, scene.org, scene.leads[0])
        call.record_id = new_id()
    await Hall(store).hears(Line(caller), turn(STOP))
    for org_id in (DEFAULT_ORG_ID, scene.org):
        assert len(await suppressed(store, org_id, Scope.NUMBER, number(0))) == 1
    assert (await lead_of(store, scene.leads[0])).state is LeadState.SKIPPED


async def test_a_browser_has_no_number(store: Store) -> None:
    hall, line = Hall(store), Line(CallFacts(new_id(), "browser"))
    await hall.hears(line, turn(STOP), *answer("All right."), CallEnded("client left"))
    assert line.said == []
    assert hall.over == [line.facts.id]
    async with store.reading() as session:
        assert (await session.scalars(select(Suppression))).all() == []


async def test_a_promise_is_a_row_before_the_call_is_over(store: Store) -> None:
    scene, name = await a_call(store)
    line = call_to(number(0), name)
    await Hall(store).hears(line, DispositionRecorded("callback", "in two hours"))
    async with store.reading() as session:
        [promised] = await callbacks.of_lead(session, scene.org, scene.leads[0])
    wait = promised.promised_at - datetime.now(UTC)
    assert timedelta(hours=1, minutes=59) < wait <= timedelta(hours=2)
    assert (promised.words, promised.timezone) == ("in two hours", "America/New_York")


async def test_the_database_may_fail_for_a_moment(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    scene, name = await a_call(store)
    monkeypatch.setattr(watching, "WAIT_SECONDS", 0.01)
    line, write, failures = call_to(number(0), name), store.write, [1, 1]

    async def failing(work: Callable[[object], object], haste: Haste) -> object:
        if failures.pop() if failures else 0:
            raise OperationalError("", {}, Exception())
        return await write(work, haste)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "write", failing)
    await Hall(store).hears(line, turn(STOP))
    assert len(await suppressed(store, scene.org, Scope.NUMBER, number(0))) == 1


async def test_a_database_that_stays_away_ends_no_call(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    scene, name = await a_call(store)
    monkeypatch.setattr(watching, "WAIT_SECONDS", 0.0)

    async def failing(_: object, _haste: Haste) -> object:
        raise OSError

    monkeypatch.setattr(store, "write", failing)
    line = call_to(number(0), name)
    await Hall(store).hears(line, turn(STOP), DispositionRecorded("callback", "in two hours"))
    assert await suppressed(store, scene.org, Scope.NUMBER, number(0)) == ()
