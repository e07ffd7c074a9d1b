"""Finds the pipeline that the command names, loads it and checks that it can be built.

A target is a path to a ``.py`` file or a dotted module. The file's own folder goes to the front of
``sys.path``, as with ``python file.py``, and stays there: siblings may be imported late, during a call.
"""

from __future__ import annotations

import difflib
import hashlib
import importlib
import importlib.util
import inspect
import re
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias

from pipecat.processors.frame_processor import FrameProcessor

from vantum.core.errors import PipelineError

if TYPE_CHECKING:
    from vantum.parts import Call

SUFFIX = ".py"
SKELETON = "Write `def build(call): return [...]` in it."

Build: TypeAlias = "Callable[[Call], Iterable[FrameProcessor]]"
"""Takes the call, returns its processors; the result of a stranger's function is checked where it is used."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A loaded pipeline: its name, the function that builds it for a call, and the file it came from."""

    name: str
    build: Build
    source: Path


def load_pipeline(target: str) -> Pipeline:
    """Load ``target``; raises ``PipelineError`` with one sentence on what is wrong and one on the remedy."""
    _make_importable(Path.cwd())
    if target.endswith(SUFFIX) or "/" in target or "\\" in target:
        source = _existing_file(Path(target))
        module = _load_file(source)
    else:
        module, source = _load_name(target)
    return Pipeline(source.stem, _build_of(module, source), source)


def _existing_file(path: Path) -> Path:
    if not path.exists():
        raise PipelineError(f"The pipeline {path} does not exist.", _nearest_files(path))
    if path.suffix != SUFFIX or not path.is_file():
        raise PipelineError(f"The pipeline {path} is not a {SUFFIX} file.", _nearest_files(path))
    return path.resolve()


def _nearest_files(path: Path) -> str:
    """What is there instead, most similar first."""
    folder = path if path.is_dir() else path.parent
    if not folder.is_dir():
        return f"The folder {folder} does not exist either: check the path."
    files = {file.stem: file for file in sorted(folder.glob(f"*{SUFFIX}")) if file.is_file()}
    stems = [stem for stem in files if not stem.startswith("_")]
    if not stems:
        return f"There is no {SUFFIX} file in {folder}: check the path."
    best = difflib.get_close_matches(path.stem, stems, n=3) or stems[:5]
    return f"Did you mean {' or '.join(str(files[stem]) for stem in best)}?"


def _load_file(source: Path) -> ModuleType:
    _make_importable(source.parent)
    # Unlike a file's stem, this name hides no other module; registered, it lets dataclasses and pickle work.
    digest = hashlib.sha256(str(source).encode()).hexdigest()[:8]
    stem = re.sub(r"\W", "_", source.stem)
    name = f"vantum_pipeline_{stem}_{digest}"
    spec = importlib.util.spec_from_file_location(name, source)
    if spec is None or spec.loader is None:
        raise PipelineError(f"The pipeline {source} is not a Python file.", "Name a .py file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise _failure(error, source) from error
    return module


def _load_name(target: str) -> tuple[ModuleType, Path]:
    if not all(part.isidentifier() for part in target.split(".")):
        remedy = f"Name a {SUFFIX} file or a module such as pipelines.outreach."
        raise PipelineError(f"The pipeline {target!r} is neither a file nor a module.", remedy)
    try:
        spec = importlib.util.find_spec(target)
    except ModuleNotFoundError as error:
        if error.name is None or not target.startswith(error.name):
            raise _failure(error, Path(target)) from error
        spec = None
    except (Exception, SystemExit) as error:
        raise _failure(error, Path(target)) from error
    if spec is None or spec.origin is None:
        path = Path(*target.split(".")).with_suffix(SUFFIX)
        raise PipelineError(f"There is no module {target}.", _nearest_files(path))
    source = Path(spec.origin)
    try:
        return importlib.import_module(target), source
    except (Exception, SystemExit) as error:
        raise _failure(error, source) from error


def _make_importable(folder: Path) -> None:
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


def _failure(error: BaseException, source: Path) -> PipelineError:
    """One sentence from whatever loading the file raised, with the line in the user's own file."""
    reason = " ".join(str(error).split())
    match error:
        case SyntaxError():
            place = f"{error.filename or source}, line {error.lineno}"
            return PipelineError(f"{place}: {error.msg}.", "Correct the syntax there.")
        case ImportError():
            module = f" {error.name}" if error.name else ""
            problem = f"{_place(error, source)}: cannot import{module} ({reason})."
            return PipelineError(problem, "Install what is missing, or correct the import.")
        case SystemExit():
            problem = f"{_place(error, source)}: the file ends the program while it is loaded."
            return PipelineError(problem, "Move that under `if __name__ == '__main__':`.")
        case _:
            problem = f"{_place(error, source)}: {type(error).__name__}: {reason}."
            return PipelineError(problem, "Correct it there; --debug shows the whole traceback.")


def _place(error: BaseException, source: Path) -> str:
    lines = [
        step.lineno for step in traceback.extract_tb(error.__traceback__) if step.filename == str(source)
    ]
    return f"{source}, line {lines[-1]}" if lines else str(source)


def _build_of(module: ModuleType, source: Path) -> Build:
    names = vars(module)
    if "build" not in names:
        found = [name for name, value in names.items() if _is_own_function(value, module)]
        there = f"It has {', '.join(found)}." if found else "It has no functions."
        raise PipelineError(f"{source} has no function `build`. {there}", SKELETON)
    build: object = names["build"]
    if not callable(build):
        raise PipelineError(f"`build` in {source} is a {type(build).__name__}, no function.", SKELETON)
    if inspect.iscoroutinefunction(build):
        raise PipelineError(f"`build` in {source} is asynchronous.", "Write `def build(call)` without async.")
    try:
        signature = inspect.signature(build)
        signature.bind(object())
    except (TypeError, ValueError) as error:
        problem = f"`build` in {source} cannot be called with the call as its one argument."
        raise PipelineError(problem, SKELETON) from error
    return build


def _is_own_function(value: object, module: ModuleType) -> bool:
    return inspect.isfunction(value) and value.__module__ == module.__name__
