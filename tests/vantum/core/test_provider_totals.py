"""What is counted of the providers, and that the board works as any."""

from __future__ import annotations

from vantum.core.choice import Kind
from vantum.core.faults import Fault
from vantum.core.provider_totals import CountingBoard

NOTHING = {"served": 0, "auth": 0, "rate limit": 0, "network": 0, "fatal": 0}


def board() -> CountingBoard:
    return CountingBoard({Kind.STT: ["a", "b"], Kind.TTS: ["b"]})


def test_what_was_never_asked_has_zeros() -> None:
    assert board().totals == {(Kind.STT, "a"): NOTHING, (Kind.STT, "b"): NOTHING, (Kind.TTS, "b"): NOTHING}


def test_each_outcome_is_counted_for_ever() -> None:
    counting = board()
    for at in range(2_000):
        counting.served(Kind.STT, "b", at, 0.1)
    counting.failed(Kind.STT, "b", 2_001.0, Fault.NETWORK, "reset")
    counting.failed(Kind.TTS, "b", 2_001.0, Fault.RATE_LIMIT)
    assert counting.totals[Kind.STT, "b"] == NOTHING | {"served": 2_000, "network": 1}
    assert counting.totals[Kind.TTS, "b"] == NOTHING | {"rate limit": 1}
    assert counting.totals[Kind.STT, "a"] == NOTHING


def test_it_is_a_board() -> None:
    counting = board()
    counting.served(Kind.STT, "a", 1.0, 0.25)
    assert counting.failed(Kind.STT, "a", 2.0, Fault.AUTH, "bad key")
    assert [counting.usable(kind, name) for kind, name in counting.totals] == [False, True, True]
    [standing, *_] = counting.standings(2.0)
    assert (standing.name, standing.requests, standing.error_rate, standing.median_seconds) == (
        "a",
        2,
        0.5,
        0.25,
    )
    assert standing.last_problem == "bad key"
