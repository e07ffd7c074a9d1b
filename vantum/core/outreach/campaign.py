"""The life of a campaign, as a table of moves.

    draft -> scheduled -> running <-> paused
                             |          |
                             v          v
                    completed or failed -> archived

A campaign that is over can run again: a completed one when it was given new leads (``start``), a failed one when
the cause is gone (``resume``). Only a running one places calls; calls under way end by themselves in every state.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from vantum.core.errors import IllegalMoveError


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    ARCHIVED = "archived"


class CampaignEvent(StrEnum):
    """What can be done to a campaign, or happen to it."""

    SCHEDULE = "schedule"  # again with another time, too
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"  # leads that wait are called no more
    FINISH = "finish"  # no lead is left
    FAIL = "fail"
    ARCHIVE = "archive"


MOVES: Mapping[tuple[CampaignState, CampaignEvent], CampaignState] = MappingProxyType(
    {
        (CampaignState.DRAFT, CampaignEvent.SCHEDULE): CampaignState.SCHEDULED,
        (CampaignState.DRAFT, CampaignEvent.START): CampaignState.RUNNING,
        (CampaignState.DRAFT, CampaignEvent.ARCHIVE): CampaignState.ARCHIVED,
        (CampaignState.SCHEDULED, CampaignEvent.SCHEDULE): CampaignState.SCHEDULED,
        (CampaignState.SCHEDULED, CampaignEvent.START): CampaignState.RUNNING,
        (CampaignState.SCHEDULED, CampaignEvent.PAUSE): CampaignState.PAUSED,
        (CampaignState.SCHEDULED, CampaignEvent.STOP): CampaignState.COMPLETED,
        (CampaignState.SCHEDULED, CampaignEvent.FAIL): CampaignState.FAILED,
        (CampaignState.RUNNING, CampaignEvent.PAUSE): CampaignState.PAUSED,
        (CampaignState.RUNNING, CampaignEvent.STOP): CampaignState.COMPLETED,
        (CampaignState.RUNNING, CampaignEvent.FINISH): CampaignState.COMPLETED,
        (CampaignState.RUNNING, CampaignEvent.FAIL): CampaignState.FAILED,
        (CampaignState.PAUSED, CampaignEvent.RESUME): CampaignState.RUNNING,
        (CampaignState.PAUSED, CampaignEvent.STOP): CampaignState.COMPLETED,
        # The last call of a paused campaign may be the last of all.
        (CampaignState.PAUSED, CampaignEvent.FINISH): CampaignState.COMPLETED,
        (CampaignState.PAUSED, CampaignEvent.FAIL): CampaignState.FAILED,
        (CampaignState.COMPLETED, CampaignEvent.START): CampaignState.RUNNING,
        (CampaignState.COMPLETED, CampaignEvent.ARCHIVE): CampaignState.ARCHIVED,
        (CampaignState.FAILED, CampaignEvent.RESUME): CampaignState.RUNNING,
        (CampaignState.FAILED, CampaignEvent.ARCHIVE): CampaignState.ARCHIVED,
    }
)


def moved(state: CampaignState, event: CampaignEvent) -> CampaignState:
    """The campaign after ``event``; IllegalMoveError if the table has no such move."""
    after = MOVES.get((state, event))
    if after is None:
        raise IllegalMoveError(state, event)
    return after


def possible(state: CampaignState) -> tuple[CampaignEvent, ...]:
    """What can happen to a campaign in ``state``."""
    return tuple(event for event in CampaignEvent if (state, event) in MOVES)
