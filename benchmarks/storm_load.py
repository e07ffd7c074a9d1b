"""The load of a storm, in a process of its own: calls that run, and then many new ones at once.

Reads a job as JSON from its input and writes a report as JSON to its output.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import uvloop

from benchmarks.caller import Caller
from benchmarks.load import (
    Pace,
    Target,
    Words,
    all_ready,
    answered,
    calling,
    crowd,
    late_p99_ms,
    ms,
    rate_of,
    read_target,
)
from benchmarks.machine import usage

STAGGER_SECONDS = 8.3
MOST_APART_SECONDS = 0.2
"""The running calls begin over the length of a turn, or faster if they are few."""


@dataclass(frozen=True, slots=True)
class StormJob:
    """``running`` calls on the server, and ``new`` ones begun evenly over ``seconds``.

    The running calls are watched for ``watch`` seconds before the storm, and after its last call has begun.
    """

    target: Target
    words: Words
    running: int
    new: int
    seconds: float
    watch: float

    @property
    def pace(self) -> Pace:
        """How the running calls begin, and how long all of it lasts."""
        stagger = min(STAGGER_SECONDS, MOST_APART_SECONDS * self.running)
        return Pace(window=2 * self.watch + self.seconds, stagger=stagger)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The running calls in one stretch of time: added latency, and holes in what they heard."""

    turns: int
    added_ms: tuple[float, ...]
    holes_ms: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class StormReport:
    """What was seen. ``start`` and ``end`` are those of the storm, in monotonic seconds."""

    start: float
    end: float
    calm: Stretch
    storm: Stretch
    dropped: int
    """Running calls that ended."""
    setup_ms: tuple[float, ...]
    setup_rate: float
    refused: dict[str, int]
    failed: int
    server_cores: float
    others_cores: float
    stolen_cores: float
    load_late_p99_ms: float | None


async def measure(job: StormJob) -> StormReport:
    """Call, wait until it is calm, and let the storm come."""
    async with crowd(job.target, job.words) as people:
        await people.first_call(job.pace.first_call)
        old, new = ([people.caller() for _ in range(number)] for number in (job.running, job.new))
        async with asyncio.TaskGroup() as tasks:
            with calling(tasks) as running:
                await _begin(old, job.pace.stagger, tasks, running)
                await all_ready(old)
                await asyncio.sleep(job.pace.settle)
                calm = time.monotonic()
                await asyncio.sleep(job.watch)
                start, before = time.monotonic(), usage(job.target.pid, job.target.stand_ins)
                await _begin(new, job.seconds, tasks, running)
                await asyncio.sleep(job.watch)
                end, used = time.monotonic(), usage(job.target.pid, job.target.stand_ins).since(before)
                dropped = sum(bool(caller.failure) for caller in old)
                await asyncio.sleep(job.pace.linger)
    ends = job.words.turn_ends
    refused = Counter(str(caller.refused) for caller in new if caller.refused)
    return StormReport(
        start=start,
        end=end,
        calm=_stretch(old, ends, calm, start),
        storm=_stretch(old, ends, start, end),
        dropped=dropped,
        setup_ms=tuple(ms(caller.setup_seconds) for caller in new if caller.ready.is_set()),
        setup_rate=rate_of(new),
        refused=dict(refused),
        failed=sum(not caller.ready.is_set() and not caller.refused for caller in new),
        server_cores=used.server / (end - start),
        others_cores=used.others / (end - start),
        stolen_cores=used.stolen / (end - start),
        load_late_p99_ms=late_p99_ms([*old, *new], start, end),
    )


async def _begin(
    callers: Sequence[Caller], seconds: float, tasks: asyncio.TaskGroup, running: list[asyncio.Task[None]]
) -> None:
    """Begin calls evenly, by the clock."""
    began = time.monotonic()
    for number, caller in enumerate(callers):
        await asyncio.sleep(max(0.0, began + number * seconds / len(callers) - time.monotonic()))
        running.append(tasks.create_task(caller.run()))


def _stretch(callers: Sequence[Caller], turn_ends: Sequence[int], start: float, end: float) -> Stretch:
    found = [answer for caller in callers for answer in answered(caller, turn_ends, start, end)]
    # An answer under way when the storm begins is one to a turn before it.
    silences = [
        hole.seconds
        for caller in callers
        for answer in answered(caller, turn_ends, 0.0, end)
        for hole in answer.holes
        if start <= hole.at < end
    ]
    return Stretch(
        len(found),
        tuple(ms(one.added) for one in found if one.added is not None),
        tuple(ms(silence) for silence in silences),
    )


def read_storm(text: str) -> StormReport:
    """A report as ``main`` wrote it."""
    fields = json.loads(text)
    for name in ("calm", "storm"):
        stretch = fields[name]
        fields[name] = Stretch(stretch["turns"], tuple(stretch["added_ms"]), tuple(stretch["holes_ms"]))
    return StormReport(**{**fields, "setup_ms": tuple(fields["setup_ms"])})


def read_job(text: str) -> StormJob:
    """A job as ``asdict`` made it."""
    fields = json.loads(text)
    words = Words(**{**fields["words"], "turn_ends": tuple(fields["words"]["turn_ends"])})
    return StormJob(**{**fields, "target": read_target(fields["target"]), "words": words})


def main() -> None:
    """Do one job."""
    job = read_job(sys.stdin.read())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        report = runner.run(measure(job))
    print(json.dumps(asdict(report)))


if __name__ == "__main__":
    main()
