"""What must hold, and what of it a measurement says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.figures import Providers, Round, System, Transport
from benchmarks.verdict import faults, held_row, rows
from tests.benchmarks.rounds import CALM

BROWSER = [Transport.BROWSER]
HUNDRED = replace(CALM, calls=100, ready=100)
FLOOR = replace(HUNDRED, system=System.FLOOR, cpu_ms=3.5)


def verdicts(*rounds: Round, held: int | None = None) -> dict[str, bool | None]:
    found = {} if held is None else {Transport.BROWSER: held}
    return {row.what: row.ok for row in rows(rounds, found, BROWSER)}


def test_what_was_not_measured_is_neither_kept_nor_broken() -> None:
    assert set(verdicts().values()) == {None}
    assert len(verdicts()) == 8


def test_what_was_measured_is_judged() -> None:
    found = verdicts(HUNDRED, FLOOR, held=160)
    assert found == {
        "CPU against stock pipecat, N = 10": None,
        "  the serving process alone, N = 10": None,
        "CPU against the floor, N = 100": True,
        "CPU per call-second, fakes, N = 100": True,
        "memory per call beyond the first, N = 100": True,
        "voice-to-voice, p95 less p50, N = 100": True,
        "calls held on one core": True,
    }


@pytest.mark.parametrize(
    ("what", "rounds"),
    [
        ("CPU against the floor, N = 100", [HUNDRED, replace(FLOOR, cpu_ms=3.0)]),
        ("CPU per call-second, fakes, N = 100", [replace(HUNDRED, cpu_ms=5.1)]),
        ("memory per call beyond the first, N = 100", [replace(HUNDRED, memory_mb=1.6)]),
        ("voice-to-voice, p95 less p50, N = 100", [replace(HUNDRED, added_ms=(8.0, 8.0, 40.0))]),
        (
            "CPU per call-second, SDK sockets, N = 100",
            [replace(HUNDRED, providers=Providers.SDK_TLS, cpu_ms=9.5)],
        ),
    ],
)
def test_what_is_too_much_is_told(what: str, rounds: list[Round]) -> None:
    assert verdicts(*rounds)[what] is False


@pytest.mark.parametrize(("stock_ms", "ok"), [(40.0, True), (39.9, False)])
def test_what_helpers_use_counts_against_stock_pipecat(stock_ms: float, ok: bool) -> None:
    stock = replace(CALM, system=System.STOCK, cpu_ms=stock_ms, helpers_ms=0.0)
    found = verdicts(CALM, stock)
    assert found["CPU against stock pipecat, N = 10"] is ok
    assert found["  the serving process alone, N = 10"] is True


@pytest.mark.parametrize(("held", "ok"), [(149, False), (150, True), (None, None)])
def test_so_many_calls_must_be_held(held: int | None, ok: bool | None) -> None:
    assert held_row(held, Transport.TWILIO).ok is ok


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (CALM, []),
        (replace(CALM, ready=8), ["2 calls not set up"]),
        (replace(CALM, turns=5), ["1 turns not answered"]),
        (replace(CALM, turns=0, added_ms=()), ["0 turns not answered", "p99 added inf ms"]),
        (replace(CALM, added_ms=(1.0, 2.0, 3.0, 31.0)), ["p99 added 31 ms"]),
        (replace(CALM, late_chunks=3), ["3 underruns"]),
        (replace(CALM, lag_p99_ms=10.5), ["loop late by 10 ms (p99)"]),
        (replace(CALM, lag_p99_ms=None), ["loop late by inf ms (p99)"]),
    ],
)
def test_calls_count_as_held_without_a_fault(one: Round, told: list[str]) -> None:
    assert faults(one) == told
