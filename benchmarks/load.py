"""The load, in a process of its own: so many calls on one server, and what they and the machine saw.

Reads a job as JSON from its input and writes a report as JSON to its output.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import uvloop

from benchmarks.caller import Caller
from benchmarks.fakes import ANSWER_WAIT
from benchmarks.figures import Answer, System, answers, percentile
from benchmarks.machine import Usage, resident_mb, usage
from benchmarks.script import chunks
from benchmarks.wires import StockWire, VantumWire, Wire

CLOSED_SECONDS = 1.0
READY_SECONDS = 60.0
"""How long the last call may take to be set up; what is not ready by then is counted as not ready."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The course of a job, in seconds.

    ``first_call`` is a call before all others, so that what a process loads once is charged to none. The calls
    then begin over ``stagger``, the length of one turn with its answer, so that they do not breathe together.
    When all are up and ``settle`` has passed comes the ``window``; in ``linger`` its last answers are heard.
    """

    window: float = 15.0
    first_call: float = 3.0
    stagger: float = 8.3
    settle: float = 4.0
    linger: float = 3.5

    @property
    def longest_call(self) -> float:
        """How much script a call can need."""
        return self.stagger + READY_SECONDS + self.settle + self.window + self.linger


@dataclass(frozen=True, slots=True)
class Job:
    """What to do: ``calls`` on the server at ``port``; ``turn_ends`` are chunks of the script in ``speech``."""

    system: System
    port: int
    pid: int
    calls: int
    pace: Pace
    speech: str
    turn_ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What was seen in the window from ``start`` to ``end`` (monotonic seconds)."""

    start: float
    end: float
    used: Usage
    memory_mb: float
    setup_ms: tuple[float, ...]
    turns: int
    added_ms: tuple[float, ...]
    chunks: int
    late_chunks: int
    hole_ms: float
    load_late_p99_ms: float | None
    failures: tuple[str, ...]


async def measure(job: Job, speech: Sequence[bytes]) -> Report:
    """Call, wait until all calls are up and steady, and look at the window."""
    await _first_call(_caller(job, speech), job.pace.first_call)
    memory_before = resident_mb(job.pid)
    callers = [_caller(job, speech) for _ in range(job.calls)]
    async with asyncio.TaskGroup() as tasks:
        running = []
        for caller in callers:
            running.append(tasks.create_task(caller.run()))
            await asyncio.sleep(job.pace.stagger / job.calls)
        await _all_ready(callers)
        await asyncio.sleep(job.pace.settle)
        start, before = time.monotonic(), usage(job.pid)
        await asyncio.sleep(job.pace.window)
        end, after = time.monotonic(), usage(job.pid)
        memory = resident_mb(job.pid)
        await asyncio.sleep(job.pace.linger)
        for task in running:
            task.cancel()
    found = [answer for caller in callers for answer in _answers(caller, job.turn_ends, start, end)]
    return _report(callers, found, after.since(before), (start, end), (memory - memory_before) / job.calls)


def _caller(job: Job, speech: Sequence[bytes]) -> Caller:
    wire: Wire = StockWire() if job.system is System.STOCK else VantumWire()
    return Caller(f"ws://127.0.0.1:{job.port}/ws", wire, speech)


async def _first_call(caller: Caller, seconds: float) -> None:
    call = asyncio.create_task(caller.run())
    await _all_ready([caller])
    await asyncio.sleep(seconds)
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    await asyncio.sleep(CLOSED_SECONDS)


async def _all_ready(callers: Sequence[Caller]) -> None:
    waits = [asyncio.create_task(caller.ready.wait()) for caller in callers]
    _, late = await asyncio.wait(waits, timeout=READY_SECONDS)
    for wait in late:
        wait.cancel()


def _answers(caller: Caller, turn_ends: Sequence[int], start: float, end: float) -> list[Answer]:
    """The answers to the turns that ended in the window."""
    ended = [due for index in turn_ends if (due := caller.due(index)) is not None]
    found = answers([at + ANSWER_WAIT for at in ended], caller.heard)
    return [answer for at, answer in zip(ended, found, strict=True) if start <= at < end]


def _report(
    callers: Sequence[Caller],
    found: Sequence[Answer],
    used: Usage,
    window: tuple[float, float],
    memory_mb: float,
) -> Report:
    start, end = window
    lateness = [late for caller in callers for due, late in caller.sent_late if start <= due < end]
    late_p99 = percentile(lateness, 0.99)
    return Report(
        start=start,
        end=end,
        used=used,
        memory_mb=memory_mb,
        setup_ms=tuple(_ms(caller.setup_seconds) for caller in callers if caller.ready.is_set()),
        turns=len(found),
        added_ms=tuple(_ms(one.added) for one in found if one.added is not None),
        chunks=sum(one.chunks for one in found),
        late_chunks=sum(one.late_chunks for one in found),
        hole_ms=_ms(sum(one.hole_seconds for one in found)),
        load_late_p99_ms=None if late_p99 is None else _ms(late_p99),
        failures=tuple(sorted({caller.failure for caller in callers if caller.failure})),
    )


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


def read_report(text: str) -> Report:
    """A report as ``main`` wrote it."""
    fields = json.loads(text)
    for name in ("setup_ms", "added_ms", "failures"):
        fields[name] = tuple(fields[name])
    return Report(**{**fields, "used": Usage(**fields["used"])})


def main() -> None:
    """Do one job."""
    fields = json.load(sys.stdin)
    parsed = {"system": System(fields["system"]), "pace": Pace(**fields["pace"])}
    job = Job(**{**fields, **parsed, "turn_ends": tuple(fields["turn_ends"])})
    speech = chunks(Path(job.speech).read_bytes())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        report = runner.run(measure(job, speech))
    print(json.dumps(asdict(report)))


if __name__ == "__main__":
    main()
