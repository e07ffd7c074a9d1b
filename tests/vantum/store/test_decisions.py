"""The chain of decisions in the database: added under a lock, whole to the letter, and every change is found."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from tests.vantum.core.legal.legal_cases import NOON, callee, case
from tests.vantum.store.rows import new_org
from vantum.core.legal.chain import GENESIS, Break
from vantum.core.legal.decision import Decision, Verdict
from vantum.core.legal.document import read, written
from vantum.core.legal.gate import decide
from vantum.store import decisions
from vantum.store.columns import new_id
from vantum.store.engine import Store

pytestmark = pytest.mark.real_time
DECISIONS = tuple(decide(case(now=NOON + timedelta(hours=hours))) for hours in (0, 12, 24))
BLOCKED = decide(case(callee(country="CA", state="ON")))


async def new_chain(session: AsyncSession, org: str, count: int) -> list[str]:
    """The ids of so many attempts."""
    ids = [new_id() for _ in range(count)]
    for place, attempt in enumerate(ids):
        await decisions.append(session, org, attempt, DECISIONS[place % 3], f"lead-{place % 2}")
    return ids


async def test_what_was_decided_comes_back_to_the_letter(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        for decision in (*DECISIONS, BLOCKED):
            attempt = new_id()
            await decisions.append(session, org, attempt, decision)
            session.expunge_all()
            row = await decisions.of_attempt(session, org, attempt)
            assert row is not None
            assert row.document == written(decision)
            assert read(row.document) == decision
            assert (row.verdict, row.until, row.decided_at) == (
                decision.verdict,
                decision.until,
                decision.decided_at,
            )
        last = [row async for row in decisions.walk(session, org)][-1]
        assert last.verdict is Verdict.BLOCK
        assert await decisions.check(session, org) is None


async def test_each_organisation_has_a_chain(store: Store) -> None:
    async with store.writing() as session:
        one, other = await new_org(session, "a"), await new_org(session, "b")
        ids, others = await new_chain(session, one, 3), await new_chain(session, other, 2)
    async with store.reading() as session:
        assert [row.attempt_id async for row in decisions.walk(session, one)] == ids
        assert [row.attempt_id async for row in decisions.walk(session, other)] == others
        last, count = await decisions.head(session, one)
        assert (count, await decisions.place_of(session, one, last)) == (3, 2)
        assert await decisions.place_of(session, other, last) is None
        assert await decisions.of_attempt(session, other, ids[0]) is None
        assert [row.attempt_id for row in await decisions.of_lead(session, one, "lead-0")] == [ids[0], ids[2]]
        assert [row.attempt_id for row in await decisions.of_lead(session, other, "lead-1")] == [others[1]]


async def test_an_empty_chain_holds(store: Store) -> None:
    async with store.reading() as session:
        assert await decisions.check(session, "nobody") is None
        assert await decisions.head(session, "nobody") == (GENESIS, 0)
        assert [row async for row in decisions.walk(session, "nobody")] == []


async def test_a_long_chain_is_walked_and_checked_in_pages(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "PAGE", 4)
    async with store.writing() as session:
        org = await new_org(session, "a")
        ids = await new_chain(session, org, 12)
        session.expunge_all()
        assert [row.attempt_id async for row in decisions.walk(session, org)] == ids
        assert await decisions.check(session, org) is None
        await session.execute(text("UPDATE dial_decisions SET document = '{}' WHERE place = 9"))
        assert await decisions.check(session, org) == Break(9, ids[9], "Its content is not what was decided.")


async def test_many_who_add_at_once_make_one_chain(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")

    def adding(attempt: str, decision: Decision) -> asyncio.Task[object]:
        return asyncio.create_task(
            store.write(lambda session: decisions.append(session, org, attempt, decision))
        )

    await asyncio.gather(*(adding(new_id(), DECISIONS[number % 3]) for number in range(30)))
    async with store.reading() as session:
        assert [row.place async for row in decisions.walk(session, org)] == [*range(30)]
        assert await decisions.check(session, org) is None


async def test_what_is_rolled_back_was_never_in_the_chain(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        first = await new_chain(session, org, 2)

    async def fails() -> None:
        async with store.writing() as session:
            await new_chain(session, org, 1)
            raise KeyError

    with pytest.raises(KeyError):
        await fails()
    async with store.writing() as session:
        last = await new_chain(session, org, 1)
    async with store.reading() as session:
        assert [row.attempt_id async for row in decisions.walk(session, org)] == first + last
        assert await decisions.check(session, org) is None


async def test_an_attempt_is_decided_once(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        (attempt,) = await new_chain(session, org, 1)
    async with store.writing() as session:
        with pytest.raises(IntegrityError):
            await decisions.append(session, org, attempt, BLOCKED)
        await session.rollback()
    async with store.reading() as session:
        assert await decisions.check(session, org) is None


CONTENT = "Its content is not what was decided."
ORDER = "It does not follow the row before it."
END = "The last row is not the last one that was written."


@pytest.mark.parametrize(
    ("forgery", "row", "words"),
    [
        (
            "UPDATE dial_decisions SET document = replace(document, 'allow', 'block') WHERE place = 1",
            1,
            CONTENT,
        ),
        ("UPDATE dial_decisions SET document = ' ' || document WHERE place = 2", 2, CONTENT),
        ("UPDATE dial_decisions SET attempt_id = 'x' WHERE place = 0", 0, CONTENT),
        ("UPDATE dial_decisions SET previous = hash WHERE place = 1", 1, ORDER),
        ("DELETE FROM dial_decisions WHERE place = 0", 0, ORDER),
        ("DELETE FROM dial_decisions WHERE place = 1", 1, ORDER),
        ("DELETE FROM dial_decisions WHERE place = 3", 3, END),
        ("DELETE FROM dial_decisions", 0, END),
        ("UPDATE dial_decisions SET place = 10 WHERE place = 1", 1, ORDER),
        ("UPDATE chain_heads SET hash = 'x'", 4, END),
    ],
)
async def test_every_change_is_found(store: Store, forgery: str, row: int, words: str) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        await new_chain(session, org, 4)
    async with store.writing() as session:
        assert await decisions.check(session, org) is None
        await session.execute(text(forgery))
        found = await decisions.check(session, org)
    assert found is not None
    assert (found.row, found.words) == (row, words)


async def test_a_chain_that_is_verified_is_a_sequence(store: Store) -> None:
    async with store.writing() as session:
        org = await new_org(session, "a")
        ids = await new_chain(session, org, 3)

        def look(sync: Session) -> tuple[str, list[str], int]:
            chain = decisions._Chain(sync, org)
            return chain[1].attempt_id, [row.attempt_id for row in chain[1:]], len(chain)

        assert await session.run_sync(look) == (ids[1], ids[1:], 3)
