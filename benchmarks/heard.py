"""From what a client heard, and when, to the answers that it got."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

LATE_SECONDS = 0.02
"""A client's small reserve: audio that comes later than this after the end of the last leaves a hole."""
ANSWER_GAP_SECONDS = 0.5
"""An answer begins after this much silence: what comes sooner belongs to the one before."""
EARLY_SECONDS = 0.3
"""An answer may be begun before the end of speech is certain."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Audio of the bot that came ``at`` a time and plays for ``seconds``."""

    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Hole:
    """A silence inside an answer, which ended ``at`` a time."""

    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What followed one turn of the caller, ``added`` seconds later than it could; None if nothing did."""

    added: float | None
    chunks: int
    holes: tuple[Hole, ...] = ()


def answers(expected: Sequence[float], heard: Sequence[Heard]) -> list[Answer]:
    """What was heard from each time on at which an answer could begin, until the next such time."""
    limits = [*(at - EARLY_SECONDS for at in expected[1:]), math.inf][: len(expected)]
    return [
        _answer(begin, [sound for sound in heard if sound.at < limit])
        for begin, limit in zip(expected, limits, strict=True)
    ]


def _answer(begin: float, heard: Sequence[Heard]) -> Answer:
    plays_until = -math.inf
    added: float | None = None
    chunks = 0
    holes = []
    for sound in heard:
        silence = sound.at - plays_until
        if added is None and sound.at >= begin - EARLY_SECONDS and silence > ANSWER_GAP_SECONDS:
            added = sound.at - begin
        elif added is not None and silence > LATE_SECONDS:
            holes.append(Hole(sound.at, silence))
        chunks += added is not None
        plays_until = max(plays_until, sound.at) + sound.seconds
    return Answer(added, chunks, tuple(holes))
