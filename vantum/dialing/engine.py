"""What carries an attempt through crashes: a narrow port, so that no other file knows which engine it is.

Law: a job that was enqueued in a committed transaction is carried out at least once, by one process at a time as
far as anybody can tell. That nobody is dialed twice does not rest on it: each step of an attempt looks whether it
is still its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from vantum.core.outreach.limits import HIGHEST, LOWEST


@dataclass(frozen=True, slots=True)
class Job:
    """An attempt to carry out; ``urgency`` is 0 to 10, and 10 goes first. ``run`` tells it from the first one."""

    org_id: str
    attempt_id: str
    urgency: int = LOWEST
    run: str = ""

    def __post_init__(self) -> None:
        if not LOWEST <= self.urgency <= PROMISED:
            raise ValueError(f"An urgency is {LOWEST} to {PROMISED}, not {self.urgency}.")

    @property
    def id(self) -> str:
        """The name of the job: the same one is done once."""
        return f"{self.attempt_id}.{self.run}" if self.run else self.attempt_id


PROMISED: Final = HIGHEST + 1
"""The urgency of a call that somebody was promised."""

Work = Callable[[Job], Awaitable[None]]
"""Carries out an attempt, from wherever it stands."""


class Engine(Protocol):
    """Has attempts carried out."""

    async def enqueue_attempt(self, session: AsyncSession, job: Job) -> None:
        """Have a job done by this process once this transaction is committed, and not if it is rolled back."""

    async def signal(self, attempt_id: str) -> None:
        """Wake an attempt that waits in this process: something has changed that it should look at."""

    async def cancel(self, attempt_id: str) -> None:
        """Do not begin an attempt that is over; one that was begun finds that out by itself."""

    async def recover_dead(self, dialer_ids: Collection[str]) -> int:
        """Have done again what dialers had begun that are no more; tells how many jobs that are."""

    async def purge(self, before: datetime) -> int:
        """Forget the jobs that were done before a moment; tells how many."""
