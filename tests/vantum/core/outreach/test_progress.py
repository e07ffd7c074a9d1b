"""The figures of a campaign always add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vantum.core.legal.rule import WEEK, every
from vantum.core.outreach.lead import LeadState
from vantum.core.outreach.outcome import AttemptOutcome, Disposition, Pickup
from vantum.core.outreach.pace import Day, Pace
from vantum.core.outreach.progress import AttemptKind, LeadKind, ends_at, progress

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
ALWAYS = Day(every(WEEK, "00:00", "24:00"), UTC)
LEADS = {
    LeadKind(LeadState.PENDING): 40,
    LeadKind(LeadState.LEASED): 1,
    LeadKind(LeadState.IN_CALL): 2,
    LeadKind(LeadState.WAITING): 7,
    LeadKind(LeadState.WAITING, Disposition.CALLBACK): 3,
    LeadKind(LeadState.DONE, Disposition.INTERESTED): 5,
    LeadKind(LeadState.DONE, Disposition.NO_CONVERSATION): 4,
    LeadKind(LeadState.DONE): 8,
    LeadKind(LeadState.SKIPPED): 30,
}
ATTEMPTS = {
    AttemptKind(None): 3,
    AttemptKind(AttemptOutcome.ANSWERED_HUMAN, Pickup.IN_TIME, Disposition.INTERESTED): 5,
    AttemptKind(AttemptOutcome.ANSWERED_HUMAN, Pickup.LATE, Disposition.CALLBACK): 3,
    AttemptKind(AttemptOutcome.ANSWERED_HUMAN, Pickup.IN_TIME, Disposition.NO_CONVERSATION): 4,
    AttemptKind(AttemptOutcome.ABANDONED, Pickup.DROPPED): 1,
    AttemptKind(AttemptOutcome.VOICEMAIL_LEFT, Pickup.NOBODY, Disposition.VOICEMAIL): 2,
    AttemptKind(AttemptOutcome.BUSY): 20,
}


def test_the_figures() -> None:
    figures = progress(LEADS, ATTEMPTS)
    assert figures.total == 100
    assert [figures.by_state[state] for state in LeadState] == [40, 1, 2, 10, 17, 30]
    assert (figures.over, figures.left) == (47, 53)
    assert figures.by_disposition[Disposition.INTERESTED] == 5
    assert figures.by_disposition[Disposition.MEETING_BOOKED] == 0
    assert (figures.attempts, figures.under_way) == (38, 3)
    assert figures.by_outcome[AttemptOutcome.ANSWERED_HUMAN] == 12
    assert (figures.answered, figures.reached, figures.conversations) == (15, 12, 8)
    assert (figures.picked_up, figures.abandoned) == (13, 4)
    assert figures.abandoned_share == 4 / 13


def test_an_empty_campaign_has_figures_too() -> None:
    figures = progress({}, {})
    assert (figures.total, figures.left, figures.attempts) == (0, 0, 0)
    assert figures.abandoned_share == 0.0
    assert figures.attempts_per_lead(6) == 1.0
    assert set(figures.by_state) == set(LeadState)
    assert set(figures.by_outcome) == set(AttemptOutcome)


def test_attempts_per_lead_stay_within_the_policy() -> None:
    assert progress(LEADS, ATTEMPTS).attempts_per_lead(6) == pytest.approx(35 / 17)
    one_done = {LeadKind(LeadState.DONE): 1, LeadKind(LeadState.WAITING): 100}
    many = {AttemptKind(AttemptOutcome.BUSY): 101}
    assert progress(one_done, many).attempts_per_lead(6) == 6.0
    # Leads that were closed without a call.
    assert progress({LeadKind(LeadState.DONE): 9}, {}).attempts_per_lead(6) == 1.0


leads = st.dictionaries(
    st.builds(LeadKind, st.sampled_from(LeadState), st.none() | st.sampled_from(Disposition)),
    st.integers(0, 1000),
)
attempts = st.dictionaries(
    st.builds(
        AttemptKind,
        st.none() | st.sampled_from(AttemptOutcome),
        st.sampled_from(Pickup),
        st.none() | st.sampled_from(Disposition),
    ),
    st.integers(0, 1000),
)


@given(leads, attempts)
def test_figures_add_up(some: dict[LeadKind, int], tried: dict[AttemptKind, int]) -> None:
    figures = progress(some, tried)
    assert figures.total == sum(some.values()) == sum(figures.by_state.values())
    assert figures.over + figures.left == figures.total
    assert figures.attempts == sum(tried.values()) == sum(figures.by_outcome.values()) + figures.under_way
    assert figures.conversations <= figures.reached <= figures.answered <= figures.attempts
    assert figures.abandoned <= figures.picked_up <= figures.attempts
    assert 0.0 <= figures.abandoned_share <= 1.0


def test_figures_that_do_not_add_up_cannot_exist() -> None:
    figures = progress(LEADS, ATTEMPTS)
    with pytest.raises(ValueError, match="states of the leads"):
        replace(figures, total=99)
    with pytest.raises(ValueError, match="states of the leads"):
        replace(figures, by_disposition={Disposition.INTERESTED: 101})
    with pytest.raises(ValueError, match="outcomes of the attempts"):
        replace(figures, under_way=4)
    for some, tried in (({LeadKind(LeadState.DONE): -1}, {}), ({}, {AttemptKind(None): -1})):
        with pytest.raises(ValueError, match="counted from 0"):
            progress(some, tried)


def test_when_it_ends() -> None:
    figures = progress(LEADS, ATTEMPTS)
    pace = Pace(1, 1.0, 60.0)
    # 53 leads are left: 50 now, 3 later.
    assert ends_at(figures, {}, pace, ALWAYS, NOW) == NOW + timedelta(minutes=53)
    tomorrow = NOW + timedelta(days=1)
    assert ends_at(figures, {tomorrow: 3}, pace, ALWAYS, NOW) == tomorrow + timedelta(minutes=3)
    assert ends_at(figures, {NOW: 60}, pace, ALWAYS, NOW) == NOW + timedelta(minutes=60)
    assert ends_at(progress({}, {}), {}, pace, ALWAYS, NOW) == NOW
