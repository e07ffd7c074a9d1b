"""A value in a YAML file, which knows its line and complains in words about what it should be.

The file is read as nodes and nothing is ever built from a tag: a scenario of a stranger can do no harm. Every
mistake is a ``UsageError`` that names the file, the line, the key and what is allowed there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import yaml

from vantum.core.errors import UsageError

MAX_BYTES = 256 * 1024
MAX_ITEMS = 500
MAX_TEXT = 4000
MAX_DEPTH = 8
"""How deep plain data, such as the result of a tool, may be nested."""

TRUTH = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Spot:
    """The value at ``key`` of the file ``source``. Every method raises ``UsageError`` on a mistake."""

    source: str
    key: str
    node: yaml.Node

    def fail(self, problem: str, remedy: str) -> NoReturn:
        line = self.node.start_mark.line + 1
        raise UsageError(f"{self.source}, line {line}: {self.key or 'the scenario'}: {problem}.", remedy)

    # --- parts ------------------------------------------------------------------------------------------

    def entries(self) -> dict[str, Spot]:
        """The entries of a mapping, each key once."""
        if not isinstance(self.node, yaml.MappingNode):
            self.fail("this must be a mapping", "Write 'name: value' pairs.")
        found: dict[str, Spot] = {}
        for key, value in self.node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.fail("a key must be a word", "Write 'name: value' pairs.")
            name = str(key.value)
            spot = Spot(self.source, f"{self.key}.{name}".lstrip("."), value)
            if name in found:
                Spot(self.source, spot.key, key).fail("this is there twice", "Write it once.")
            found[name] = spot
        self._check_size(len(found))
        return found

    def fields(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Spot]:
        """The entries of a mapping that has all required keys and no unknown one."""
        entries = self.entries()
        allowed = f"Allowed: {', '.join((*required, *optional))}."
        for name, spot in entries.items():
            if name not in required and name not in optional:
                spot.fail(f"unknown key {name!r}", allowed)
        for name in required:
            if name not in entries:
                self.fail(f"{name!r} is missing", allowed)
        return entries

    def items(self) -> list[Spot]:
        """The items of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.fail("this must be a list", "Write '- …' lines below it.")
        self._check_size(len(self.node.value))
        return [Spot(self.source, f"{self.key}[{i}]", node) for i, node in enumerate(self.node.value)]

    def is_mapping(self) -> bool:
        """Whether there are entries here."""
        return isinstance(self.node, yaml.MappingNode)

    def _check_size(self, count: int) -> None:
        if count > MAX_ITEMS:
            self.fail(f"{count} entries are too many", f"Allowed: {MAX_ITEMS}.")

    # --- values -----------------------------------------------------------------------------------------

    def raw(self) -> str:
        """A scalar as it is written."""
        if not isinstance(self.node, yaml.ScalarNode):
            self.fail("this must be a single value", "Write it on one line.")
        text = str(self.node.value)
        if len(text) > MAX_TEXT:
            self.fail(f"{len(text)} characters are too many", f"Allowed: {MAX_TEXT}.")
        return text

    def text(self) -> str:
        """A text that is not empty, its blanks made single."""
        return self.maybe_text() or self.fail("this must be a text", "Write some words.")

    def maybe_text(self) -> str:
        """A text, which may be empty."""
        return " ".join(self.raw().split())

    def number(self, least: float = 0.0, most: float = 86400.0) -> float:
        """A decimal number from ``least`` to ``most``."""
        try:
            found = float(self.raw())
        except ValueError:
            self.fail(f"{self.raw()[:40]!r} is no number", f"Allowed: {least:g} to {most:g}.")
        if not least <= found <= most:
            self.fail(f"{found:g} is out of range", f"Allowed: {least:g} to {most:g}.")
        return found

    def whole(self, least: int = 0, most: int = 10000) -> int:
        """A whole number from ``least`` to ``most``."""
        if not re.fullmatch(r"-?\d{1,9}", self.raw()):
            self.fail(f"{self.raw()[:40]!r} is no whole number", f"Allowed: {least} to {most}.")
        return round(self.number(least, most))

    def truth(self) -> bool:
        """``true`` or ``false``."""
        return TRUTH[self.one_of(TRUTH)]

    def one_of(self, names: Collection[str]) -> str:
        """A word that is one of ``names``."""
        found = self.raw()
        if found not in names:
            self.fail(f"{found[:40]!r} is not known here", f"Allowed: {', '.join(names)}.")
        return found

    def numbers(self, count: int) -> list[float]:
        """A list of ``count`` numbers."""
        found = [item.number() for item in self.items()]
        if len(found) != count:
            self.fail(f"{len(found)} numbers are here", f"Write {count}.")
        return found

    def data(self, depth: int = 0) -> object:
        """Plain data as JSON has it: numbers, truths and null are what they look like, unless quoted."""
        if depth > MAX_DEPTH:
            self.fail("this is nested too deep", f"Allowed: {MAX_DEPTH} levels.")
        if isinstance(self.node, yaml.MappingNode):
            return {name: spot.data(depth + 1) for name, spot in self.entries().items()}
        if isinstance(self.node, yaml.SequenceNode):
            return [item.data(depth + 1) for item in self.items()]
        return _plain(self.raw(), quoted=self._quoted())

    def _quoted(self) -> bool:
        return isinstance(self.node, yaml.ScalarNode) and self.node.style in ("'", '"', "|", ">")


def _plain(text: str, *, quoted: bool) -> object:
    if quoted:
        return text
    if text in ("", "null", "~"):
        return None
    if text in TRUTH:
        return TRUTH[text]
    if re.fullmatch(r"-?\d{1,15}", text):
        return int(text)
    if re.fullmatch(r"-?\d{1,15}\.\d{1,15}", text):
        return float(text)
    return text


def open_document(path: Path) -> Spot:
    """The whole of a file."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path.name}: the file is too large.", f"Allowed: {MAX_BYTES // 1024} KiB.")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path}: the scenario cannot be read: {error}.", "Check the path and that it is UTF-8 text."
        ) from error
    return parse_document(text, path.name)


def parse_document(text: str, source: str) -> Spot:
    """The whole of a text; ``source`` names it in errors."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        said = " ".join(str(error).split())
        raise UsageError(f"{source}: this is not YAML: {said}.", "Correct the line it names.") from error
    if node is None:
        raise UsageError(f"{source}: the file is empty.", "Write at least 'name', 'caller' and 'expect'.")
    return Spot(source, "", node)


def words_of(spots: Sequence[Spot]) -> tuple[str, ...]:
    """The texts of a list's items."""
    return tuple(spot.text() for spot in spots)
