"""What a process knows of its providers."""

from __future__ import annotations

from vantum.core.breaker import Circuit
from vantum.core.choice import Kind
from vantum.core.faults import Fault
from vantum.core.provider_board import WINDOW_SECONDS, ProviderBoard, Standing

A, B = (Kind.STT, "deepgram"), (Kind.STT, "local")


def board() -> ProviderBoard:
    return ProviderBoard({Kind.STT: ["deepgram", "local"]})


def test_who_was_not_asked_has_no_figures() -> None:
    assert board().standings(0.0) == [
        Standing(*job, Circuit.CLOSED, 0, None, None, None, "") for job in (A, B)
    ]


def test_figures_are_of_the_last_minutes() -> None:
    known = board()
    known.served(*A, 0.0, 9.0)
    for at, seconds in ((100.0, 0.3), (110.0, 0.1), (120.0, 0.2), (130.0, None)):
        known.served(*A, at, seconds)
    known.failed(*A, 140.0, Fault.NETWORK, "it hung up")
    first, other = known.standings(WINDOW_SECONDS + 1)
    assert first == Standing(*A, Circuit.CLOSED, 5, 0.2, 0.2, Fault.NETWORK, "it hung up")
    assert other.requests == 0


def test_the_failure_that_opens_a_breaker_is_told_once() -> None:
    known = board()
    told = [known.failed(*A, at, Fault.NETWORK) for at in (0.0, 1.0, 2.0, 3.0)]
    assert told == [False, False, True, False]
    assert not known.usable(*A)
    assert known.usable(*B)


def test_a_provider_that_rested_is_probed_once_at_a_time() -> None:
    known = board()
    known.failed(*A, 0.0, Fault.AUTH)
    assert known.to_probe(4.9) == []
    assert known.to_probe(5.0) == [A]
    assert known.to_probe(6.0) == []
    known.probed(A, 7.0, well=False)
    assert known.to_probe(17.0) == [A]
    known.probed(A, 18.0, well=True)
    assert known.usable(*A)
