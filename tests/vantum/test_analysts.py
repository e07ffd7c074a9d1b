"""Who analyses calls is told by the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from vantum import analysts
from vantum.analysis.embedded_analyst import EmbeddedAnalyst
from vantum.analysis.openai_analyst import OpenAIAnalyst
from vantum.analysts import open_staff, script_of, staff_of
from vantum.core.errors import SettingsError
from vantum.loader import Pipeline, load_pipeline
from vantum.settings import load_settings

pytestmark = pytest.mark.real_time


@pytest.mark.parametrize(("given", "model"), [({}, None), ({"OPENAI_API_KEY": "test"}, OpenAIAnalyst)])
async def test_a_model_where_there_is_a_key_and_the_rules_always(
    given: dict[str, str], model: type[OpenAIAnalyst] | None
) -> None:
    async with open_staff(load_settings({}, None, given)) as staff:
        assert (None if staff.model is None else type(staff.model)) is model
        assert isinstance(staff.embedded, EmbeddedAnalyst)


async def test_the_rules_may_not_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> EmbeddedAnalyst:
        raise SettingsError("The embedded analysis needs the extra 'local'.", "Install it.")

    monkeypatch.setattr(analysts, "EmbeddedAnalyst", missing)
    async with open_staff(load_settings({}, None, {})) as staff:
        assert (staff.model, staff.embedded) == (None, None)


def test_the_rules_know_the_script_of_the_served_pipeline() -> None:
    outreach = load_pipeline(str(Path(__file__).parents[2] / "pipelines" / "outreach.py"))
    script = script_of(outreach)
    assert script is not None
    assert script.company == "Larkfield"
    staff = staff_of(load_settings({}, None, {}), None, outreach)
    scripted = staff.rules("pipelines/outreach.py")
    assert scripted is staff.rules("outreach") is not staff.embedded
    assert staff.rules("echo") is staff.embedded
    bare = Pipeline("bare", lambda _: [], Path("bare.py"))
    assert staff_of(load_settings({}, None, {}), None, bare).scripted == {}
