"""The load, in a process of its own: so many calls on one server, and what they and the machine saw.

Reads a job as JSON from its input and writes a report as JSON to its output.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.caller import Caller
from benchmarks.fakes import ANSWER_WAIT
from benchmarks.figures import System, Transport, percentile
from benchmarks.heard import Answer, answers
from benchmarks.line import framed
from benchmarks.machine import Usage, descendants, resident_mb, usage
from benchmarks.script import chunks
from benchmarks.ways import PUBLIC_URL, Straight, Way, Webhook
from benchmarks.wires import Wire, wire_of
from tests.wire.twilio_server import TwilioStandIn

CLOSED_SECONDS = 1.0
POLL_SECONDS = 0.01
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
class Target:
    """The server: what it is, where it listens and looks for Twilio's REST API, and the processes beside it."""

    system: System
    transport: Transport
    port: int
    rest_port: int
    pid: int
    stand_ins: int | None = None
    core: int | None = None
    core_shared: bool = True
    """Whether the server's helpers are on its core."""


@dataclass(frozen=True, slots=True)
class Words:
    """The script in a ``file``, in chunks of so many bytes, and the chunks with which turns end."""

    file: str
    chunk_bytes: int
    turn_ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """What to do: ``calls`` on the server."""

    target: Target
    calls: int
    pace: Pace
    words: Words


@dataclass(frozen=True, slots=True)
class Report:
    """What was seen in the window from ``start`` to ``end`` (monotonic seconds)."""

    start: float
    end: float
    used: Usage
    memory_mb: float
    setup_ms: tuple[float, ...]
    setup_rate: float
    turns: int
    added_ms: tuple[float, ...]
    chunks: int
    late_chunks: int
    hole_ms: float
    load_late_p99_ms: float | None
    failures: tuple[str, ...]


class Crowd:
    """Callers of one server, all with the same script."""

    def __init__(self, target: Target, words: Words, way: Way) -> None:
        self._wire: Wire = wire_of(target.system, target.transport)
        pieces = chunks(Path(words.file).read_bytes(), words.chunk_bytes)
        self._frames = [framed(self._wire.chunk(index, piece)) for index, piece in enumerate(pieces)]
        self._way = way

    def caller(self) -> Caller:
        """One more."""
        return Caller(self._way, self._wire, self._frames)

    async def first_call(self, seconds: float) -> None:
        """A call before all others, which is over when this returns."""
        caller = self.caller()
        call = asyncio.create_task(caller.run())
        await all_ready([caller])
        await asyncio.sleep(seconds)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        await asyncio.sleep(CLOSED_SECONDS)


@asynccontextmanager
async def crowd(target: Target, words: Words) -> AsyncIterator[Crowd]:
    """Callers, and for Vantum's phone calls a stand-in for Twilio's REST API, while the block runs."""
    async with AsyncExitStack() as closing:
        if target.transport is Transport.BROWSER:
            yield Crowd(target, words, Straight(f"ws://127.0.0.1:{target.port}/ws"))
        elif target.system in (System.STOCK, System.FLOOR):
            yield Crowd(target, words, Straight(f"ws://127.0.0.1:{target.port}/media"))
        else:
            await closing.enter_async_context(
                TwilioStandIn(public_url=PUBLIC_URL, reach=PUBLIC_URL, port=target.rest_port)
            )
            yield Crowd(target, words, await closing.enter_async_context(Webhook(target.port)))


async def measure(job: Job) -> Report:
    """Call, wait until all calls are up and steady, and look at the window."""
    async with crowd(job.target, job.words) as people:
        await people.first_call(job.pace.first_call)
        memory_before = _memory(job.target.pid)
        callers = [people.caller() for _ in range(job.calls)]
        async with asyncio.TaskGroup() as tasks:
            with calling(tasks) as running:
                for caller in callers:
                    running.append(tasks.create_task(caller.run()))
                    await asyncio.sleep(job.pace.stagger / job.calls)
                await all_ready(callers)
                await asyncio.sleep(job.pace.settle)
                start, before = time.monotonic(), _used(job.target)
                await asyncio.sleep(job.pace.window)
                end, after = time.monotonic(), _used(job.target)
                memory = _memory(job.target.pid)
                await asyncio.sleep(job.pace.linger)
    found = [answer for one in callers for answer in answered(one, job.words.turn_ends, start, end)]
    return _report(callers, found, after.since(before), (start, end), (memory - memory_before) / job.calls)


@contextmanager
def calling(tasks: asyncio.TaskGroup) -> Iterator[list[asyncio.Task[None]]]:
    """The calls under way, which are ended with the block."""
    running: list[asyncio.Task[None]] = []
    try:
        yield running
    finally:
        for task in running:
            task.cancel()


async def all_ready(callers: Sequence[Caller], seconds: float = READY_SECONDS) -> None:
    """Wait until all are ready or have failed, but not for ever."""
    until = time.monotonic() + seconds
    for caller in callers:
        while not (caller.ready.is_set() or caller.failure) and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(POLL_SECONDS)


def answered(caller: Caller, turn_ends: Sequence[int], start: float, end: float) -> list[Answer]:
    """The answers to the turns that ended between two moments."""
    ended = [due for index in turn_ends if (due := caller.due(index)) is not None]
    found = answers([at + ANSWER_WAIT for at in ended], caller.heard)
    return [answer for at, answer in zip(ended, found, strict=True) if start <= at < end]


def rate_of(callers: Sequence[Caller]) -> float:
    """Calls set up a second, from the first one's beginning until the last one was ready."""
    ready = [one for one in callers if one.ready.is_set()]
    if not ready:
        return 0.0
    first = min(one.began for one in ready)
    return len(ready) / (max(one.began + one.setup_seconds for one in ready) - first)


def late_p99_ms(callers: Sequence[Caller], start: float, end: float) -> float | None:
    """How late the load itself was between two moments."""
    late = percentile(
        (late for caller in callers for due, late in caller.sent_late if start <= due < end), 0.99
    )
    return None if late is None else ms(late)


def _used(target: Target) -> Usage:
    return usage(target.pid, target.stand_ins, target.core)


def _memory(pid: int) -> float:
    return sum(map(resident_mb, (pid, *descendants(pid))))


def _report(
    callers: Sequence[Caller],
    found: Sequence[Answer],
    used: Usage,
    window: tuple[float, float],
    memory_mb: float,
) -> Report:
    start, end = window
    return Report(
        start=start,
        end=end,
        used=used,
        memory_mb=memory_mb,
        setup_ms=tuple(ms(caller.setup_seconds) for caller in callers if caller.ready.is_set()),
        setup_rate=rate_of(callers),
        turns=len(found),
        added_ms=tuple(ms(one.added) for one in found if one.added is not None),
        chunks=sum(one.chunks for one in found),
        late_chunks=sum(len(one.holes) for one in found),
        hole_ms=ms(sum(hole.seconds for one in found for hole in one.holes)),
        load_late_p99_ms=late_p99_ms(callers, start, end),
        failures=tuple(sorted({caller.failure for caller in callers if caller.failure})),
    )


def ms(seconds: float) -> float:
    """Milliseconds, to two places."""
    return round(seconds * 1000, 2)


def read_report(text: str) -> Report:
    """A report as ``main`` wrote it."""
    fields = json.loads(text)
    for name in ("setup_ms", "added_ms", "failures"):
        fields[name] = tuple(fields[name])
    return Report(**{**fields, "used": Usage(**fields["used"])})


def read_target(fields: dict[str, Any]) -> Target:
    """A target as ``asdict`` made it."""
    parsed = {"system": System(fields["system"]), "transport": Transport(fields["transport"])}
    return Target(**{**fields, **parsed})


def read_job(text: str) -> Job:
    """A job as ``asdict`` made it."""
    fields = json.loads(text)
    return Job(
        target=read_target(fields["target"]),
        calls=fields["calls"],
        pace=Pace(**fields["pace"]),
        words=Words(**{**fields["words"], "turn_ends": tuple(fields["words"]["turn_ends"])}),
    )


def main() -> None:
    """Do one job."""
    job = read_job(sys.stdin.read())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        report = runner.run(measure(job))
    print(json.dumps(asdict(report)))


if __name__ == "__main__":
    main()
