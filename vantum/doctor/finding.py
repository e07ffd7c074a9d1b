"""What the doctor says of a thing: how it is, what was found, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How a thing is."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """A thing that was looked at, what was found, and a sentence on what to do ("" when all is well)."""

    mark: Mark
    thing: str
    found: str
    remedy: str = ""
