"""What ``GET /health`` tells of the providers: never a key, and nothing that was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vantum.core.breaker import Circuit
from vantum.core.provider_board import Standing

DEGRADED: Final = "degraded"
OK: Final = "ok"
DIGITS: Final = 3

Told = dict[str, object]


def provider_health(standings: Sequence[Standing]) -> dict[str, list[Told]]:
    """The providers of each job, the first choice first; rates, times and faults are of the last five minutes."""
    kinds = dict.fromkeys(standing.kind for standing in standings)
    return {str(kind): [_told(standing) for standing in standings if standing.kind is kind] for kind in kinds}


def status_with(status: str, standings: Sequence[Standing]) -> str:
    """The server's ``status``, but ``degraded`` where all is well except that a first choice is left alone."""
    firsts = {standing.kind: standing for standing in reversed(standings)}
    alone = any(standing.circuit is not Circuit.CLOSED for standing in firsts.values())
    return DEGRADED if status == OK and alone else status


def _told(standing: Standing) -> Told:
    # The problem is in the provider's own words, which may quote what it was sent.
    return {
        "name": standing.name,
        "state": standing.circuit,
        "requests": standing.requests,
        "error_rate": _rounded(standing.error_rate),
        "median_seconds": _rounded(standing.median_seconds),
        "last_fault": standing.last_fault if standing.error_rate else None,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
