"""The scenarios that Vantum is to be good at, each played on virtual time."""

from __future__ import annotations

from pathlib import Path

import pytest

from vantum import simulation
from vantum.simulation.scenario_file import load_scenario
from vantum.simulation.scripted_run import played

SHIPPED = sorted((Path(simulation.__file__).parent / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
async def test_scenario(path: Path) -> None:
    scenario = load_scenario(path)
    call = await played(scenario)
    verdicts = [expectation.check(call) for expectation in scenario.expectations]
    assert not [f"{verdict.wanted}: {verdict.found}" for verdict in verdicts if not verdict.met]


def test_all_of_the_specification_are_there() -> None:
    assert {path.stem.split("_")[0][:3] for path in SHIPPED} == {f"s{n:02}" for n in range(1, 29)}
