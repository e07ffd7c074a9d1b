"""Asks the end-of-turn model whether the caller has finished; one process answers all calls of the server.

A judgement is worth something only at once: who cannot be answered within ``JUDGE_SECONDS`` gets none. Whether they
can is known by what the judgements before took: more that ask at a time would only make the process late for all.
"""

from __future__ import annotations

import asyncio
import time
from functools import partial

from processors.smart_turn_request import pack_turn, unpack_probability
from processors.workers.pipe import WorkerKind
from processors.workers.pool import Health, Launch, Provider, WorkerPool
from processors.workers.process import WorkerProcess
from vantum.core.errors import CapacityError, ProviderError

JUDGE_SECONDS = 0.25
USUAL_SECONDS = 0.02
"""What a judgement takes the process, before any was measured."""
NEWEST_SHARE = 0.5
"""How much the newest of what judgements took counts."""
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
        self._asking = 0
        self._usual = USUAL_SECONDS
        self._free_at = 0.0

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

    async def judge(self, pcm: bytes, rate: int, *, early: bool = False) -> float | None:
        """The probability that the turn (PCM16, mono, ``rate`` Hz) is complete.

        None if no answer comes within ``JUDGE_SECONDS``, or could, or the process is down. An ``early`` question has
        none unless the process has nothing else to do: many of those who only pause go on, and would hold up
        those who have stopped. A caller cancelled before its turn comes is not worked for.
        """
        most_seconds = 0.0 if early else JUDGE_SECONDS
        too_many = self._asking > 0 and (self._asking + 1) * self._usual > most_seconds
        if too_many or self.health is not Health.READY:
            return None
        self._asking += 1
        began = time.monotonic()
        try:
            async with asyncio.timeout(JUDGE_SECONDS):
                probability = unpack_probability(await self._pool.submit(pack_turn(pcm, rate)))
        except TimeoutError:
            # From here on one is asked for at a time, until they are in time again.
            self._usual = JUDGE_SECONDS
            return None
        except (ProviderError, CapacityError):
            return None
        else:
            self._answered(began)
            return probability
        finally:
            self._asking -= 1

    def _answered(self, began: float) -> None:
        """Learn from an answer what the process needs for one; it works for one at a time."""
        now = time.monotonic()
        took, self._free_at = now - max(began, self._free_at), now
        self._usual += NEWEST_SHARE * (took - self._usual)
