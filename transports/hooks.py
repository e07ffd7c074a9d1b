"""What a call lends to its transport: where events and audio go, and the process's pacer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from transports.pacer import Pacer
from vantum.core.events import Event


class Tap(Protocol):
    """Listens to both sides of a call, for its recording. ``at`` is ``time.monotonic()`` seconds."""

    def caller_audio(self, pcm: bytes, rate: int, at: float) -> None:
        """PCM16 mono that the caller began to say at ``at``."""

    def bot_audio(self, pcm: bytes, rate: int, at: float) -> None:
        """PCM16 mono that begins to play at ``at``."""

    def bot_cut(self, at: float) -> None:
        """Bot audio that would have played after ``at`` never did."""


class Publish(Protocol):
    """Takes an event of the call to its record, its metrics and its client."""

    def __call__(self, event: Event) -> None: ...


@dataclass(frozen=True, slots=True)
class Hooks:
    """One call's hooks."""

    publish: Publish
    tap: Tap
    pacer: Pacer
