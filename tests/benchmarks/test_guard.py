"""The guard passes what is as fast as before, fails what is slower, and judges nothing on a busy machine."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks import guard
from benchmarks.figures import Round, System
from benchmarks.guard import BASELINE, PAIRS, ROUNDS, Measured, measured_in
from tests.benchmarks.rounds import CALM

COMMITTED = {"vantum/floor": 1.25, "vantum/stock": 0.1}
FAST = Measured({"vantum/floor": (1.2, 1.25, 1.3), "vantum/stock": (0.1, 0.1, 0.11)}, ())
SLOW = Measured({"vantum/floor": (1.5, 1.5, 1.5), "vantum/stock": (0.1, 0.1, 0.1)}, ())
DOUBTFUL = Measured(SLOW.ratios, ("other processes used 0.50 of the server's core",))


@pytest.fixture
def judged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[list[Measured]], tuple[int, str, int]]:
    """The exit code, what was said, and how many runs were left over."""
    baseline = tmp_path / "baseline.json"
    baseline.write_text(json.dumps({"ratios": COMMITTED}))
    monkeypatch.setattr(guard, "BASELINE", baseline)

    def judge(runs: list[Measured]) -> tuple[int, str, int]:
        monkeypatch.setattr(guard, "run", lambda _: runs.pop(0))
        console = Console(file=io.StringIO(), record=True, width=200)
        return guard.compare(console), console.export_text(), len(runs)

    return judge


def test_as_fast_as_before_passes_at_once(
    judged: Callable[[list[Measured]], tuple[int, str, int]],
) -> None:
    code, said, left = judged([FAST, SLOW])
    assert (code, left) == (0, 1)
    assert "Vantum uses 1.250 times the CPU of the floor" in said


def test_what_looks_slow_once_is_measured_again(
    judged: Callable[[list[Measured]], tuple[int, str, int]],
) -> None:
    code, said, left = judged([SLOW, FAST])
    assert (code, left) == (0, 0)
    assert "once more" in said


def test_what_is_slow_twice_fails_and_is_explained(
    judged: Callable[[list[Measured]], tuple[int, str, int]],
) -> None:
    code, said, _ = judged([SLOW, SLOW])
    assert code == 1
    for part in ("VANTUM GOT SLOWER", "1.500 times", "committed are 1.250", "20% worse", "--update"):
        assert part in said


def test_a_busy_machine_fails_nothing_and_says_so(
    judged: Callable[[list[Measured]], tuple[int, str, int]],
) -> None:
    code, said, _ = judged([SLOW, DOUBTFUL])
    assert code == 0
    assert "TOO BUSY TO JUDGE" in said
    assert "0.50 of the server's core" in said


def rounds(core_others: float = 0.0, stolen_cores: float = 0.0) -> list[Round]:
    """A run of the guard: the floor needs 2 ms, stock pipecat 50, and Vantum 4 and 1 in its helpers."""
    found = []
    for pair in PAIRS:
        cpu = 2.0 if pair.against is System.FLOOR else 50.0
        other = replace(CALM, system=pair.against, calls=pair.calls, cpu_ms=cpu, helpers_ms=0.0)
        found += [other, replace(CALM, calls=pair.calls)] * ROUNDS
    return [replace(one, core_others=core_others, stolen_cores=stolen_cores) for one in found]


def test_ratios_are_of_alternating_rounds() -> None:
    assert measured_in(rounds()) == Measured({"vantum/floor": (2.0,) * 3, "vantum/stock": (0.1,) * 3}, ())


@pytest.mark.parametrize(("others", "stolen"), [(0.3, 0.0), (0.0, 0.2)])
def test_a_disturbed_run_is_doubted(others: float, stolen: float) -> None:
    assert len(measured_in(rounds(others, stolen)).doubts) == 1


def test_rounds_that_disagree_are_doubted() -> None:
    scattered = rounds()
    scattered[1] = replace(scattered[1], cpu_ms=9.0)
    [doubt] = measured_in(scattered).doubts
    assert "vantum/floor" in doubt


def test_the_committed_baseline_knows_every_pair() -> None:
    committed = json.loads(BASELINE.read_text())["ratios"]
    assert committed.keys() == {pair.key for pair in PAIRS}
    assert all(ratio > 0 for ratio in committed.values())
