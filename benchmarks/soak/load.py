"""The load of the soak, in a process of its own: so many callers all the time; tells its tally every second."""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections import deque
from pathlib import Path

import uvloop

from benchmarks.figures import percentile
from benchmarks.soak.door import Door, Records
from benchmarks.soak.tally import Tally
from benchmarks.soak.visit import Habits, Visit

STUCK_SECONDS = 10.0
"""A call that is not over so long after its client has left for good is stuck."""
BETWEEN_SECONDS = 0.3
TELL_SECONDS = 1.0
STAGGER_SECONDS = 0.2
LATE_SECONDS = 60
LOOK_SECONDS = 0.5


class Load:
    """The callers, what they count, and the calls that have been left and are looked after."""

    def __init__(self, url: str, records: Records, habits: Habits, resume_seconds: float) -> None:
        self.tally = Tally()
        self._records = records
        self._door = Door(url, records, self.left)
        self._habits = habits
        self._resume_seconds = resume_seconds
        self._looking: set[asyncio.Task[None]] = set()
        self._late: deque[float] = deque(maxlen=LATE_SECONDS)

    async def run(self, calls: int, seconds: float, seed: int) -> None:
        """Call for so long; then wait for the end of what was left."""
        telling = asyncio.create_task(self._tell())
        callers = [asyncio.create_task(self._call(f"{seed} {slot}", slot)) for slot in range(calls)]
        failed, _ = await asyncio.wait(callers, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
        for caller in callers:
            caller.cancel()
        await asyncio.gather(*callers, return_exceptions=True)
        await self.settle()
        telling.cancel()
        self._print()
        for caller in failed:
            caller.result()

    async def settle(self) -> None:
        """Wait until what was left has been looked after; raises what went wrong with that."""
        await asyncio.gather(*self._looking)

    def left(self, call: str, wordless: bool) -> None:
        """A client has left a call for good."""
        looking = asyncio.create_task(self._look_after(call, wordless))
        self._looking.add(looking)
        looking.add_done_callback(self._looked)

    async def _call(self, seed: str, slot: int) -> None:
        chance = random.Random(seed)
        await asyncio.sleep(slot * STAGGER_SECONDS)
        while True:
            await Visit(self._door, self._habits, chance, self.tally, self.left).run()
            await asyncio.sleep(chance.uniform(0.0, BETWEEN_SECONDS))

    async def _look_after(self, call: str, wordless: bool) -> None:
        # Who left without a word is waited for.
        loop, patience = asyncio.get_running_loop(), self._resume_seconds if wordless else 0.0
        until, over = loop.time() + STUCK_SECONDS + patience, False
        while not over and loop.time() < until:
            await asyncio.sleep(LOOK_SECONDS)
            over = await asyncio.to_thread(self._records.is_over, call)
        if not over:
            self.tally.stuck.append(call)
        if not over or self.tally.lost_in(call):
            await asyncio.to_thread(self._records.keep, call)
        if over:
            await asyncio.to_thread(self._records.remove, call)

    def _looked(self, looking: asyncio.Task[None]) -> None:
        # One that failed stays, and is told at the end.
        if looking.cancelled() or looking.exception() is None:
            self._looking.discard(looking)

    async def _tell(self) -> None:
        while True:
            due = time.monotonic() + TELL_SECONDS
            await asyncio.sleep(TELL_SECONDS)
            self._late.append(time.monotonic() - due)
            self._print()

    def _print(self) -> None:
        self.tally.busy = self._door.busy
        self.tally.late_p99_ms = 1000 * (percentile(self._late, 0.99) or 0.0)
        print(self.tally.told(), flush=True)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--data", type=Path, required=True, help="the server's data folder")
    parser.add_argument("--kept", type=Path, required=True, help="where records of interest are copied to")
    parser.add_argument("--calls", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", type=float, default=0.0, help="how long the server waits for a client")
    options = parser.parse_args()
    records = Records(options.data, options.kept)
    load = Load(options.url, records, Habits(), options.resume)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(load.run(options.calls, options.seconds, options.seed))


if __name__ == "__main__":
    main()
