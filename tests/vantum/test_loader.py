"""Loading a pipeline: what works, and for each thing that does not, one sentence with a remedy."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from vantum import Call
from vantum.core.errors import PipelineError
from vantum.loader import Pipeline, load_pipeline

BUILD = "def build(call):\n    return [call]\n"


@pytest.fixture(autouse=True)
def clean_imports(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Each test has its own folder, path and modules; what is imported there is forgotten again."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]
    sys.path_importer_cache.pop(str(tmp_path), None)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def built(pipeline: Pipeline, call: object = None) -> list[object]:
    return [*pipeline.build(cast("Call", call))]


def failure(target: str | Path) -> str:
    with pytest.raises(PipelineError) as caught:
        load_pipeline(str(target))
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- what works -------------------------------------------------------------------------------------


def test_a_file_is_loaded_by_its_path(tmp_path: Path) -> None:
    file = write(tmp_path / "flows" / "my-flow.py", BUILD)
    pipeline = load_pipeline("flows/my-flow.py")
    assert pipeline == Pipeline("my-flow", pipeline.build, file)
    assert built(pipeline, "the call") == ["the call"]


def test_a_module_is_loaded_by_its_name_from_the_current_folder(tmp_path: Path) -> None:
    file = write(tmp_path / "vt_flows" / "sales.py", BUILD)
    pipeline = load_pipeline("vt_flows.sales")
    assert (pipeline.name, pipeline.source) == ("sales", file)
    assert built(pipeline, 1) == [1]


def test_siblings_can_be_imported_also_later(tmp_path: Path) -> None:
    write(tmp_path / "a" / "vt_words.py", "GREETING = 'Hello.'\n")
    write(tmp_path / "a" / "vt_late.py", "BYE = 'Goodbye.'\n")
    code = "from vt_words import GREETING\ndef build(call):\n    import vt_late\n    return [GREETING, vt_late.BYE]\n"
    pipeline = load_pipeline(str(write(tmp_path / "a" / "flow.py", code)))
    assert built(pipeline) == ["Hello.", "Goodbye."]


def test_a_file_hides_no_module_of_the_same_name(tmp_path: Path) -> None:
    load_pipeline(str(write(tmp_path / "json.py", BUILD)))
    assert "json.py" not in str(sys.modules["json"].__file__)


def test_files_of_one_name_live_side_by_side_and_load_again(tmp_path: Path) -> None:
    one = write(tmp_path / "one" / "flow.py", "def build(call): return [1]\n")
    two = write(tmp_path / "two" / "flow.py", "def build(call): return [2]\n")
    pipelines = [load_pipeline(str(path)) for path in (one, two, one)]
    assert [built(pipeline) for pipeline in pipelines] == [[1], [2], [1]]


def test_dataclasses_and_pickle_work_in_a_file(tmp_path: Path) -> None:
    code = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n"
        "@dataclass\nclass Offer:\n    price: int\n"
        "def build(call): return [Offer(3)]\n"
    )
    (offer,) = built(load_pipeline(str(write(tmp_path / "flow.py", code))))
    assert pickle.loads(pickle.dumps(offer)) == offer


@pytest.mark.parametrize(
    "code",
    [
        "def build(call, extra=1, *rest): return []",
        "build = lambda call: []",
        "class Flow:\n    def __call__(self, call): return []\nbuild = Flow()",
        "import functools\ndef two(extra, call): return []\nbuild = functools.partial(two, 1)",
    ],
)
def test_anything_that_takes_the_call_is_a_build(tmp_path: Path, code: str) -> None:
    assert built(load_pipeline(str(write(tmp_path / "flow.py", code)))) == []


# --- what is not there ------------------------------------------------------------------------------


def test_a_missing_file_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    write(tmp_path / "flows" / "outreach.py", BUILD)
    write(tmp_path / "flows" / "echo.py", BUILD)
    write(tmp_path / "flows" / "__init__.py", "")
    nearest = "Did you mean flows/outreach.py?"
    assert failure("flows/outreech.py") == f"The pipeline flows/outreech.py does not exist. {nearest}"
    assert failure("flows/outreach") == f"The pipeline flows/outreach does not exist. {nearest}"
    assert failure("flows.outreech") == f"There is no module flows.outreech. {nearest}"
    both = "Did you mean flows/echo.py or flows/outreach.py?"
    assert failure("flows/zzzz.py") == f"The pipeline flows/zzzz.py does not exist. {both}"


def test_a_folder_and_another_kind_of_file_are_no_pipeline(tmp_path: Path) -> None:
    write(tmp_path / "flows" / "echo.py", BUILD)
    write(tmp_path / "flows" / "echo.txt", BUILD)
    (tmp_path / "flows" / "folder.py").mkdir()
    for target in ("flows/", "flows/echo.txt"):
        told = failure(target)
        assert told.startswith(f"The pipeline {Path(target)} is not a .py file. Did you mean flows/echo.py")
    assert failure("flows/folder.py").startswith("The pipeline flows/folder.py is not a .py file.")


def test_a_missing_folder_and_an_empty_one_are_told() -> None:
    Path("empty").mkdir()
    remedy = "The folder nowhere does not exist either: check the path."
    assert failure("nowhere/flow.py") == f"The pipeline nowhere/flow.py does not exist. {remedy}"
    remedy = "There is no .py file in empty: check the path."
    assert failure("empty/flow.py") == f"The pipeline empty/flow.py does not exist. {remedy}"


@pytest.mark.parametrize("target", ["", "..flows", "my-flow", "a..b", "flows."])
def test_what_is_neither_a_path_nor_a_name_is_told(target: str) -> None:
    remedy = "Name a .py file or a module such as pipelines.outreach."
    assert failure(target) == f"The pipeline {target!r} is neither a file nor a module. {remedy}"


def test_a_package_that_is_not_there_and_one_without_a_file_are_told() -> None:
    Path("vt_bare").mkdir()
    assert failure("vt_nothing.flow").startswith("There is no module vt_nothing.flow. ")
    assert failure("vt_bare").startswith("There is no module vt_bare. ")


# --- what cannot be loaded --------------------------------------------------------------------------


def test_a_missing_import_is_named_with_its_line(tmp_path: Path) -> None:
    file = write(tmp_path / "flow.py", "import json\nimport vt_missing\n")
    assert failure(file) == (
        f"{file}, line 2: cannot import vt_missing (No module named 'vt_missing'). "
        "Install what is missing, or correct the import."
    )
    file = write(tmp_path / "vt_named.py", "\n\nfrom json import nothing\n")
    assert failure("vt_named").startswith(f"{file}, line 3: cannot import json (cannot import name 'nothing'")


def test_an_import_error_without_a_name_is_told(tmp_path: Path) -> None:
    file = write(tmp_path / "flow.py", "from . import sibling\n")
    assert failure(file).startswith(f"{file}, line 1: cannot import (attempted relative import")
    file = write(tmp_path / "flow2.py", "raise ImportError\n")
    assert failure(file).startswith(f"{file}, line 1: cannot import ().")


def test_a_fault_in_a_package_is_told_for_the_name_that_was_asked(tmp_path: Path) -> None:
    write(tmp_path / "vt_broken" / "__init__.py", "import vt_missing\n")
    write(tmp_path / "vt_worse" / "__init__.py", "1 / 0\n")
    assert failure("vt_broken.flow").startswith("vt_broken.flow: cannot import vt_missing (No module")
    assert failure("vt_worse.flow").startswith("vt_worse.flow: ZeroDivisionError: division by zero.")


def test_a_syntax_error_is_told_with_its_file_and_line(tmp_path: Path) -> None:
    file = write(tmp_path / "flow.py", "\ndef build(call:\n")
    assert failure(file) == f"{file}, line 2: '(' was never closed. Correct the syntax there."
    sibling = write(tmp_path / "vt_sibling.py", "x = = 1\n")
    file = write(tmp_path / "flow2.py", "import vt_sibling\n")
    assert failure(file) == f"{sibling}, line 1: invalid syntax. Correct the syntax there."


def test_any_other_fault_is_told_on_one_line_and_chained(tmp_path: Path) -> None:
    file = write(tmp_path / "flow.py", "x = 1\nraise ValueError('one\\ntwo')\n")
    told = failure(file)
    assert (
        told == f"{file}, line 2: ValueError: one two. Correct it there; --debug shows the whole traceback."
    )
    with pytest.raises(PipelineError) as caught:
        load_pipeline(str(file))
    assert isinstance(caught.value.__cause__, ValueError)
    assert not [name for name in sys.modules if name.startswith("vantum_pipeline_flow")]


def test_a_file_that_ends_the_program_is_told(tmp_path: Path) -> None:
    file = write(tmp_path / "flow.py", "import sys\nsys.exit(3)\n")
    assert failure(file).startswith(f"{file}, line 2: the file ends the program while it is loaded.")


# --- what cannot be built ---------------------------------------------------------------------------

SKELETON = "Write `def build(call): return [...]` in it."


def test_a_file_without_build_is_told_what_it_has(tmp_path: Path) -> None:
    code = "from json import loads\nclass A: pass\ndef make(call): return []\ndef bild(call): return []\n"
    file = write(tmp_path / "flow.py", code)
    assert failure(file) == f"{file} has no function `build`. It has make, bild. {SKELETON}"
    file = write(tmp_path / "empty.py", "")
    assert failure(file) == f"{file} has no function `build`. It has no functions. {SKELETON}"


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("build = []", "is a list, no function."),
        ("async def build(call): return []", "is asynchronous."),
        ("def build(): return []", "cannot be called with the call as its one argument."),
        ("def build(call, more): return []", "cannot be called with the call as its one argument."),
        ("def build(*, call): return []", "cannot be called with the call as its one argument."),
    ],
)
def test_a_build_that_cannot_be_called_is_told(tmp_path: Path, code: str, problem: str) -> None:
    file = write(tmp_path / "flow.py", code)
    assert failure(file).startswith(f"`build` in {file} {problem}")
