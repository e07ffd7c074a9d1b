"""What was found out about a call: values, each with the words and the second that prove it.

The law: no quote, no value. What nobody proved is None: it is unknown. A value without evidence cannot be built.
The one exception is ``no_conversation`` of a call in which the caller said nothing: silence has no words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from vantum.core.outreach.outcome import Disposition

SCHEMA_VERSION: Final = 1
EMBEDDED: Final = "embedded"
"""The name of the model where there is none: rules and a word list, weaker than any language model."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """``quote`` of the transcript's line number ``turn`` (from 0), spoken from ``start_ms`` on, proves ``field``.

    Fields are ``sentiment``, ``objections[0]``, ``summary[2]``, ``data.team.size`` and the like.
    """

    field: str
    turn: int
    quote: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What the language model was given and gave, in tokens, over all requests."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    requests: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.requests + other.requests,
        )


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis. ``sentiment`` is -1..1, from words alone; ``interest`` 0..100 (``rubric``), ``confidence`` 0..1.

    ``callback`` is a promised time in the words that were said; ``summary`` up to three sentences; ``data`` has the
    shape of the campaign's schema. ``left_out`` counts the turns of a long call that the model did not see.
    """

    model: str
    sentiment: float | None = None
    interest: int | None = None
    disposition: Disposition | None = None
    objections: tuple[str, ...] = ()
    next_step: str | None = None
    callback: str | None = None
    summary: tuple[str, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    confidence: float = 0.0
    left_out: int = 0
    usage: Usage = Usage()
    schema_version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        if self.sentiment is not None and not -1 <= self.sentiment <= 1:
            raise ValueError(f"A sentiment is -1 to 1, not {self.sentiment}.")
        if self.interest is not None and not 0 <= self.interest <= 100:
            raise ValueError(f"An interest is 0 to 100, not {self.interest}.")
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"A confidence is 0 to 1, not {self.confidence}.")
        unproven = set(self._values()) - {evidence.field for evidence in self.evidence}
        if self.disposition is Disposition.NO_CONVERSATION:
            unproven.discard("disposition")
        if unproven:
            raise ValueError(f"There is no quote for: {', '.join(sorted(unproven))}.")

    def _values(self) -> Iterator[str]:
        named = {
            "sentiment": self.sentiment,
            "interest": self.interest,
            "disposition": self.disposition,
            "next_step": self.next_step,
            "callback": self.callback,
            "objections": self.objections,
            "summary": self.summary,
            "data": self.data,
        }
        for name, value in named.items():
            yield from _leaves(name, value)


def _leaves(name: str, value: object) -> Iterator[str]:
    """The names of all known values in a value."""
    match value:
        case None:
            return
        case Mapping():
            for key, inner in value.items():
                yield from _leaves(f"{name}.{key}", inner)
        case Sequence() if not isinstance(value, str):
            for index, inner in enumerate(value):
                yield from _leaves(f"{name}[{index}]", inner)
        case _:
            yield name
