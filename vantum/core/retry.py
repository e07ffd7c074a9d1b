"""How often and how soon a provider is tried again: a fault becomes waits, in seconds.

for wait in waits(fault, Phase.MID_CALL): ...
"""

from __future__ import annotations

from enum import StrEnum

from vantum.core.faults import Fault

PATIENCE_SECONDS = 3.0
"""A caller waits no longer than this for a provider that asks for time."""
JITTER = 0.1
"""Waits differ by up to this share, so that the calls of a process do not come back all at once."""


class Phase(StrEnum):
    """When a provider is tried."""

    CONNECT = "connect"  # a call begins: nobody waits yet
    MID_CALL = "mid-call"  # somebody waits


NETWORK_WAITS = {Phase.CONNECT: (0.0, 0.1, 1.0, 3.0, 5.0), Phase.MID_CALL: (0.0, 0.1, 0.5)}
LIMIT_WAIT_SECONDS = 1.0
"""Before a second attempt at a provider that is busy, and does not say for how long."""


def waits(fault: Fault, phase: Phase, retry_after: float | None = None) -> tuple[float, ...]:
    """Seconds before each further attempt, none when there is to be none.

    ``retry_after`` is what the provider asked for; more than a caller's patience is a no.
    """
    match fault:
        case Fault.NETWORK:
            return NETWORK_WAITS[phase]
        case Fault.RATE_LIMIT:
            wait = LIMIT_WAIT_SECONDS if retry_after is None else retry_after
            return (wait,) if wait <= PATIENCE_SECONDS else ()
        case _:
            return ()


def jittered(seconds: float, chance: float) -> float:
    """``seconds`` and up to ``JITTER`` of them more or less; ``chance`` is a random number, 0..1."""
    return seconds * (1 + JITTER * (2 * chance - 1))
