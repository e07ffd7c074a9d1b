"""Asks the end-of-turn model whether the caller has finished; one process answers all calls of the server.

A judgement is worth something only at once: who cannot be answered within ``JUDGE_SECONDS`` gets none.
"""

from __future__ import annotations

import asyncio
from functools import partial

from processors.smart_turn_request import pack_turn, unpack_probability
from processors.workers.pipe import WorkerKind
from processors.workers.pool import Health, Launch, Provider, WorkerPool
from processors.workers.process import WorkerProcess
from vantum.core.errors import CapacityError, ProviderError

JUDGE_SECONDS = 0.25
MOST_ASKING = 5
"""At 40 ms each, the last of five is answered in time. More would only make the worker late for all of them."""
MOST_LATE = 3
"""After so many judgements in a row that came too late one is asked for at a time, until one is in time again: the
machine has no room for more, and who waits for nothing answers no sooner."""
HUNG_SECONDS = 2.0
"""A worker that takes so long for a judgement is replaced."""


class TurnJudge:
    """Smart Turn in a process of its own; never raises once it has started."""

    def __init__(self, launch: Launch | None = None) -> None:
        self._pool = WorkerPool(
            Provider("turn", "smart-turn"),
            launch or partial(WorkerProcess.launch, WorkerKind.TURN),
            job_seconds=HUNG_SECONDS,
        )
        self._asking = self._late = 0

    @property
    def health(self) -> Health:
        """The state of its process."""
        return self._pool.health

    @property
    def pids(self) -> tuple[int, ...]:
        """The id of its process."""
        return self._pool.pids

    async def start(self) -> None:
        """Start the process and wait until it is warm. Raises ProviderError."""
        await self._pool.start()

    async def close(self) -> None:
        """End the process at once."""
        await self._pool.close()

    async def judge(self, pcm: bytes, rate: int) -> float | None:
        """The probability that the turn (PCM16, mono, ``rate`` Hz) is complete.

        None if no answer comes within ``JUDGE_SECONDS``, too many are asking, or the process is down. A caller
        cancelled before its turn comes is not worked for.
        """
        most = MOST_ASKING if self._late < MOST_LATE else 1
        if self._asking >= most or self.health is not Health.READY:
            return None
        self._asking += 1
        try:
            async with asyncio.timeout(JUDGE_SECONDS):
                probability = unpack_probability(await self._pool.submit(pack_turn(pcm, rate)))
        except TimeoutError:
            self._late += 1
            return None
        except (ProviderError, CapacityError):
            return None
        else:
            self._late = 0
            return probability
        finally:
            self._asking -= 1
