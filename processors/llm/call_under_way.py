"""A sign of life: a language model that writes the call of a tool has not fallen silent, though no text comes."""

from __future__ import annotations

from dataclasses import dataclass

from pipecat.frames.frames import SystemFrame


@dataclass
class CallUnderWay(SystemFrame):
    """Pushed by a language model for each part of a call that it writes; whoever watches its answer takes it."""
