"""How a server of several workers is, as GET /health tells it: in the words and the shape of a single one.

It takes calls as long as any worker does. Counts are added, times are the longest, and of a provider the worst is
told that any worker knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypedDict

Told = dict[str, object]

SILENT: Final = "silent"
CLOSING: Final = "closing"
STATES: Final = ("ok", "degraded", "full", "overloaded", CLOSING)
"""Of a worker; who is in one of the first two takes calls."""
CIRCUITS: Final = ("closed", "half-open", "open")
DIGITS: Final = 3


class Calls(TypedDict):
    """How many there are, and how many there may be."""

    live: int
    capacity: int


class Admission(TypedDict):
    """Whether calls are taken."""

    open: bool
    reason: str | None
    lag_ms: float
    max_lag_ms: float


class Provider(TypedDict):
    """How one provider does."""

    name: str
    state: str
    requests: int
    error_rate: float | None
    median_seconds: float | None
    last_fault: str | None


class Phone(TypedDict, total=False):
    """Whether phone calls can be placed; without a telephone only the status."""

    status: str
    carrier: str
    reason: str
    waiting: int
    stoppedCountries: list[str]
    streamFailures: int


class Health(TypedDict):
    """What one worker tells of itself (vantum/server.py)."""

    status: str
    version: str
    calls: Calls
    admission: Admission
    providers: dict[str, str]
    provider_health: dict[str, list[Provider]]
    smart_turn: str
    phone: Phone


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker; ``health`` is None when it did not tell in time."""

    slot: int
    pid: int
    health: Health | None


def whole_health(workers: Sequence[Worker]) -> Told:
    """The health of all ``workers``, of which at least one tells."""
    told = [worker.health for worker in workers if worker.health is not None]
    # Who finishes its last calls has no room that counts.
    staying = [health for health in told if health["status"] != CLOSING] or told
    kinds = told[0]["provider_health"]
    return {
        "status": _status([health["status"] for health in staying]),
        "version": told[0]["version"],
        "calls": {
            "live": sum(health["calls"]["live"] for health in told),
            "capacity": sum(health["calls"]["capacity"] for health in staying),
        },
        "admission": _admission([health["admission"] for health in staying]),
        "providers": told[0]["providers"],
        "provider_health": {
            kind: _providers([health["provider_health"].get(kind, []) for health in told]) for kind in kinds
        },
        "smart_turn": _smart_turn([health["smart_turn"] for health in staying]),
        "phone": _phone([health["phone"] for health in told]),
        "workers": [_worker(worker) for worker in workers],
    }


def _status(states: Sequence[str]) -> str:
    """The best; but where a worker that takes calls is degraded, so is the server."""
    best = min(states, key=STATES.index)
    return "degraded" if best == "ok" and "degraded" in states else best


def _admission(told: Sequence[Admission]) -> Told:
    opened = any(admission["open"] for admission in told)
    return {
        "open": opened,
        "reason": None if opened else told[0]["reason"],
        "lag_ms": max(admission["lag_ms"] for admission in told),
        "max_lag_ms": told[0]["max_lag_ms"],
    }


def _providers(told: Sequence[Sequence[Provider]]) -> list[Told]:
    names = dict.fromkeys(provider["name"] for providers in told for provider in providers)
    flat = [provider for providers in told for provider in providers]
    return [_provider([provider for provider in flat if provider["name"] == name]) for name in names]


def _provider(told: Sequence[Provider]) -> Told:
    requests = sum(provider["requests"] for provider in told)
    failed = sum(provider["requests"] * (provider["error_rate"] or 0.0) for provider in told)
    faults = [provider["last_fault"] for provider in told if provider["last_fault"] is not None]
    return {
        "name": told[0]["name"],
        "state": max((provider["state"] for provider in told), key=CIRCUITS.index),
        "requests": requests,
        "error_rate": round(failed / requests, DIGITS) if requests else None,
        "median_seconds": _median(told),
        "last_fault": faults[0] if faults else None,
    }


def _median(told: Sequence[Provider]) -> float | None:
    """Of the workers' medians the one in the middle of all requests: nobody tells the requests themselves."""
    medians = [(one["median_seconds"], one["requests"]) for one in told if one["median_seconds"] is not None]
    half, found = sum(requests for _, requests in medians) / 2, None
    for median, requests in sorted(medians):
        if half < 0:
            break
        found, half = median, half - requests
    return found


def _smart_turn(told: Sequence[str]) -> str:
    """What is wrong with any of them."""
    return next((health for health in told if health not in ("ready", "off")), told[0])


def _phone(told: Sequence[Phone]) -> Told:
    telephones = [phone for phone in told if phone["status"] != "off"]
    if not telephones:
        return {"status": "off"}
    ready = any(phone["status"] == "ready" for phone in telephones)
    return {
        "status": "ready" if ready else "stopped",
        "carrier": telephones[0]["carrier"],
        "reason": next((phone["reason"] for phone in telephones if phone["reason"]), ""),
        "waiting": sum(phone["waiting"] for phone in telephones),
        "stoppedCountries": sorted({name for phone in telephones for name in phone["stoppedCountries"]}),
        "streamFailures": sum(phone["streamFailures"] for phone in telephones),
    }


def _worker(worker: Worker) -> Told:
    known: Told = {"worker": worker.slot, "pid": worker.pid}
    if worker.health is None:
        return {**known, "status": SILENT}
    health = worker.health
    return {
        **known,
        "status": health["status"],
        "live": health["calls"]["live"],
        "lag_ms": health["admission"]["lag_ms"],
    }
