"""Loads a dialogue script from a YAML file."""

from __future__ import annotations

from pathlib import Path

import yaml

from vantum.core.dialogue_script import Script
from vantum.core.errors import PipelineError
from vantum.core.script_reader import read_script


class PlainLoader(yaml.BaseLoader):
    """Mappings, lists and texts only: ``yes`` stays a word, and a key that is written twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value!r} is there twice", key.start_mark
                )
            seen.add(str(key.value))
        return dict(super().construct_mapping(node, deep))


def load_script(path: Path) -> Script:
    """The script in a file; ``PipelineError`` names the file, the key and what is allowed there."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PipelineError(
            f"{path.name}: the script cannot be read: {error}.", "Check the path and that it is UTF-8 text."
        ) from error
    try:
        # The loader builds no objects: it is a BaseLoader.
        document: object = yaml.load(text, Loader=PlainLoader)  # noqa: S506
    except yaml.YAMLError as error:
        raise PipelineError(
            f"{path.name}: this is not YAML: {error}.", "Correct the line it names."
        ) from error
    return read_script(document, path.name)
