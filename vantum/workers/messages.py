"""What the front and its workers tell each other: one line of JSON for each message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field, TypeAdapter

LONGEST_LINE: Final = 16 * 2**20
"""The metrics of a worker are the longest: some 100 kB."""


class Subject(StrEnum):
    """What may be asked of all workers."""

    HEALTH = "health"
    METRICS = "metrics"


@dataclass(frozen=True, slots=True)
class Secret:
    """The first thing that a worker is told: what tokens are signed with, "" where the settings say."""

    token: str
    kind: Literal["secret"] = "secret"


@dataclass(frozen=True, slots=True)
class Ready:
    """A worker takes connections; ``chain`` tells the processors of its calls."""

    chain: str
    kind: Literal["ready"] = "ready"


@dataclass(frozen=True, slots=True)
class Report:
    """How a worker is: the fields of core/crew.py's ``Load``."""

    live: int
    begun: int
    admits: bool
    lost: tuple[str, ...]
    quiet: tuple[str, ...]
    leaving: bool
    kind: Literal["report"] = "report"


@dataclass(frozen=True, slots=True)
class Farewell:
    """A worker wants no more connections: it ends when it has served those that are on their way."""

    kind: Literal["farewell"] = "farewell"


@dataclass(frozen=True, slots=True)
class Asks:
    """A worker wants to know of all of them."""

    number: int
    subject: Subject
    kind: Literal["asks"] = "asks"


@dataclass(frozen=True, slots=True)
class Answer:
    """A worker tells of itself what it was asked."""

    number: int
    text: str
    kind: Literal["answer"] = "answer"


@dataclass(frozen=True, slots=True)
class Question:
    """A worker is to tell of itself."""

    number: int
    subject: Subject
    kind: Literal["question"] = "question"


@dataclass(frozen=True, slots=True)
class Voice:
    """What one worker told; None when it did not in time."""

    slot: int
    pid: int
    text: str | None


@dataclass(frozen=True, slots=True)
class Gathered:
    """What all workers told; ``past`` are the metrics of those that are gone."""

    number: int
    voices: tuple[Voice, ...]
    past: str
    kind: Literal["gathered"] = "gathered"


@dataclass(frozen=True, slots=True)
class Colleagues:
    """The stamps of all workers that live."""

    stamps: tuple[str, ...]
    kind: Literal["colleagues"] = "colleagues"


@dataclass(frozen=True, slots=True)
class Inherit:
    """A worker is to take up the phone calls with ``stamps``, or those of all others: core/crew.py's ``Share``."""

    stamps: tuple[str, ...]
    others: bool
    kind: Literal["inherit"] = "inherit"


@dataclass(frozen=True, slots=True)
class Drain:
    """A worker is to finish its calls and end."""

    kind: Literal["drain"] = "drain"


@dataclass(frozen=True, slots=True)
class End:
    """A worker is to end: its calls get their goodbye."""

    kind: Literal["end"] = "end"


@dataclass(frozen=True, slots=True)
class Hurry:
    """A worker is to end, without waiting for any goodbye."""

    kind: Literal["hurry"] = "hurry"


Message = (
    Secret
    | Ready
    | Report
    | Farewell
    | Asks
    | Answer
    | Question
    | Gathered
    | Colleagues
    | Inherit
    | Drain
    | End
    | Hurry
)
_JSON: Final[TypeAdapter[Message]] = TypeAdapter(Annotated[Message, Field(discriminator="kind")])


def packed(message: Message) -> bytes:
    """A message as a line."""
    return _JSON.dump_json(message) + b"\n"


def unpacked(line: bytes) -> Message:
    """The message in a line; raises ValueError for what is none."""
    return _JSON.validate_json(line)
