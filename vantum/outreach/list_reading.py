"""A list is read: batch by batch in a thread, each batch settled by what the store knows of its numbers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final

from vantum.core.errors import UsageError
from vantum.core.legal.case import Scope
from vantum.core.outreach.cells import clean
from vantum.core.outreach.rows import Known, Settling, domains_of
from vantum.core.outreach.verdict import Accepted, Invalid
from vantum.outreach.findings import Finding, Findings
from vantum.outreach.in_thread import in_thread
from vantum.outreach.listed_contact import Provenance
from vantum.outreach.staging import staged
from vantum.sheets.prospect_list import ProspectList, Wish, open_list
from vantum.store import contacts, suppressions
from vantum.store.engine import Store
from vantum.store.staged import StagedRow
from vantum.store.words import RowVerdict

MOST_FILENAME: Final = 200

Sink = Callable[[Sequence[StagedRow]], None]
"""Takes the rows of a batch, in a thread."""
Pulse = Callable[[int], Awaitable[None]]
"""Is told after each batch how many rows there were."""


class Repeat(StrEnum):
    """What is done with a file that was imported before."""

    TELL = "tell"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported: a file, how it is read, and the campaign that calls its people (None for none).

    ``filename`` is its name where its path says another, ``source`` where the numbers come from, if anybody knows
    better than the file's name.
    """

    path: Path
    wish: Wish
    campaign_id: str | None = None
    filename: str = ""
    source: str = ""
    repeat: Repeat = Repeat.TELL

    @property
    def name(self) -> str:
        """The file's name, safe to show and to keep."""
        return clean(self.filename or self.path.name)[:MOST_FILENAME]


class Step(StrEnum):
    """What is being done."""

    READING = "reading"
    WRITING = "writing"


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import is: rows in this step, bytes of the file and its size, and rows by their verdict so far."""

    step: Step
    rows: int
    bytes_read: int
    size: int
    counts: Mapping[RowVerdict, int]


Report = Callable[[ImportProgress], None]


@asynccontextmanager
async def opened(order: Order) -> AsyncIterator[ProspectList]:
    """The list, open and looked at from end to end; raises UsageError for what is none."""
    with ExitStack() as stack:
        try:
            listed = await in_thread(lambda: stack.enter_context(open_list(order.path, order.wish)))
        except OSError as error:
            problem = f"{order.path} cannot be opened ({error.strerror})."
            raise UsageError(problem, "Check its name and who may read it.") from error
        yield listed


async def read_list(
    store: Store, org_id: str, order: Order, listed: ProspectList, sink: Sink, pulse: Pulse, report: Report
) -> Findings:
    """Read all rows, hand each batch to ``sink``, and tell what was found; nothing is written.

    Raises UsageError where the file turns out to be damaged or beyond a bound.
    """
    reading = _Reading(order, listed, sink)
    at = order.wish.now
    while batch := await in_thread(reading.next_batch):
        known = await _known(store, org_id, batch, at)
        await in_thread(partial(reading.settle, batch, known))
        report(reading.progress)
        await pulse(reading.progress.rows)
    return reading.findings


async def no_pulse(_rows: int) -> None:
    """For a list that nobody waits for."""
    await asyncio.sleep(0)


class _Reading:
    """The part that counts: one thread at a time is in it."""

    def __init__(self, order: Order, listed: ProspectList, sink: Sink) -> None:
        self._listed = listed
        self._batches = listed.batches()
        self._sink = sink
        self._settling = Settling()
        self._finding = Finding()
        self._provenance = Provenance(order.source or order.name, order.name, order.wish.now)
        self._bytes = 0

    def next_batch(self) -> list[Accepted | Invalid]:
        """The next rows, each read by itself; none at the end."""
        batch = next(self._batches, [])
        self._bytes = self._listed.sheet.bytes_read
        return batch

    def settle(self, batch: Sequence[Accepted | Invalid], known: Known) -> None:
        """Give each row its verdict, count it, and hand it on."""
        rows = []
        for found in batch:
            verdict = self._settling.settle(found, known)
            self._finding.add(verdict)
            rows.append(staged(found, verdict, self._provenance))
        self._sink(rows)

    @property
    def progress(self) -> ImportProgress:
        counts = self._finding.counts
        size = self._listed.sheet.about.size
        return ImportProgress(Step.READING, sum(counts.values()), self._bytes, size, counts)

    @property
    def findings(self) -> Findings:
        return self._finding.findings


async def _known(store: Store, org_id: str, batch: Sequence[Accepted | Invalid], at: datetime) -> Known:
    """What the store knows of the people in a batch."""
    people = [found.prospect for found in batch if isinstance(found, Accepted)]
    numbers = {person.number for person in people}
    domains = {domain for person in people for domain in domains_of(person)}
    keys = [(Scope.NUMBER, number) for number in numbers] + [(Scope.DOMAIN, domain) for domain in domains]
    async with store.reading() as session:
        ids = await contacts.ids_by_e164(session, org_id, numbers)
        found = await suppressions.in_force(session, org_id, keys, at)
    reasons = {key: against[0].reason for key, against in found.items()}
    return Known(
        ids,
        {value: reason for (scope, value), reason in reasons.items() if scope is Scope.NUMBER},
        {value: reason for (scope, value), reason in reasons.items() if scope is Scope.DOMAIN},
    )
