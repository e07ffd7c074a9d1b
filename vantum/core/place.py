"""A value in a document, which knows where it stands and complains in words about what it should be."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn

from vantum.core.errors import PipelineError

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PHRASE = re.compile(r"[a-z']+(?: [a-z']+)*")


@dataclass(frozen=True, slots=True)
class Place:
    """The value at ``key`` of the document ``source``. Every method raises ``PipelineError`` on a mistake."""

    source: str
    key: str
    value: object

    def fail(self, problem: str, remedy: str) -> NoReturn:
        raise PipelineError(f"{self.source}: {self.key or 'the script'}: {problem}.", remedy)

    def fields(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Place]:
        """The entries of a mapping that has all required keys and no unknown one."""
        entries = dict(self.entries())
        allowed = f"Allowed: {', '.join((*required, *optional))}."
        for key in entries.keys() - {*required, *optional}:
            self.fail(f"unknown key {key!r}", allowed)
        for key in required:
            if key not in entries:
                self.fail(f"{key!r} is missing", allowed)
        return entries

    def entries(self) -> Iterator[tuple[str, Place]]:
        """The entries of a mapping with names as keys."""
        if not isinstance(self.value, Mapping) or not self.value:
            self.fail("this must be a mapping with at least one entry", "Write 'name: value' lines below it.")
        for name, value in self.value.items():
            key = f"{self.key}.{name}".lstrip(".")
            if not isinstance(name, str) or not _NAME.fullmatch(name):
                self.fail(f"{name!r} is no name", "Allowed: small letters, digits and underscores.")
            yield name, Place(self.source, key, value)

    def items(self) -> list[Place]:
        """The items of a list."""
        if not isinstance(self.value, list) or not self.value:
            self.fail("this must be a list with at least one entry", "Write '- text' lines below it.")
        return [Place(self.source, f"{self.key}[{i}]", value) for i, value in enumerate(self.value)]

    def text(self) -> str:
        """A text, on one line."""
        if not isinstance(self.value, str) or not self.value.strip():
            self.fail("this must be a text", "Write what is to be said or named.")
        return " ".join(self.value.split())

    def one_of(self, names: Collection[str], kind: str) -> str:
        """A text that is one of ``names``."""
        name = self.text()
        if name not in names:
            self.fail(f"there is no {kind} {name!r}", f"Allowed: {', '.join(names)}.")
        return name

    def phrases(self) -> tuple[str, ...]:
        """A list of example phrases, in lower case words."""
        found = tuple(item.text().lower() for item in self.items())
        for phrase in found:
            if not _PHRASE.fullmatch(phrase):
                self.fail(f"{phrase!r} is no plain phrase", "Allowed: words of letters, numbers spelled out.")
        return found
