"""A scenario with the configured providers: real audio through the real call, in real time."""

from __future__ import annotations

from pathlib import Path

import pytest

from vantum.core.errors import UsageError
from vantum.simulation.configured_run import play_configured
from vantum.simulation.document import parse_document
from vantum.simulation.scenario import Scenario
from vantum.simulation.scenario_file import read_scenario

ROOT = Path(__file__).parents[3]
EMBEDDED = "{VANTUM_STT: local, VANTUM_LLM: local, VANTUM_TTS: local}"


def scenario(text: str) -> Scenario:
    text = f"providers: configured\nsettings: {EMBEDDED}\n{text}"
    return read_scenario(parse_document(text, "a.yaml"), ROOT / "a.yaml")


@pytest.mark.real_time
def test_a_sentence_is_spoken_understood_and_answered() -> None:
    played = play_configured(
        scenario(f"""
pipeline: {ROOT}/pipelines/echo.py
caller:
  - {{at: 1.0, says: "What time is it?"}}
  - {{after_bot: 0.5, hangs_up: true}}
expect:
  - user_turns: {{at_least: 1}}
  - answers: {{at_least: 1}}
  - errors: 0
  - ended: client left
""")
    )
    assert played.passed, [verdict for verdict in played.verdicts if not verdict.met]
    (said,) = played.caller
    assert said.text == "What time is it?"
    assert said.begin >= 1.0
    assert played.call.context


@pytest.mark.real_time
def test_a_pipeline_that_cannot_be_built_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="nothing to say without a script"):
        play_configured(scenario("caller: [{at: 1, noise: 1}]\nexpect: [{user_turns: 0}]"))
