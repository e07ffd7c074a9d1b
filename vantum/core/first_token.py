"""How long language models are waited for: all of them together stay within a caller's patience. In seconds.

one        |-------------- left --------------|
two        |-------- 2.5 s --------|---- rest -|
three      |-------- 2.5 s --------| 0.9 | 0.5 |    of 3.9 s
"""

from __future__ import annotations

from vantum.core.faults import Fault
from vantum.core.retry import Phase, waits

MOST_SECONDS = 2.5
"""A model has no longer for its first token while there is another to ask: most take well under one."""
LEAST_SECONDS = 0.5
"""In less than that no model answers: so much is kept for each of the others, and no retry begins later."""
STALL_SECONDS = 2.0
"""An answer in which nothing comes for so long has broken off."""
SHORTEST_STALL_SECONDS = 1.0
GO_ON_SECONDS = 2.0
"""For the first token of whoever goes on."""


def share(left: float, others: int) -> float:
    """The seconds for one model, retries included, of those that are ``left`` for it and ``others`` more."""
    if not others:
        return left
    return max(left / (others + 1), min(MOST_SECONDS, left - others * LEAST_SECONDS))


def next_try(fault: Fault, retry_after: float | None, tries: int, left: float) -> float | None:
    """Seconds to wait before the same model is asked again after ``tries`` such waits; None for not at all."""
    schedule = waits(fault, Phase.MID_CALL, retry_after)
    if tries >= len(schedule) or schedule[tries] + LEAST_SECONDS > left:
        return None
    return schedule[tries]


def early_stall(left: float) -> float:
    """After which silence an answer has broken off whose beginning nobody hears yet; ``left`` for that beginning.

    A second and more, so that another can still go on in time.
    """
    return min(STALL_SECONDS, max(left - LEAST_SECONDS, SHORTEST_STALL_SECONDS))


def early_go_on(left: float) -> float:
    """For the first token of whoever goes on with an answer whose beginning nobody hears yet."""
    return min(GO_ON_SECONDS, max(left, LEAST_SECONDS))
