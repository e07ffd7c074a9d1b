"""The pipelines that calls may go through: the served one's neighbours, and no other code."""

from __future__ import annotations

from pathlib import Path

import pytest

from vantum.core.errors import PipelineError
from vantum.loader import load_pipeline
from vantum.phone.pipelines import Pipelines

SOURCE = "def build(call):\n    return []\n"


@pytest.fixture
def pipelines(tmp_path: Path) -> Pipelines:
    folder = tmp_path / "bots"
    folder.mkdir()
    for name in ("served", "another", "broken", "_hidden"):
        (folder / f"{name}.py").write_text("x = 1\n" if name == "broken" else SOURCE)
    (folder / "notes.txt").write_text("")
    (tmp_path / "outside.py").write_text(SOURCE)
    return Pipelines(load_pipeline(str(folder / "served.py")))


def test_the_served_one_is_named_first(pipelines: Pipelines) -> None:
    assert pipelines.names == ("served", "another", "broken")


@pytest.mark.parametrize("name", ["served", "served.py", "pipelines/served.py", "../served"])
def test_the_served_one_is_never_loaded_again(pipelines: Pipelines, name: str) -> None:
    assert pipelines.named(name) is pipelines.default


@pytest.mark.parametrize("name", ["another", "another.py", "bots/another.py"])
def test_a_neighbour_is_loaded_once(pipelines: Pipelines, name: str) -> None:
    found = pipelines.named(name)
    assert (found.name, found.source) == ("another", pipelines.default.source.with_name("another.py"))
    assert pipelines.named("another") is found


@pytest.mark.parametrize(
    "name", ["", ".", "..", "none", "outside", "../outside.py", "_hidden", "notes", "/etc/passwd", "a" * 500]
)
def test_any_other_name_is_refused_and_the_known_ones_are_told(pipelines: Pipelines, name: str) -> None:
    with pytest.raises(PipelineError) as raised:
        pipelines.named(name)
    assert raised.value.problem == f"There is no pipeline {name[:64]!r} beside the served one."
    assert raised.value.remedy == "Known ones: served, another, broken."


def test_a_neighbour_that_is_broken_says_so_and_may_be_mended(pipelines: Pipelines) -> None:
    with pytest.raises(PipelineError, match="has no function `build`"):
        pipelines.named("broken")
    pipelines.default.source.with_name("broken.py").write_text(SOURCE)
    assert pipelines.named("broken").name == "broken"
