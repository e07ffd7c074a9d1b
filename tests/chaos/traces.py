"""What each of many calls at once leaves in a process: its tasks, and its lines in the log."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections import defaultdict
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from loguru import logger

CALL: ContextVar[str] = ContextVar("call", default="")
"""Which call something is done for: whatever is started on its behalf inherits it."""
OWNERS: WeakKeyDictionary[asyncio.Task[Any], str] = WeakKeyDictionary()
SETTLE_SECONDS = 5.0
LOOK_SECONDS = 0.05
TICK_SECONDS = 0.02
MOST_LOST_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log."""

    level: int
    name: str
    text: str


LINES: defaultdict[str, list[Line]] = defaultdict(list)


@dataclass(slots=True)
class Machine:
    """How late the process got its turn: a machine with too much to do, and all these calls, delay every answer."""

    late: list[tuple[float, float]] = field(default_factory=list)

    async def watch(self) -> None:
        """Look every moment, until cancelled."""
        while True:
            due = time.monotonic() + TICK_SECONDS
            await asyncio.sleep(TICK_SECONDS)
            now = time.monotonic()
            if now - due > TICK_SECONDS / 4:
                self.late.append((now, now - due))

    def lost_between(self, since: float, until: float) -> float:
        """Seconds that were lost in a time."""
        return sum(late for at, late in self.late if since <= at <= until)

    def lost(self, since: float, seconds: float) -> float:
        """Seconds that were lost in the ``seconds`` after a moment, to be fair to who was measured then."""
        return min(self.lost_between(since, since + seconds + MOST_LOST_SECONDS), MOST_LOST_SECONDS)


MACHINE = Machine()


@contextmanager
def traced() -> Iterator[None]:
    """While the block lasts, tasks have owners, and what is logged is kept by call."""

    def keep(message: Any) -> None:
        record = message.record
        text = f"{record['message']} {record['extra']} {record['exception'] or ''}"
        LINES[CALL.get()].append(Line(record["level"].no, record["name"] or "", text))

    loop = asyncio.get_running_loop()
    before = loop.get_task_factory()
    loop.set_task_factory(_owned)  # type: ignore[arg-type]  # of any future, though it is given tasks
    sink = logger.add(keep, level="INFO", format="{message}")
    watching = loop.create_task(MACHINE.watch(), name="watch")
    try:
        yield
    finally:
        watching.cancel()
        logger.remove(sink)
        loop.set_task_factory(before)


def _owned(
    loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **options: Any
) -> asyncio.Task[Any]:
    task = asyncio.Task(work, loop=loop, **options)
    OWNERS[task] = CALL.get()
    return task


async def left_of(call: str) -> list[str]:
    """The tasks of a call that do not end, the caller's own aside."""
    for _ in range(round(SETTLE_SECONDS / LOOK_SECONDS)):
        tasks = [task for task in asyncio.all_tasks() if OWNERS.get(task) == call]
        tasks = [task for task in tasks if task is not asyncio.current_task()]
        if not tasks:
            return []
        await asyncio.sleep(LOOK_SECONDS)
    return sorted(task.get_name() for task in tasks)


@dataclass(frozen=True, slots=True)
class Held:
    """What the process holds."""

    threads: int
    descriptors: int


def held() -> Held:
    """What it holds now."""
    gc.collect()
    return Held(threading.active_count(), len(list(Path("/proc/self/fd").iterdir())))


async def back_to(before: Held) -> Held:
    """What it holds when it no longer holds more than before, or does not let go.

    The threads for files and names live as long as their loop does.
    """
    await asyncio.get_running_loop().shutdown_default_executor()
    for _ in range(round(SETTLE_SECONDS / LOOK_SECONDS)):
        now = held()
        if now.threads <= before.threads and now.descriptors <= before.descriptors:
            break
        await asyncio.sleep(LOOK_SECONDS)
    return now
