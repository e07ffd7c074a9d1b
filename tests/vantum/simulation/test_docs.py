"""The scenarios of the documentation can be played as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vantum.simulation.document import parse_document
from vantum.simulation.expectation_file import READERS as EXPECTATIONS
from vantum.simulation.scenario import Providers
from vantum.simulation.scenario_file import TOP, read_scenario
from vantum.simulation.scripted_run import played
from vantum.simulation.step_file import READERS as STEPS

PAGE = Path(__file__).parents[3] / "docs" / "simulator.md"
TEXT = PAGE.read_text(encoding="utf-8")
SCENARIOS = [
    read_scenario(parse_document(block, "simulator.md"), PAGE)
    for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
]


async def test_the_scripted_one_passes() -> None:
    scripted, configured = SCENARIOS
    assert configured.providers is Providers.CONFIGURED
    call = await played(scripted)
    verdicts = [expectation.check(call) for expectation in scripted.expectations]
    assert not [f"{verdict.wanted}: {verdict.found}" for verdict in verdicts if not verdict.met]


@pytest.mark.parametrize("name", [*TOP, *STEPS, *EXPECTATIONS])
def test_everything_that_can_be_written_is_told(name: str) -> None:
    assert f"`{name}" in TEXT
