"""How a local Cartesia speaks: its contexts, its pace, and the faults that a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the audio comes: seconds to the first chunk of a context, then times real time."""

    first_audio_seconds: float = 0.0
    real_time_factor: float = 50.0


@dataclass(frozen=True, slots=True)
class Stall:
    """After ``audio_seconds`` of a piece, nothing comes until ``go_on`` is set; then the rest does."""

    audio_seconds: float
    go_on: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Mute:
    """A piece gives no audio and no word; that it is over is told unless ``silent``."""

    silent: bool = False


@dataclass(frozen=True, slots=True)
class Fail:
    """A piece is answered with an error."""

    problem: str
    status: int = 500


@dataclass(frozen=True, slots=True)
class Drop:
    """After ``audio_seconds`` of a piece the link is gone, without a goodbye or closed with ``code``."""

    audio_seconds: float = 0.0
    code: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Dead:
    """From this piece on, its link is open and nothing more comes on it."""


@dataclass(frozen=True, slots=True)
class Misnamed:
    """A piece is spoken under another name of its context, or under none."""

    context_id: str | None = None


@dataclass(frozen=True, slots=True)
class Garbage:
    """Before the audio of a piece comes ``data``, which no Cartesia sends; ``CONTEXT`` in it is the context's id."""

    data: str | bytes


@dataclass(frozen=True, slots=True)
class Late:
    """After a piece was told to be over, more audio of it comes."""


Fault = Stall | Mute | Fail | Drop | Dead | Misnamed | Garbage | Late
NO_FAULTS: Mapping[int, Fault] = MappingProxyType({})


@dataclass(slots=True)
class Context:
    """One context on one link: its pieces are spoken in order by ``task``."""

    pieces: asyncio.Queue[Json] = field(default_factory=asyncio.Queue)
    task: asyncio.Task[None] | None = None
    spoken: float = 0.0
    flushes: int = 0
