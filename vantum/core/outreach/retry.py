"""Whether somebody is called again, and when: a policy of the campaign, as a table by outcome.

Law: every lead comes to an end. An outcome has its own number of attempts, all together have another, and
whatever a policy says nobody is rung more than ``MOST_ATTEMPTS`` times. A callback that was promised goes before
all of it but that last number. The legal gate is asked again at the moment of dialing, and may put it off
further.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from vantum.core.outreach.moment import in_utc
from vantum.core.outreach.outcome import NEVER_RANG, AttemptOutcome

MOST_ATTEMPTS: Final = 20
"""Of one lead, those that never rang left out."""
MOST_TRIES: Final = 50
"""Of one lead, those that never rang included."""
MOST_DELAYS: Final = 20
LONGEST_DELAY: Final = timedelta(days=90)
NOON: Final = time(12)
EARLIEST: Final = time(8)
"""When a morning begins that is waited for: no law allows a call before."""
DAY: Final = timedelta(days=1)


NEVER_AGAIN: Final = frozenset({AttemptOutcome.UNKNOWN, AttemptOutcome.INVALID_NUMBER})
"""Another call could be a second one for the same attempt, or rings nobody: an operator decides."""
NO_RULE: Final = NEVER_AGAIN | {AttemptOutcome.ANSWERED_HUMAN}


class Daypart(StrEnum):
    """A half of the callee's day."""

    MORNING = "morning"
    AFTERNOON = "afternoon"  # and evening


OTHER: Final = {Daypart.MORNING: Daypart.AFTERNOON, Daypart.AFTERNOON: Daypart.MORNING}


class When(StrEnum):
    """In which part of the callee's day the next attempt is made."""

    ANY = "any"
    OTHER_DAYPART = "other_daypart"


class Occasion(StrEnum):
    """Why somebody is called at a certain time."""

    LIST = "list"
    PROMISE = "promise"  # they were promised a callback


@dataclass(frozen=True, slots=True)
class RetryRule:
    """After ``outcome``: how many attempts may end so, and the wait behind each; the last wait holds for the
    rest.

    ``max_attempts`` counts the first one, so 1 is no retry. Raises ValueError.
    """

    outcome: AttemptOutcome
    max_attempts: int
    delays: tuple[timedelta, ...] = ()
    when: When = When.ANY

    def __post_init__(self) -> None:
        if self.outcome in NO_RULE:
            raise ValueError(
                f"After {_words(self.outcome)} nobody is called again, unless a callback was promised."
            )
        if not 1 <= self.max_attempts <= MOST_ATTEMPTS:
            raise ValueError(f"An outcome has 1 to {MOST_ATTEMPTS} attempts, not {self.max_attempts}.")
        if self.max_attempts > 1 and not self.delays:
            raise ValueError("A second attempt has a delay.")
        _check(self.delays)


def _check(delays: tuple[timedelta, ...]) -> None:
    if len(delays) > MOST_DELAYS or not all(timedelta() < delay <= LONGEST_DELAY for delay in delays):
        raise ValueError(
            f"There are at most {MOST_DELAYS} delays, each above 0 and up to {LONGEST_DELAY.days} days."
        )


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """What a campaign does after each outcome. One without a rule is not tried again. Raises ValueError.

    ``total_attempts`` bounds all outcomes together, ``voicemail_on`` are the numbers (from 1) of the attempts on
    which a machine is left a message, and ``missed_promise`` the waits when nobody takes the callback they were
    promised.
    """

    rules: tuple[RetryRule, ...] = ()
    total_attempts: int = 6
    voicemail_on: frozenset[int] = frozenset()
    missed_promise: tuple[timedelta, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.total_attempts <= MOST_ATTEMPTS:
            raise ValueError(f"A lead has 1 to {MOST_ATTEMPTS} attempts, not {self.total_attempts}.")
        if len({rule.outcome for rule in self.rules}) < len(self.rules):
            raise ValueError("An outcome has one rule.")
        if not all(1 <= number <= MOST_ATTEMPTS for number in self.voicemail_on):
            raise ValueError(f"A message is left on attempts 1 to {MOST_ATTEMPTS}.")
        _check(self.missed_promise)

    def rule_for(self, outcome: AttemptOutcome) -> RetryRule | None:
        """The row for an outcome."""
        return next((rule for rule in self.rules if rule.outcome is outcome), None)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that is over: when it was dialed, how it ended, and why it was made."""

    at: datetime
    outcome: AttemptOutcome
    occasion: Occasion = Occasion.LIST

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", in_utc(self.at))


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Not before ``at`` (UTC), and in ``daypart`` of the callee's day if that is not None."""

    at: datetime
    daypart: Daypart | None = None
    occasion: Occasion = Occasion.LIST


@dataclass(frozen=True, slots=True)
class Exhausted:
    """Nobody was reached, and no attempt is left; ``reason`` is a sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class Done:
    """The callee was reached."""


Next = TryAgain | Exhausted | Done


def _hours(*hours: float) -> tuple[timedelta, ...]:
    return tuple(timedelta(hours=hour) for hour in hours)


_O = AttemptOutcome
B2B: Final = RetryPolicy(
    rules=(
        RetryRule(_O.BUSY, 4, _hours(0.25, 1, 24)),
        RetryRule(_O.NO_ANSWER, 4, _hours(3, 24, 48), When.OTHER_DAYPART),
        RetryRule(_O.ANSWERED_MACHINE, 3, _hours(4, 24), When.OTHER_DAYPART),
        RetryRule(_O.VOICEMAIL_LEFT, 2, _hours(48), When.OTHER_DAYPART),
        RetryRule(_O.FAILED, 3, _hours(0.1, 2)),
        RetryRule(_O.CANCELED, 3, _hours(0.1, 2)),
        RetryRule(_O.REFUSED, 6, _hours(0.02, 0.1, 0.5, 2)),
        # Somebody who heard nothing is not called again on the same day.
        RetryRule(_O.ABANDONED, 2, _hours(24)),
    ),
    total_attempts=6,
    voicemail_on=frozenset({2}),
    missed_promise=_hours(0.25, 2),
)
"""What a campaign does that says nothing: a number that is wrong, or a call that nobody can tell of, is left
alone."""


def leaves_voicemail(policy: RetryPolicy, attempt_no: int) -> bool:
    """Whether a machine that answers attempt ``attempt_no`` (from 1) is left a message."""
    return attempt_no in policy.voicemail_on


def after(
    policy: RetryPolicy,
    history: Sequence[Attempt],
    ended: Attempt,
    now: datetime,
    zone: tzinfo,
    promised: datetime | None = None,
) -> Next:
    """What follows an attempt that ended; ``history`` are those before it, in any order, ``zone`` is the
    callee's.

    ``promised`` is the moment of a callback that was promised and not kept yet; one that is past is due now.
    """
    attempts = (*sorted(history, key=_moment), ended)
    rung = sum(attempt.outcome not in NEVER_RANG for attempt in attempts)
    if rung >= MOST_ATTEMPTS or len(attempts) >= MOST_TRIES:
        return Exhausted(f"Nobody is tried more often: {rung} attempts of {len(attempts)} may have rung.")
    if promised is not None and (promised > now or ended.outcome not in NEVER_AGAIN):
        return TryAgain(max(in_utc(promised), in_utc(now)), occasion=Occasion.PROMISE)
    if ended.outcome is AttemptOutcome.ANSWERED_HUMAN:
        return Done()
    missed = _missed_promises(attempts)
    if 0 < missed <= len(policy.missed_promise):
        return TryAgain(in_utc(now) + policy.missed_promise[missed - 1], occasion=Occasion.PROMISE)
    if rung >= policy.total_attempts:
        return Exhausted(f"All {policy.total_attempts} attempts of the lead are used.")
    return _by_rule(policy, attempts, in_utc(now), zone)


def in_daypart(moment: datetime, daypart: Daypart, zone: tzinfo) -> datetime:
    """The first moment from ``moment`` on that is in ``daypart`` by the clock of ``zone``, in UTC."""
    local = moment.astimezone(zone)
    if daypart_of(moment, zone) is daypart:
        return moment.astimezone(UTC)
    day, begin = (local.date(), NOON) if daypart is Daypart.AFTERNOON else (local.date() + DAY, EARLIEST)
    return datetime.combine(day, begin, zone).astimezone(UTC)


def daypart_of(moment: datetime, zone: tzinfo) -> Daypart:
    """The half of the day at ``moment`` by the clock of ``zone``."""
    return Daypart.MORNING if moment.astimezone(zone).time() < NOON else Daypart.AFTERNOON


def _by_rule(policy: RetryPolicy, attempts: Sequence[Attempt], now: datetime, zone: tzinfo) -> Next:
    ended = attempts[-1]
    rule = policy.rule_for(ended.outcome)
    same = sum(attempt.outcome is ended.outcome for attempt in attempts)
    if rule is None:
        return Exhausted(f"After {_words(ended.outcome)} nobody is called again.")
    if same >= rule.max_attempts:
        return Exhausted(f"{same} of {rule.max_attempts} attempts have ended in {_words(ended.outcome)}.")
    at = now + rule.delays[min(same, len(rule.delays)) - 1]
    if rule.when is When.ANY:
        return TryAgain(at)
    daypart = OTHER[daypart_of(ended.at, zone)]
    return TryAgain(in_daypart(at, daypart, zone), daypart)


def _missed_promises(attempts: Sequence[Attempt]) -> int:
    """How many attempts in a row, up to the last one, were for a promise and may be repeated."""
    missed = 0
    for attempt in reversed(attempts):
        if attempt.occasion is Occasion.LIST or attempt.outcome in NO_RULE:
            break
        missed += 1
    return missed


def _moment(attempt: Attempt) -> datetime:
    return attempt.at


def _words(outcome: AttemptOutcome) -> str:
    return outcome.value.replace("_", " ")
