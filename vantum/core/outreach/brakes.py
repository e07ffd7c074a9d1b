"""What slows a campaign down or stops it, each with a sentence for the operator: abandoned calls, money,
failures.

Law: a brake says how many more calls may start now, and the tightest one holds. Abandoned calls cut the number of
calls at a time long before the law's limit; money stops before the call that would exceed it; failures stop all
but one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from vantum.core.outreach.moment import in_utc
from vantum.core.outreach.outcome import TROUBLE, AttemptOutcome

UNLIMITED: Final = 1_000_000
"""More calls than anybody starts at once."""


class Cause(StrEnum):
    """Which brake it is."""

    ABANDONED = "abandoned"
    BUDGET = "budget"
    FAILURES = "failures"


@dataclass(frozen=True, slots=True)
class Brake:
    """``more`` calls may start now, and why: ``words`` is a sentence."""

    cause: Cause
    more: int
    words: str

    @property
    def stops(self) -> bool:
        """Whether no call may start."""
        return self.more == 0


def tightest(brakes: Sequence[Brake]) -> Brake:
    """The brake that allows the fewest calls, the first of several."""
    return min(brakes, key=lambda brake: brake.more)


# --- abandoned calls ------------------------------------------------------------------------------------

ABANDONED_PERIOD: Final = timedelta(days=30)
ABANDONED_LIMIT: Final = 0.03
"""Of the calls that a human answered, per campaign. Source: 47 CFR 64.1200(a)(7)."""
BROKEN_SHARE: Final = 0.05
"""Here no caution helps: something is wrong with the calls, and somebody has to look."""
SMALLEST_SAMPLE: Final = 100
"""Fewer answered calls count as so many, or one abandoned call would stop a campaign that has just begun."""
STEPS: Final = ((0.03, 0.0), (0.025, 0.25), (0.015, 0.5))
"""From this share on, so much of the calls at a time is left; at least one call stays."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Calls of a campaign that a human answered in the last 30 days, and those of them that were abandoned."""

    calls: int
    abandoned: int

    def __post_init__(self) -> None:
        if not 0 <= self.abandoned <= self.calls:
            raise ValueError("Abandoned calls are some of those that were answered.")

    @property
    def share(self) -> float:
        """Abandoned calls, 0 to 1."""
        return self.abandoned / max(self.calls, SMALLEST_SAMPLE)


def abandonment(answered: Answered, live: int, concurrency: int) -> Brake:
    """How many calls may join the ``live`` ones, where ``concurrency`` is the campaign's own limit.

    From the limit on there is one call at a time: calls that are answered well bring the share down again within
    the period, and a full stop would keep it where it is.
    """
    share = answered.share
    counted = f"{answered.abandoned} of {answered.calls} answered calls were abandoned in 30 days"
    if share >= BROKEN_SHARE:
        words = f"{counted}: no call is placed until somebody finds out why."
        return Brake(Cause.ABANDONED, 0, words)
    left = next((left for limit, left in STEPS if share >= limit), None)
    if left is None:
        return Brake(Cause.ABANDONED, max(0, concurrency - live), f"{counted}, which is few enough.")
    at_a_time = min(concurrency, max(1, int(concurrency * left)))
    calls = "one call" if at_a_time == 1 else f"{at_a_time} calls"
    words = f"{counted}, and the law's limit is {ABANDONED_LIMIT:.0%}: {calls} at a time."
    return Brake(Cause.ABANDONED, max(0, at_a_time - live), words)


# --- money ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spending:
    """Money in millionths of the organisation's currency: final costs, and estimates of what has no final cost
    yet.

    ``next_call`` is what one more call is estimated to cost. Raises ValueError.
    """

    final: int
    estimated: int
    next_call: int

    def __post_init__(self) -> None:
        if min(self.final, self.estimated) < 0 or self.next_call < 0:
            raise ValueError("Costs are 0 or more.")


def budget(limit: int | None, spending: Spending) -> Brake:
    """How many more calls the budget ``limit`` pays for; None is no budget."""
    if limit is None:
        return Brake(Cause.BUDGET, UNLIMITED, "The campaign has no budget.")
    spent = spending.final + spending.estimated
    money = f"{_money(spent)} of {_money(limit)} are spent or bound"
    if spent + spending.next_call > limit:
        words = f"{money}: one more call ({_money(spending.next_call)}) would exceed the budget."
        return Brake(Cause.BUDGET, 0, words)
    more = (limit - spent) // spending.next_call if spending.next_call else UNLIMITED
    return Brake(Cause.BUDGET, min(more, UNLIMITED), f"{money}.")


def _money(micros: int) -> str:
    return f"{micros / 1_000_000:,.2f}"


# --- failures -------------------------------------------------------------------------------------------

LAST: Final = 20
"""So many of the last attempts are looked at."""
FEWEST: Final = 8
FAILED_SHARE: Final = 0.5
PAUSE: Final = timedelta(minutes=1)
"""Before a probe; each probe that fails doubles the next pause."""
LONGEST_PAUSE: Final = timedelta(minutes=30)
IGNORED: Final = frozenset({AttemptOutcome.CANCELED})
"""We hung up: that says nothing."""


@dataclass(frozen=True, slots=True)
class Result:
    """An attempt that is over: when, and how."""

    at: datetime
    outcome: AttemptOutcome

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", in_utc(self.at))


@dataclass(frozen=True, slots=True)
class _Closed:
    """Calls are placed; ``last`` are the last attempts, True for a failed one."""

    last: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class _Open:
    """No call is placed until ``pause`` is over, and then one."""

    since: datetime
    pause: timedelta


def failures(results: Iterable[Result], live: int, now: datetime) -> Brake:
    """How many calls may start after ``results``, in any order, where ``live`` calls are under way.

    The circuit is worked out anew from the results each time: there is no state that dialers would have to share.
    Give some hundred of the newest.
    """
    circuit: _Closed | _Open = _Closed()
    for result in sorted(results, key=lambda each: each.at):
        if result.outcome not in IGNORED:
            circuit = _noted(circuit, result)
    if isinstance(circuit, _Closed):
        failed, many = sum(circuit.last), len(circuit.last)
        return Brake(Cause.FAILURES, UNLIMITED, f"{failed} of the last {many} attempts failed.")
    probe_at = circuit.since + circuit.pause
    if now < probe_at:
        words = f"Too many attempts fail: no call is placed until {probe_at:%H:%M:%S} UTC, then one to see."
        return Brake(Cause.FAILURES, 0, words)
    if live > 0:
        words = "Too many attempts failed: no call is placed until one that is under way has ended well."
        return Brake(Cause.FAILURES, 0, words)
    return Brake(
        Cause.FAILURES, 1, "Too many attempts failed: one call is placed to see whether that is over."
    )


def _noted(circuit: _Closed | _Open, result: Result) -> _Closed | _Open:
    failed = result.outcome in TROUBLE
    if isinstance(circuit, _Closed):
        last = (*circuit.last, failed)[-LAST:]
        broken = len(last) >= FEWEST and sum(last) >= FAILED_SHARE * len(last)
        # The newest one has to be a failure: a campaign that recovers is not stopped for its past.
        return _Open(result.at, PAUSE) if broken and failed else _Closed(last)
    # What ends within the pause was begun before it.
    if result.at < circuit.since + circuit.pause:
        return circuit
    return _Open(result.at, min(2 * circuit.pause, LONGEST_PAUSE)) if failed else _Closed()
