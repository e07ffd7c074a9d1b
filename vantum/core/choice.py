"""The three jobs that providers do in a call, and who was chosen for one, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LOCAL: Final = "local"
"""The name of the embedded providers: they need no key, and are always there."""


class Kind(StrEnum):
    """The three jobs that a provider does in a call."""

    STT = "stt"
    LLM = "llm"
    TTS = "tts"

    @property
    def setting(self) -> str:
        """The name of the setting that chooses this job's providers."""
        return f"VANTUM_{self.upper()}"


@dataclass(frozen=True, slots=True)
class Choice:
    """A provider of one job, and ``why`` in words for the table at start."""

    provider: str
    why: str
