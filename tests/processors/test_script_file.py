from __future__ import annotations

from pathlib import Path

import pytest

from processors.script_file import load_script
from vantum.core.errors import PipelineError

OUTREACH = Path("pipelines/outreach_script.yaml")


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    return tmp_path / "broken.yaml"


def test_a_script_is_loaded() -> None:
    script = load_script(Path(__file__).parents[2] / OUTREACH)
    assert script.company == "Larkfield"
    assert "yes" in script.steps[script.start].expects, "a bare yes is a word here and not the value true"


def test_a_file_that_is_not_there(broken: Path) -> None:
    with pytest.raises(PipelineError, match=r"broken\.yaml: the script cannot be read: .*No such file"):
        load_script(broken)


def test_a_file_that_is_no_text(broken: Path) -> None:
    broken.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PipelineError, match=r"broken\.yaml: the script cannot be read: .*Check the path"):
        load_script(broken)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("company: [", "this is not YAML: .*line 1"),
        ("company: a\nagent: b\ncompany: c\n", "'company' is there twice.*line 3"),
        ("? [a, b]\n: c\n", "this is not YAML"),
        ("!!python/object:os.system {}", "this must be a mapping"),
        ("", "the script: this must be a mapping"),
        ("company: a", "the script: 'agent' is missing. Allowed: company, agent, greeting"),
    ],
)
def test_a_file_that_is_no_script(broken: Path, text: str, problem: str) -> None:
    broken.write_text(text, encoding="utf-8")
    with pytest.raises(PipelineError, match=rf"(?s)broken\.yaml: .*{problem}"):
        load_script(broken)
