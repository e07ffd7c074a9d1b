"""The chain of decisions: one is added behind the last under a lock, and all are read again to see that they hold."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Final, overload

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from vantum.core.legal.chain import GENESIS, Break, Row, link, verify
from vantum.core.legal.decision import Decision
from vantum.store.bulk import inserting
from vantum.store.columns import now
from vantum.store.models import ChainHead, DialDecision

PAGE: Final = 500
_LINK: Final = (
    DialDecision.place,
    DialDecision.attempt_id,
    DialDecision.document,
    DialDecision.previous,
    DialDecision.hash,
)


async def append(
    session: AsyncSession, org_id: str, attempt_id: str, decision: Decision, lead_id: str | None = None
) -> DialDecision:
    """Add the decision on an attempt. Until the transaction ends, nobody else adds to the organisation's chain.

    A second decision on the same attempt raises IntegrityError.
    """
    head = await _locked_head(session, org_id)
    linked = link(attempt_id, decision, head.hash)
    row = DialDecision(
        org_id=org_id,
        place=head.count,
        attempt_id=attempt_id,
        lead_id=lead_id,
        verdict=decision.verdict,
        decided_at=decision.decided_at,
        until=decision.until,
        ruleset=decision.ruleset,
        document=linked.document,
        previous=linked.previous,
        hash=linked.hash,
    )
    head.hash, head.count = linked.hash, head.count + 1
    session.add(row)
    await session.flush()
    return row


async def of_attempt(session: AsyncSession, org_id: str, attempt_id: str) -> DialDecision | None:
    """The decision on an attempt."""
    return await session.scalar(
        select(DialDecision).where(DialDecision.org_id == org_id, DialDecision.attempt_id == attempt_id)
    )


async def of_lead(session: AsyncSession, org_id: str, lead_id: str) -> Sequence[DialDecision]:
    """The decisions on a lead, in their order."""
    statement = select(DialDecision).where(DialDecision.org_id == org_id, DialDecision.lead_id == lead_id)
    return (await session.scalars(statement.order_by(DialDecision.place))).all()


async def head(session: AsyncSession, org_id: str) -> tuple[str, int]:
    """The last hash of a chain, and how many rows it has."""
    statement = select(ChainHead.hash, ChainHead.count).where(ChainHead.org_id == org_id)
    found = (await session.execute(statement)).first()
    return (GENESIS, 0) if found is None else (found[0], found[1])


async def walk(session: AsyncSession, org_id: str) -> AsyncIterator[DialDecision]:
    """All decisions in their order, a page at a time."""
    place = 0
    while rows := (await session.scalars(_page(org_id, place))).all():
        for row in rows:
            yield row
        place = rows[-1].place + 1


async def check(session: AsyncSession, org_id: str) -> Break | None:
    """The first row that does not hold, or None.

    The chain is held against the head that the store keeps beside it. Who changes both is found out by a hash that
    was written down elsewhere: see ``place_of``.
    """
    last, _ = await head(session, org_id)
    return await session.run_sync(lambda sync: verify(_Chain(sync, org_id), last))


async def place_of(session: AsyncSession, org_id: str, row_hash: str) -> int | None:
    """Where in the chain a hash is, from 0; None when it is in it no more."""
    return await session.scalar(
        select(DialDecision.place).where(DialDecision.org_id == org_id, DialDecision.hash == row_hash)
    )


async def _locked_head(session: AsyncSession, org_id: str) -> ChainHead:
    # On SQLite the transaction has the lock of the file already, and the words for it are left out.
    statement = select(ChainHead).where(ChainHead.org_id == org_id).with_for_update()
    locked = statement.execution_options(populate_existing=True)
    if (head := await session.scalar(locked)) is not None:
        return head
    first = inserting(session, ChainHead).values(org_id=org_id, hash=GENESIS, count=0, updated_at=now())
    await session.execute(first.on_conflict_do_nothing())
    return (await session.scalars(locked)).one()


def _page(org_id: str, place: int) -> Select[DialDecision]:
    statement = select(DialDecision).where(DialDecision.org_id == org_id, DialDecision.place >= place)
    return statement.order_by(DialDecision.place).limit(PAGE)


class _Chain(Sequence[Row]):
    """The rows of a chain for ``verify``, which reads them once: a page at a time is in memory."""

    def __init__(self, session: Session, org_id: str) -> None:
        self._session = session
        self._org_id = org_id
        self._count = 0

    def __iter__(self) -> Iterator[Row]:
        self._count = 0
        place = 0
        # Columns, and no objects: of those, the session would give back what it has seen, and not what is there.
        while rows := self._session.execute(_page(self._org_id, place).with_only_columns(*_LINK)).all():
            for _, attempt_id, document, previous, row_hash in rows:
                self._count += 1
                yield Row(attempt_id, document, previous, row_hash)
            place = rows[-1].place + 1

    def __len__(self) -> int:
        """How many were read."""
        return self._count

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        return list(self)[place]
