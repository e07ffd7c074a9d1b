"""The life of a campaign."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.errors import IllegalMoveError
from vantum.core.outreach.campaign import MOVES, CampaignEvent, CampaignState, moved, possible

S, E = CampaignState, CampaignEvent


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ("schedule start finish archive", S.ARCHIVED),
        ("start pause resume stop", S.COMPLETED),
        ("start pause finish start", S.RUNNING),
        ("schedule schedule pause resume", S.RUNNING),
        ("schedule stop", S.COMPLETED),
        ("schedule fail archive", S.ARCHIVED),
        ("start fail resume", S.RUNNING),
        ("start pause fail", S.FAILED),
        ("archive", S.ARCHIVED),
    ],
)
def test_a_life(events: str, state: CampaignState) -> None:
    now = S.DRAFT
    for event in events.split():
        now = moved(now, E(event))
    assert now is state


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("event", E)
def test_a_move_is_in_the_table_or_raises(state: CampaignState, event: CampaignEvent) -> None:
    if event in possible(state):
        assert moved(state, event) is MOVES[state, event]
        return
    with pytest.raises(IllegalMoveError, match=f"{event} is not possible while {state}"):
        moved(state, event)


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (S.DRAFT, E.PAUSE),
        (S.RUNNING, E.START),
        (S.RUNNING, E.ARCHIVE),
        (S.PAUSED, E.PAUSE),
        (S.PAUSED, E.START),
        (S.COMPLETED, E.PAUSE),
    ],
)
def test_what_makes_no_sense_is_not_possible(state: CampaignState, event: CampaignEvent) -> None:
    assert event not in possible(state)


def test_an_archived_campaign_stays_archived() -> None:
    assert possible(S.ARCHIVED) == ()


@given(st.lists(st.sampled_from(E)))
def test_every_state_can_be_left_but_the_last(events: list[CampaignEvent]) -> None:
    state = S.DRAFT
    for event in events:
        state = MOVES.get((state, event), state)
    assert state is S.ARCHIVED or possible(state)
