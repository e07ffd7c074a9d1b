"""A campaign's figures as events: each change once, and an end when nothing changes by itself."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from tests.vantum.rest.kit import House, problem
from tests.vantum.store.rows import NOON
from vantum.campaigns.status import CampaignStatus, status
from vantum.core.outreach.campaign import CampaignState
from vantum.core.outreach.lead import LeadState
from vantum.core.outreach.outcome import AttemptOutcome, Disposition
from vantum.rest import campaign_events
from vantum.rest.campaign_events import figures_told
from vantum.rest.campaign_figures import (
    AttemptFigures,
    LeadFigures,
    QueueFigures,
    SpentFigures,
    StatusView,
)
from vantum.store import campaigns

REAL = pytest.mark.real_time
RUNNING = StatusView(
    id="campaign",
    at=NOON,
    state=CampaignState.RUNNING,
    state_reason="",
    is_over=False,
    leads=LeadFigures(
        total=0,
        left=0,
        over=0,
        in_call=0,
        by_state=dict.fromkeys(LeadState, 0),
        by_disposition=dict.fromkeys(Disposition, 0),
    ),
    attempts=AttemptFigures(
        total=0,
        under_way=0,
        by_outcome=dict.fromkeys(AttemptOutcome, 0),
        answered=0,
        reached=0,
        conversations=0,
        picked_up=0,
        abandoned=0,
        abandoned_share=0.0,
    ),
    queue=QueueFigures(due=0, later=0, first=None, last=None),
    spent=SpentFigures(final_micros=0, estimated_micros=0, budget_micros=None, currency="USD"),
    ends_at=None,
    brake="",
    dialers=1,
)


def second(number: int, view: StatusView = RUNNING, **fields: object) -> StatusView:
    """The same some seconds later, but for some fields."""
    return view.model_copy(update={"at": NOON + timedelta(seconds=number), **fields})


async def told(first: StatusView, *later: StatusView | None) -> list[tuple[float, StatusView | None]]:
    """What is told, and when, as these follow each other; None where nothing is."""
    waiting, clock = iter(later), asyncio.get_running_loop().time
    began = clock()

    async def look() -> StatusView | None:
        return next(waiting)

    found: list[tuple[float, StatusView | None]] = []
    async for event in figures_told(first, look):
        assert event is None or event.event == "status"
        view = None if event is None else StatusView.model_validate_json(event.data)
        found.append((clock() - began, view))
    return found


async def test_each_change_is_told_once_a_second_after_the_other() -> None:
    busy = second(3, brake="Too many calls fail.")
    over = second(4, state=CampaignState.COMPLETED, is_over=True)
    same = (second(1), second(2, ends_at=NOON))
    assert await told(RUNNING, *same, busy, over) == [
        (0, RUNNING),
        (1, None),
        (2, None),
        (3, busy),
        (4, over),
    ]


async def test_one_that_is_gone_ends_the_stream() -> None:
    paused = second(0, state=CampaignState.PAUSED)
    assert await told(paused, None) == [(0, paused)]


async def test_a_draft_is_told_once_unless_a_call_is_under_way() -> None:
    draft = second(0, state=CampaignState.DRAFT)
    busy = draft.model_copy(update={"leads": draft.leads.model_copy(update={"in_call": 1})})
    assert await told(draft) == [(0, draft)]
    assert await told(busy, draft) == [(0, busy), (1, draft)]


def events_of(text: str) -> list[Any]:
    """What the events of a stream say."""
    lines = [line for line in text.splitlines() if line.startswith("data: ")]
    return [json.loads(line.removeprefix("data: ")) for line in lines]


@REAL
async def test_one_that_calls_nobody_is_told_as_its_status_is(house: House) -> None:
    path = f"/api/campaigns/{house.ours.ids['campaign_id']}"
    answer = await house.ask("GET", f"{path}/events")
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.count("event: status\n") == 1
    assert events_of(answer.text) == [(await house.ask("GET", f"{path}/status")).json()]


@REAL
async def test_one_that_is_stopped_meanwhile_is_told_to_its_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign_events, "LOOK_SECONDS", 0.01)
    campaign_id = house.ours.ids["campaign_id"]

    async def in_state(state: CampaignState) -> None:
        async with house.store.writing() as session:
            row = await campaigns.get(session, house.ours.org, campaign_id)
            assert row is not None
            row.state = state

    await in_state(CampaignState.RUNNING)

    async def stopped_then(*asked: Any) -> CampaignStatus:
        found = await status(*asked)
        assert house.app.state.streams.taken == (found.campaign.state is CampaignState.COMPLETED)
        await in_state(CampaignState.COMPLETED)
        return found

    monkeypatch.setattr(campaign_events, "status", stopped_then)
    answer = await house.ask("GET", f"/api/campaigns/{campaign_id}/events")
    assert answer.status_code == 200, answer.text
    assert [each["state"] for each in events_of(answer.text)] == ["running", "completed"]
    assert house.app.state.streams.taken == 0


@REAL
async def test_nobody_follows_what_is_not_theirs(house: House) -> None:
    problem(await house.ask("GET", f"/api/campaigns/{house.theirs.ids['campaign_id']}/events"), 404)
