"""How far a campaign is: exact figures, made from counted leads and attempts, that always add up.

Law: every lead and every attempt is in exactly one figure of its kind. The figures come from one snapshot of the
rows and are never kept and counted on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from vantum.core.outreach.lead import LeadState
from vantum.core.outreach.outcome import (
    ABANDONED,
    ANSWERED,
    REACHED,
    AttemptOutcome,
    Disposition,
    Pickup,
    is_conversation,
)
from vantum.core.outreach.pace import Batch, Day, Pace, finished_at

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class LeadKind:
    """What leads are counted by; ``disposition`` is None as long as nothing is known."""

    state: LeadState
    disposition: Disposition | None = None


@dataclass(frozen=True, slots=True)
class AttemptKind:
    """What attempts are counted by; ``outcome`` is None while the attempt is under way."""

    outcome: AttemptOutcome | None
    pickup: Pickup = Pickup.NOBODY
    disposition: Disposition | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """The figures. ``answered`` counts machines too; ``picked_up`` are attempts that a human answered, and
    ``abandoned`` those of them with a late first word or none.

    ``by_state``, ``by_outcome`` and ``by_disposition`` name every value once, also with 0; ``under_way`` are
    attempts without an outcome. Raises ValueError for figures that do not add up.
    """

    total: int
    by_state: Mapping[LeadState, int]
    by_disposition: Mapping[Disposition, int]
    attempts: int
    under_way: int
    by_outcome: Mapping[AttemptOutcome, int]
    answered: int
    reached: int
    conversations: int
    picked_up: int
    abandoned: int

    def __post_init__(self) -> None:
        if sum(self.by_state.values()) != self.total or sum(self.by_disposition.values()) > self.total:
            raise ValueError("The states of the leads do not add up.")
        if sum(self.by_outcome.values()) + self.under_way != self.attempts:
            raise ValueError("The outcomes of the attempts do not add up.")

    @property
    def over(self) -> int:
        """Leads that are not called any more."""
        return self.by_state[LeadState.DONE] + self.by_state[LeadState.SKIPPED]

    @property
    def left(self) -> int:
        """Leads that may still be called, those in a call included."""
        return self.total - self.over

    @property
    def abandoned_share(self) -> float:
        """Abandoned calls among those that a human answered, 0 to 1."""
        return self.abandoned / self.picked_up if self.picked_up else 0.0

    def attempts_per_lead(self, most: int) -> float:
        """Attempts that a lead takes, as far as can be told: 1 to ``most``, which is the policy's own limit."""
        done = self.by_state[LeadState.DONE]
        return min(float(most), max(1.0, (self.attempts - self.under_way) / done)) if done else 1.0


def progress(leads: Mapping[LeadKind, int], attempts: Mapping[AttemptKind, int]) -> Progress:
    """The figures of a campaign, from rows counted by kind; raises ValueError for a count below 0."""
    if any(count < 0 for count in (*leads.values(), *attempts.values())):
        raise ValueError("Rows are counted from 0.")
    states: Counter[LeadState] = Counter()
    dispositions: Counter[Disposition] = Counter()
    for lead, count in leads.items():
        states[lead.state] += count
        if lead.disposition is not None:
            dispositions[lead.disposition] += count
    outcomes: Counter[AttemptOutcome] = Counter()
    pickups: Counter[Pickup] = Counter()
    conversations = 0
    for attempt, count in attempts.items():
        pickups[attempt.pickup] += count
        if attempt.outcome is not None:
            outcomes[attempt.outcome] += count
        if is_conversation(attempt.outcome, attempt.disposition):
            conversations += count
    return Progress(
        total=states.total(),
        by_state={state: states[state] for state in LeadState},
        by_disposition={disposition: dispositions[disposition] for disposition in Disposition},
        attempts=sum(attempts.values()),
        under_way=sum(attempts.values()) - outcomes.total(),
        by_outcome={outcome: outcomes[outcome] for outcome in AttemptOutcome},
        answered=_sum(outcomes, ANSWERED),
        reached=_sum(outcomes, REACHED),
        conversations=conversations,
        picked_up=pickups.total() - pickups[Pickup.NOBODY],
        abandoned=_sum(pickups, ABANDONED),
    )


def ends_at(
    figures: Progress, due: Mapping[datetime, int], pace: Pace, day: Day, now: datetime
) -> datetime | None:
    """When the campaign will be over, in UTC; None if that is more than a year away.

    ``due`` counts leads by the moment from which they may be called. Leads that are in nobody's queue are due
    now.
    """
    rest = max(0, figures.left - sum(due.values()))
    batches = [Batch(moment, count) for moment, count in due.items()]
    return finished_at([*batches, Batch(now, rest)], pace, day, now)


def _sum(counts: Counter[Kind], kinds: frozenset[Kind]) -> int:
    return sum(counts[kind] for kind in kinds)
