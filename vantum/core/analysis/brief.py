"""What an analyst is told about the call beside its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LONGEST_PURPOSE: Final = 2_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class Brief:
    """``purpose`` is what the call was made for, in the campaign's words; ``language`` that of the summary, a tag."""

    purpose: str = ""
    language: str = "en"

    def __post_init__(self) -> None:
        if len(self.purpose) > LONGEST_PURPOSE:
            raise ValueError(f"A purpose has at most {LONGEST_PURPOSE} characters.")
