"""How many statements a call's transactions are: on SQLite, everybody else who writes waits for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from tests.vantum.dialing.bad_placer import BadPlacer
from tests.vantum.dialing.kit import TRUNK, clock, many, new_scene
from tests.vantum.dialing.outside import opened
from tests.vantum.dialing.test_claims import Engine as Jobs
from tests.vantum.store.rows import NOON
from vantum.core.phone_call import Outcome
from vantum.dialing.attempts import Attempts, Go
from vantum.dialing.claims import Claims
from vantum.dialing.means import Means
from vantum.dialing.outcomes import Outcomes
from vantum.dialing.placer import Over, Placed
from vantum.dialing.wakers import Wakers
from vantum.store.address import sqlite_file


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """All that is sent to a database from now on."""
    sent: list[str] = []

    def send(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", send)
    yield sent
    event.remove(Engine, "before_cursor_execute", send)


async def test_a_call_is_written_in_few_statements(tmp_path: Path, statements: list[str]) -> None:
    async with opened(sqlite_file(tmp_path / "x.db")) as store:
        async with store.writing() as session:
            await new_scene(session, many(1))
            # Where nobody is due: what is read of a campaign, and of no campaign twice.
            await new_scene(session, many(0))
        means, jobs = Means(store, "dialer-1", TRUNK, clock), Jobs()
        outcomes = Outcomes(means)
        attempts = Attempts(means, BadPlacer(), Wakers(), outcomes)

        statements.clear()
        claimed, _ = await store.write(Claims(means, jobs)._claim)
        assert (claimed.begun, len(statements)) == (1, 27)
        assert sum("GROUP BY calls.org_id" in each for each in statements) == 1

        statements.clear()
        call = await store.write(lambda session: attempts._take_up(session, jobs.jobs[0]))
        assert call is not None
        assert len(statements) == 3

        statements.clear()
        assert isinstance(await store.write(lambda session: attempts._token(session, call)), Go)
        assert sum("FROM suppressions" in each for each in statements) == 1
        assert len(statements) == 16

        statements.clear()
        assert await attempts._placed(call, Placed("record")) is not None
        assert len(statements) == 4

        statements.clear()
        await outcomes.over(call, Over(Outcome.NO_ANSWER, NOON))
        assert len(statements) == 11
