"""What follows from what was said: wishes, promises and consents, found in the record when the call is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from tests.vantum.outreach.aftercall import (
    INTERESTED,
    RULES,
    Judge,
    a_scene,
    analysed,
    analysis,
    end_attempt,
    ended,
    lead_of,
    row_of,
    suppressed,
    told,
)
from tests.vantum.outreach.folders import HELLO, leave_call
from tests.vantum.store.rows import number
from vantum.core.analysis.verdict import Analysis
from vantum.core.legal.case import ConsentKind, Scope
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.delivery import EventType
from vantum.core.outreach.lead import LeadState
from vantum.core.outreach.outcome import AttemptOutcome, Disposition
from vantum.core.outreach.retry import Occasion
from vantum.outreach.aftermath import settled
from vantum.outreach.analysis_work import Staff
from vantum.outreach.opting_out import REASON
from vantum.store import callbacks, consents, leads
from vantum.store.engine import Store
from vantum.store.models import Campaign, Lead, Suppression
from vantum.store.words import CallbackState

pytestmark = pytest.mark.real_time
A, D = AttemptOutcome, Disposition


async def test_a_wish_that_nobody_wrote_down_is_found_in_the_record(store: Store, tmp_path: Path) -> None:
    scene = await a_scene(store)
    async with store.writing() as session:
        other = Campaign(org_id=scene.org, name="Winter", pipeline="outreach")
        session.add(other)
        await session.flush()
        await leads.add(session, scene.org, other.id, scene.contacts, datetime.now(UTC))
    name = leave_call(tmp_path, HELLO, ("caller", "No. Take me off your list, please."))
    call_id = await ended(store, scene, name)
    await analysed(store, tmp_path, call_id, Staff(Judge([INTERESTED])))
    assert (await row_of(store, call_id)).disposition is D.DO_NOT_CALL
    assert len(await suppressed(store, scene.org, Scope.NUMBER, number(0))) == 1
    assert len(await suppressed(store, scene.org, Scope.CONTACT, scene.contacts[0])) == 1
    async with store.reading() as session:
        rows = await session.scalars(select(Suppression).where(Suppression.scope == Scope.NUMBER))
        [row] = rows.all()
        assert (row.quote, row.source_call_id) == ("Take me off your list", call_id)
        assert row.quote_ms is not None
        assert 2000 <= row.quote_ms <= 4000
        [waiting] = await session.scalars(select(Lead).where(Lead.campaign_id == other.id))
        assert (waiting.state, waiting.state_reason) == (LeadState.SKIPPED, REASON)
        said = await consents.of_contact(session, scene.org, scene.contacts[0])
        assert [(each.kind, each.granted_at) for each in said] == [(ConsentKind.CALL, None)]
    kinds = await told(store, scene.org)
    assert kinds.count(EventType.CONTACT_DO_NOT_CALL) == kinds.count(EventType.CONTACT_CONSENT_CHANGED) == 1


async def test_a_wish_that_only_the_analysis_understood_counts(store: Store, tmp_path: Path) -> None:
    scene = await a_scene(store)
    said = ("caller", "We already told your people that this has to be the last time.")
    call_id = await ended(store, scene, leave_call(tmp_path, HELLO, said))
    quote = "this has to be the last time"
    await analysed(store, tmp_path, call_id, Staff(Judge([analysis(quote=quote, disposition=D.DO_NOT_CALL)])))
    assert (await row_of(store, call_id)).disposition is D.DO_NOT_CALL
    async with store.reading() as session:
        rows = (await session.scalars(select(Suppression).where(Suppression.scope == Scope.NUMBER))).all()
    assert [(row.quote, row.quote_ms) for row in rows] == [(quote, 2200)]


async def test_a_promise_is_kept_by_the_callees_clock_and_goes_first(store: Store, tmp_path: Path) -> None:
    scene = await a_scene(store)
    call_id = await ended(
        store,
        scene,
        leave_call(tmp_path, HELLO, ("caller", "Call me back."), told=[("callback", "in two hours")]),
    )
    await analysed(store, tmp_path, call_id, Staff(Judge([RULES])))
    lead = await lead_of(store, scene.leads[0])
    assert (lead.state, lead.occasion, lead.final_disposition) == (LeadState.WAITING, Occasion.PROMISE, None)
    async with store.reading() as session:
        [promised] = await callbacks.of_lead(session, scene.org, scene.leads[0])
    assert (promised.state, promised.timezone, promised.words) == (
        CallbackState.OPEN,
        "America/New_York",
        "in two hours",
    )
    assert lead.next_attempt_at == promised.promised_at
    assert (
        timedelta(hours=1, minutes=59)
        < promised.promised_at - datetime.now(UTC)
        <= timedelta(hours=2, seconds=9)
    )
    assert (await row_of(store, call_id)).disposition is D.CALLBACK
    assert EventType.LEAD_CALLBACK_REQUESTED in await told(store, scene.org)


async def test_a_promise_that_the_analysis_found(store: Store, tmp_path: Path) -> None:
    scene = await a_scene(store, 2)
    made: list[Analysis | Exception] = [
        analysis(quote="Call me in three hours.", disposition=D.CALLBACK, callback="in three hours")
    ]
    ids = [
        await ended(
            store, scene, leave_call(tmp_path, HELLO, ("caller", "Call me in three hours.")), lead=place
        )
        for place in range(2)
    ]
    async with store.writing() as session:
        await session.execute(
            update(Campaign).where(Campaign.id == scene.campaign).values(state=CampaignState.COMPLETED)
        )
    await analysed(store, tmp_path, ids[0], Staff(Judge(made)))
    # Its campaign calls nobody any more: the promise is there for a person to keep.
    assert (await lead_of(store, scene.leads[0])).state is LeadState.DONE
    async with store.reading() as session:
        assert await callbacks.first_open(session, scene.org, scene.leads[0]) is not None


async def test_an_hour_that_the_analysis_found_is_promised_for_the_day_that_was_named(
    store: Store, tmp_path: Path
) -> None:
    scene = await a_scene(store, 1)
    said = (HELLO, ("caller", "I am busy, call me on Thursday."), ("caller", "At three."))
    call_id = await ended(store, scene, leave_call(tmp_path, *said))
    made: list[Analysis | Exception] = [
        analysis(quote="At three.", ms=60_000, disposition=D.CALLBACK, callback="At three.")
    ]
    await analysed(store, tmp_path, call_id, Staff(Judge(made)))
    async with store.reading() as session:
        [promised] = await callbacks.of_lead(session, scene.org, scene.leads[0])
    at = promised.promised_at.astimezone(ZoneInfo(promised.timezone))
    assert (at.weekday(), at.hour, promised.words) == (3, 15, "I am busy, call me on Thursday. At three.")


async def test_who_forbids_the_recording_is_put_down(store: Store, tmp_path: Path) -> None:
    scene = await a_scene(store, 2)
    no = leave_call(tmp_path, HELLO, ("caller", "Do not record this call."))
    yes = leave_call(tmp_path, ("bot", "May we record this call?"), ("caller", "Yes, sure."))
    for place, name in enumerate((no, yes)):
        call_id = await ended(store, scene, name, lead=place)
        await analysed(store, tmp_path, call_id, Staff(Judge([RULES])))
    async with store.reading() as session:
        found = [await consents.of_contact(session, scene.org, contact) for contact in scene.contacts]
    [[refused], [agreed]] = found
    assert (refused.kind, refused.granted_at, agreed.kind, agreed.revoked_at) == (
        ConsentKind.RECORDING,
        None,
        ConsentKind.RECORDING,
        None,
    )


@pytest.mark.parametrize(
    ("outcome", "disposition", "kinds"),
    [
        (A.ANSWERED_HUMAN, None, []),
        (A.ANSWERED_HUMAN, D.NOT_INTERESTED, [EventType.LEAD_DISPOSITION_CHANGED]),
        (
            A.ANSWERED_HUMAN,
            D.MEETING_BOOKED,
            [EventType.LEAD_DISPOSITION_CHANGED, EventType.LEAD_QUALIFIED],
        ),
        (A.NO_ANSWER, D.NO_CONVERSATION, [EventType.LEAD_EXHAUSTED]),
    ],
)
async def test_what_a_tool_said_of_a_lead_is_told_when_the_call_is_over(
    store: Store, outcome: AttemptOutcome, disposition: Disposition | None, kinds: list[EventType]
) -> None:
    scene = await a_scene(store)
    async with store.writing() as session:
        call = await end_attempt(session, scene, outcome=outcome, tell=False)
        lead = await session.get_one(Lead, scene.leads[0], populate_existing=True)
        lead.final_disposition = disposition
        await session.flush()
        await settled(session, call)
    assert [kind for kind in await told(store, scene.org) if kind.value.startswith("lead.")] == kinds
