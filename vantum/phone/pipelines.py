"""The pipelines that phone calls may go through: the one that is served, and its neighbours in the same folder."""

from __future__ import annotations

from pathlib import Path

from vantum.core.errors import PipelineError
from vantum.loader import SUFFIX, Pipeline, load_pipeline


class Pipelines:
    """Names to pipelines. A caller of the API may name any file of the folder, and no other code."""

    def __init__(self, default: Pipeline) -> None:
        self.default = default
        self._loaded = {default.name: default}

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the served pipeline's first."""
        files = sorted(self.default.source.parent.glob(f"*{SUFFIX}"))
        others = [file.stem for file in files if not file.stem.startswith("_")]
        return (self.default.name, *(name for name in others if name != self.default.name))

    def named(self, name: str) -> Pipeline:
        """The pipeline ``name`` (a stem, a file's name or its path as it was given); raises PipelineError."""
        stem = Path(name).stem
        if stem not in self._loaded:
            if stem not in self.names:
                known = f"Known ones: {', '.join(self.names)}."
                raise PipelineError(f"There is no pipeline {name[:64]!r} beside the served one.", known)
            self._loaded[stem] = load_pipeline(str(self.default.source.with_name(f"{stem}{SUFFIX}")))
        return self._loaded[stem]
