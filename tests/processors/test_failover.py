"""Who does a job in one call, and what the process learns of it."""

from __future__ import annotations

from processors.failover import REMEDIES, Candidate, Desk
from vantum.core.choice import Kind
from vantum.core.errors import ProviderError
from vantum.core.events import ProviderSwitched
from vantum.core.faults import Fault
from vantum.core.provider_board import ProviderBoard


def candidate(name: str) -> Candidate[str]:
    return Candidate(name, lambda: name)


def desk(*names: str, board: ProviderBoard | None = None) -> Desk[str]:
    return Desk(Kind.STT, [candidate(name) for name in names], board)


def error(fault: Fault = Fault.NETWORK) -> ProviderError:
    return ProviderError("stt", "first", "reset by peer", fault)


def chosen(of: Desk[str], *tried: str) -> str | None:
    candidate = of.choose(tried)
    return None if candidate is None else candidate.make()


def test_the_first_is_chosen_and_then_the_next() -> None:
    one = desk("first", "second")
    assert [chosen(one), chosen(one, "first"), chosen(one, "first", "second")] == ["first", "second", None]
    assert (one.alone, desk("only").alone) == (False, True)


def test_it_is_no_news_that_the_first_begins_or_goes_on() -> None:
    one = desk("first", "second")
    assert one.begin("first") is None
    assert one.begin("first", error()) is None
    assert one.serving == "first"


def test_it_is_news_that_another_begins() -> None:
    assert desk("first", "second").begin("second") == ProviderSwitched(Kind.STT, "second", "")
    one = desk("first", "second")
    one.begin("first")
    assert one.begin("second", error()) == ProviderSwitched(
        Kind.STT, "second", "first", Fault.NETWORK, "reset by peer"
    )
    assert one.begin("first") == ProviderSwitched(Kind.STT, "first", "second")


async def test_who_failed_rests_until_it_has_served() -> None:
    one = desk("first", "second")
    one.begin("first")
    one.failed(error())
    assert chosen(one) == "second"
    one.served(0.5)
    assert chosen(one) == "first"


async def test_all_calls_learn_of_it() -> None:
    board = ProviderBoard({Kind.STT: ["first", "second"]})
    one, other = desk("first", "second", board=board), desk("first", "second", board=board)
    one.begin("first")
    one.failed(error(Fault.AUTH))
    assert chosen(other) == "second"
    standing = board.standings(0.0)[0]
    assert (standing.last_fault, standing.last_problem) == (Fault.AUTH, "reset by peer")


def test_each_fault_has_a_remedy() -> None:
    assert set(REMEDIES) == set(Fault)
