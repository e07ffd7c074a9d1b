"""Who does a job in one call."""

from __future__ import annotations

import pytest

from vantum.core.faults import Fault
from vantum.core.rota import REST_SECONDS, Rota


def test_a_job_needs_a_provider() -> None:
    with pytest.raises(ValueError, match="needs a provider"):
        Rota([])


def test_the_first_that_works_does_the_job() -> None:
    broken = {"a"}
    rota = Rota(["a", "b", "c"], lambda name: name not in broken)
    assert rota.choose(0.0) == "b"
    broken.clear()
    assert rota.choose(0.0) == "a"


def test_one_that_failed_in_the_call_rests_and_comes_back() -> None:
    rota = Rota(["a", "b"])
    rota.failed("a", Fault.NETWORK, 10.0)
    assert rota.choose(10.0) == "b"
    assert rota.choose(10.0 + REST_SECONDS - 0.1) == "b"
    assert rota.choose(10.0 + REST_SECONDS) == "a"


@pytest.mark.parametrize("fault", [Fault.AUTH, Fault.FATAL])
def test_a_lasting_fault_lasts_as_long_as_the_call(fault: Fault) -> None:
    rota = Rota(["a", "b"])
    rota.failed("a", fault, 10.0)
    assert rota.choose(1e6) == "b"
    rota.recovered("a")
    assert rota.choose(1e6) == "a"


def test_when_all_are_bad_the_one_that_is_well_soonest_is_the_best() -> None:
    rota = Rota(["a", "b", "c"], lambda name: name != "c")
    rota.failed("b", Fault.NETWORK, 0.0)
    rota.failed("a", Fault.NETWORK, 5.0)
    assert rota.choose(6.0) == "c"
    rota.failed("c", Fault.AUTH, 6.0)
    assert [rota.choose(6.0), rota.choose(6.0, {"b"}), rota.choose(6.0, {"a", "b"})] == ["b", "a", "c"]
    assert rota.choose(6.0, {"a", "b", "c"}) is None


def test_a_provider_alone_is_always_the_best() -> None:
    rota = Rota(["a"], lambda _: False)
    rota.failed("a", Fault.AUTH, 0.0)
    assert rota.choose(1.0) == "a"
