"""`vantum decisions`: whether the record is whole, and why somebody was called or not."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import URL, text

from tests.vantum.core.legal.legal_cases import callee, case
from tests.vantum.store.command_kit import Run, runner
from tests.vantum.store.databases import plain
from tests.vantum.store.rows import new_org
from vantum.core.legal.explanation import explain
from vantum.core.legal.gate import decide
from vantum.decisions_command import main
from vantum.store import decisions
from vantum.store.engine import open_store

DECISIONS = (decide(case()), decide(case(callee(country="CA", state="ON"))))
CALLS = ("01970000-0000-7000-8000-000000000001", "01970000-0000-7000-8000-000000000002")


@pytest.fixture
def run(url: URL, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(main, url, monkeypatch, capsys)


@pytest.fixture
def last(url: URL) -> str:
    """The last hash of a chain of two in the organisation "a"."""

    async def fill() -> str:
        async with open_store(url) as store, store.writing() as session:
            org = await new_org(session, "a")
            for call, decision in zip(CALLS, DECISIONS, strict=True):
                row = await decisions.append(session, org, call, decision)
            return row.hash

    return asyncio.run(fill())


def test_a_whole_chain_holds(run: Run, last: str) -> None:
    assert run("verify", "--org", "a") == (0, [f"2 decisions hold; the last hash is {last}"])
    assert run("verify", "--org", "a", "--head", last) == (0, [f"2 decisions hold; the last hash is {last}"])
    assert run("verify") == (0, [f"0 decisions hold; the last hash is {'0' * 64}"])


def test_a_broken_chain_is_told_with_its_place(run: Run, last: str, url: URL) -> None:
    with plain(url).begin() as connection:
        connection.execute(text("UPDATE dial_decisions SET document = '{}' WHERE place = 1"))
    told = f"broken at decision 2 (attempt {CALLS[1]}): Its content is not what was decided."
    assert run("verify", "--org", "a") == (1, [told])
    with plain(url).begin() as connection:
        connection.execute(text("DELETE FROM dial_decisions WHERE place = 1"))
    told = "broken at decision 2: The last row is not the last one that was written."
    assert run("verify", "--org", "a") == (1, [told])
    assert last


def test_a_hash_that_was_written_down_has_to_be_in_it(run: Run, last: str) -> None:
    assert run("verify", "--org", "a", "--head", "f" * 64) == (
        1,
        [f"broken: no decision has the hash {'f' * 64}."],
    )
    assert run("verify", "--head", last) == (1, [f"broken: no decision has the hash {last}."])


@pytest.mark.parametrize("place", [0, 1])
def test_a_decision_is_told_in_words(run: Run, last: str, place: int) -> None:
    assert last
    assert run("explain", CALLS[place], "--org", "a") == (0, [*explain(DECISIONS[place])])


def test_what_is_not_there_is_a_mistake(run: Run, last: str) -> None:
    assert last
    told = f"vantum: No decision on '{CALLS[0]}' is known. Check the id, and that it is a call of 'default'."
    assert run("explain", CALLS[0]) == (2, [told])
    told = "vantum: There is no organisation 'b'. Known ones: a, default."
    assert run("verify", "--org", "b") == (2, [told])
